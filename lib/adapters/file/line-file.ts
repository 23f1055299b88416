// JSON lines (one object per line, LF) in one append-only file.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/** A file that is held open. */
export interface LineFile {
  /**
   * Resolves once all lines are durable, in their order. Rejects with the system's error; any part may then be durable.
   */
  append(lines: readonly string[]): Promise<void>;
  /** May be called twice; `append` reopens the file. */
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

/**
 * Appends lines to the file at `path`, creating it and its directory. `append` resolves after fdatasync. Opens the file
 * once, with O_APPEND, so that it overwrites no other writer's lines. Each append is one write, and appends follow one
 * another. Keeps a line torn by a crash as evidence: the next append begins on a new line. Does not rotate.
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
      // Reopens a file that failed: after a failed sync the kernel may count lost pages as clean.
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

/** Checked before every append, because files may be shared and any writer may have crashed. */
async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, size - 1);
  return byte[0] !== NEWLINE;
}

/**
 * Writes all bytes. The kernel may take fewer at once (disk nearly full, signal); the rest follows, or an error shows.
 */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    // oxlint-disable-next-line no-await-in-loop -- each write shows how much is left
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}
