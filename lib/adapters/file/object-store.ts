// A directory as a store of small objects: one file per key, written aside and renamed.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import { StoreError } from '../../delivery/errors.ts';
import type { Expected, ListableStore, StoredObject } from '../../delivery/ports.ts';
import { createDurably } from './create-durably.ts';

/** The prefix of unfinished files, which `list` leaves out. */
const ASIDE = '.tmp-';

/**
 * Keeps objects under `directory`, which is created on demand. Conditions of `put` hold for one process at a time only.
 */
export function fileObjectStore(directory: string): ListableStore {
  const pathOf = (key: string): string => {
    if (key.split('/').some((part) => part === '' || part.startsWith('.'))) {
      throw new StoreError('STORE_UNAVAILABLE', 'A key has an empty part or one that begins with a dot');
    }
    return join(directory, ...key.split('/'));
  };

  async function get(key: string): Promise<StoredObject | undefined> {
    try {
      const body = await readFile(pathOf(key));
      return { body, tag: tagOf(body) };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw unavailable('read', error);
    }
  }

  async function* list(prefix: string): AsyncGenerator<string> {
    // Reads only the folder that the prefix names completely.
    const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    let names: string[];
    try {
      const found = await readdir(join(directory, below), { recursive: true, withFileTypes: true });
      names = found
        .filter((entry) => entry.isFile() && !entry.name.startsWith(ASIDE))
        .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      throw unavailable('listed', error);
    }
    yield* names.filter((key) => key.startsWith(prefix)).toSorted();
  }

  return {
    get,
    list,

    async put(key: string, body: Uint8Array, expected?: Expected): Promise<string> {
      const path = pathOf(key);
      if (expected !== undefined) {
        const tag = (await get(key))?.tag;
        if (expected === 'absent' ? tag !== undefined : tag !== expected.tag) {
          throw new StoreError('STORE_CONFLICT', 'Another writer has changed the file');
        }
      }
      try {
        await writeDurably(path, body);
      } catch (error) {
        throw unavailable('written', error);
      }
      return tagOf(body);
    },

    async remove(key: string): Promise<void> {
      try {
        await rm(pathOf(key), { force: true });
      } catch (error) {
        throw unavailable('removed', error);
      }
    },

    async *folders(prefix: string): AsyncGenerator<string> {
      const names = new Set<string>();
      for await (const key of list(prefix)) {
        const [name, ...rest] = key.slice(prefix.length).split('/');
        if (rest.length > 0) names.add(name!);
      }
      yield* names;
    },
  };
}

async function writeDurably(path: string, body: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, `${ASIDE}${randomUUID()}`);
  try {
    await createDurably(aside, body);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await rename(aside, path);
}

function tagOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function unavailable(what: string, error: unknown): StoreError {
  return new StoreError('STORE_UNAVAILABLE', `A file of the store cannot be ${what} (${errorCode(error)})`);
}
