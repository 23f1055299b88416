// JSON lines (one object per line, LF) in one append-only file.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/** A file that is held open. */
export interface LineFile {
  /** Resolves once all lines are durable, in their order. Rejects with what the system says, and then any part of them may be. */
  append(lines: readonly string[]): Promise<void>;
  /** Closing it twice is harmless; appending afterwards opens it anew. */
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

/**
 * Appends lines to the file at `path`, creating it and its directory. `append` resolves after fdatasync. The file is opened
 * once, with O_APPEND, so that other writers cannot be overwritten; each append is one write, and appends follow one another.
 * A line torn by a crash is kept as evidence: the next append begins on a new line. Does not rotate.
 */
export function lineFile(path: string): LineFile {
  let file: FileHandle | undefined;
  /** The end of the queue. Never rejects. */
  let last: Promise<unknown> = Promise.resolve();

  function queued<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  }

  async function close(): Promise<void> {
    const closing = file;
    file = undefined;
    await closing?.close();
  }

  async function write(lines: readonly string[]): Promise<void> {
    try {
      file ??= await openForAppend(path);
      const text = lines.map((line) => `${line}\n`).join('');
      await writeWhole(file, Buffer.from((await endsInsideLine(file)) ? `\n${text}` : text));
      await file.datasync();
    } catch (error) {
      // A file that failed once is opened anew: after a failed sync the kernel may call lost pages clean.
      await close().catch(() => {});
      throw error;
    }
  }

  return {
    append: (lines) => (lines.length === 0 ? Promise.resolve() : queued(() => write(lines))),
    close: () => queued(close),
  };
}

async function openForAppend(path: string): Promise<FileHandle> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  await syncDirectory(directory); // a new file is durable only once its directory entry is
  return file;
}

/** Looked at before every append, because a file may be shared and any writer may have crashed. */
async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, size - 1);
  return byte[0] !== NEWLINE;
}

/** One write; the kernel may take less of it (disk nearly full, signal), and then the rest follows or the error shows. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    // oxlint-disable-next-line no-await-in-loop -- what is left is known only after the write before
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}
