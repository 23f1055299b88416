// The objects of a transparency log as files of a directory, which any web server can serve as a tlog-tiles log.
import { randomUUID } from 'node:crypto';
import { link, mkdir, opendir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import { LogError } from '../../transparency/errors.ts';
import type { TileStore } from '../../transparency/ports.ts';
import { createDurably } from './create-durably.ts';
import { syncDirectory } from './sync-directory.ts';

/** The folder of unfinished files. A crash may leave some; none is ever read. */
const UNFINISHED = '.unfinished';

/**
 * Keeps a log below `directory`, which is created by the first write. Writes an object aside, synchronises it and then
 * names it: with link(2), which fails when the name is taken (as O_EXCL does, but for a complete file), or with
 * rename(2). Then synchronises its directory. Does not protect against other users who may write there.
 */
export function fileTileStore(directory: string): TileStore {
  /** Directories that are durable, or about to be. */
  const made = new Map<string, Promise<void>>();

  function ensureDirectory(path: string): Promise<void> {
    let making = made.get(path);
    if (making === undefined) {
      making = makeDirectory(path, ensureDirectory);
      made.set(path, making);
      making.catch(() => made.delete(path));
    }
    return making;
  }

  /** Writes the bytes aside, durably, and lets `name` move them to their path. */
  async function write(
    path: string,
    bytes: Uint8Array,
    name: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    const to = join(directory, path);
    const aside = join(directory, UNFINISHED, randomUUID());
    await Promise.all([ensureDirectory(dirname(to)), ensureDirectory(dirname(aside))]);
    try {
      await createDurably(aside, bytes);
      await name(aside, to);
    } catch (error) {
      await rm(aside, { force: true });
      throw error;
    }
    await syncDirectory(dirname(to));
  }

  return {
    async read(path) {
      try {
        return await readFile(join(directory, path));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw failed('read', path, error);
      }
    },

    async *list(prefix) {
      try {
        for await (const entry of await opendir(join(directory, prefix), { recursive: true })) {
          if (entry.isFile()) yield relative(directory, join(entry.parentPath, entry.name)).replaceAll(sep, '/');
        }
      } catch (error) {
        if (!isAbsent(error)) throw failed('listed', prefix, error);
      }
    },

    async create(path, bytes) {
      try {
        await write(path, bytes, renameOnce);
        return 'created';
      } catch (error) {
        if (errorCode(error) === 'EEXIST') return 'exists';
        throw failed('written', path, error);
      }
    },

    async replace(path, bytes) {
      try {
        await write(path, bytes, rename);
      } catch (error) {
        throw failed('written', path, error);
      }
    },

    async remove(path) {
      try {
        await rm(join(directory, path), { force: true });
      } catch (error) {
        throw failed('removed', path, error);
      }
    },
  };
}

/** Renames a file, and rejects with `EEXIST` when the new name is taken. */
async function renameOnce(from: string, to: string): Promise<void> {
  await link(from, to);
  await unlink(from);
}

/** Creates a directory and its parents. A new directory is durable only once its parent is synchronised. */
async function makeDirectory(path: string, ensure: (path: string) => Promise<void>): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT') throw error;
    await ensure(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (errorCode(again) !== 'EEXIST') throw again;
    });
  }
  await syncDirectory(dirname(path));
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

function failed(what: string, path: string, error: unknown): LogError {
  const code = errorCode(error);
  const isRefused = ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR'].includes(code);
  return new LogError(
    isRefused ? 'LOG_STORE_REFUSED' : 'LOG_STORE_UNAVAILABLE',
    `${path} of the log cannot be ${what} (${code})`,
  );
}
