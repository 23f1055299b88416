// The file of accepted events, read from where one was: line by line, and only lines that have ended.
import { open } from 'node:fs/promises';
import { errorCode } from '../../lib/base/error-code.ts';

/** A line and the offset of its first byte. */
export interface FileLine {
  readonly offset: number;
  readonly line: string;
}

export interface FilePart {
  readonly lines: readonly FileLine[];
  /** Where the next part begins. */
  readonly end: number;
}

/** Far more than a line takes. */
const PART_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines that begin at `offset`, as many as fit into 4 MiB; none where the file is not there, or has nothing new. A last line
 * that has no end is still being written. A file that is shorter than `offset` is another one, and is read from its beginning.
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
    if (end > at) lines.push({ offset: from + at, line: bytes.toString('utf8', at, end) });
    at = end + 1;
  }
  return { lines, end: from + at };
}
