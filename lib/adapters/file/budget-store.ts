// Counts in a directory that processes share: an object is a folder with a file per version, each created once.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import { StoreError } from '../../delivery/errors.ts';
import type { BudgetStore } from '../../protect/ports.ts';
import { createDurably } from './create-durably.ts';

/** A file is `<number>`, so that a version is created by one process only (link(2) fails for a name that exists). */
const VERSION = /^[1-9]\d*$/;

/**
 * Keeps objects under `directory`, which is created on demand. Safe for processes that write at once and are killed at any
 * point. A version is never removed: a process that sleeps could create it again.
 */
export function fileBudgetStore(directory: string): BudgetStore {
  const folderOf = (key: string): string => join(directory, ...key.split('/'));

  return {
    async get(key) {
      try {
        const version = await newest(folderOf(key));
        if (version === 0) return undefined;
        return { body: await readFile(join(folderOf(key), String(version))), tag: String(version) };
      } catch (error) {
        throw unavailable('read', error);
      }
    },

    async put(key, body, expected) {
      const folder = folderOf(key);
      const version = String((expected === 'absent' ? 0 : Number(expected.tag)) + 1);
      const aside = join(folder, `.tmp-${randomUUID()}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await createDurably(aside, body);
        await link(aside, join(folder, version));
      } catch (error) {
        if (errorCode(error) === 'EEXIST') {
          throw new StoreError('STORE_CONFLICT', 'Another process has written this version of the count');
        }
        throw unavailable('written', error);
      } finally {
        await rm(aside, { force: true });
      }
      return version;
    },
  };
}

/** Returns the number of the newest version; 0 where there is none. */
async function newest(folder: string): Promise<number> {
  try {
    return Math.max(0, ...(await readdir(folder)).filter((name) => VERSION.test(name)).map(Number));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

function unavailable(what: string, error: unknown): StoreError {
  return new StoreError('STORE_UNAVAILABLE', `A count cannot be ${what} (${errorCode(error)})`);
}
