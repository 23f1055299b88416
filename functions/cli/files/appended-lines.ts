// Files that grow, such as the accepted events: read on from an offset, complete lines only.
import { open } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';

/** A line, the offset of its first byte, and that behind its line feed. */
export interface FileLine {
  readonly offset: number;
  readonly end: number;
  readonly line: string;
}

export interface FilePart {
  readonly lines: readonly FileLine[];
  /** Where the next part begins. */
  readonly end: number;
}

/** Far longer than a line. */
const PART_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads the lines that begin at `offset`, as many as fit into 4 MiB. Resolves to none where the file is not there or has nothing
 * new. Leaves out a last line without an end, which is still being written. A file shorter than `offset` is a new one, and is
 * read from its beginning.
 */
export async function readPart(path: string, offset: number): Promise<FilePart> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const from = size < offset ? 0 : offset;
    const bytes = Buffer.alloc(Math.min(PART_BYTES, size - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return cut(bytes.subarray(0, bytesRead), from);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { lines: [], end: 0 };
    throw error;
  }
}

function cut(bytes: Buffer, from: number): FilePart {
  const lines: FileLine[] = [];
  let at = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, at)) {
    if (end > at) lines.push({ offset: from + at, end: from + end + 1, line: bytes.toString('utf8', at, end) });
    at = end + 1;
  }
  return { lines, end: from + at };
}
