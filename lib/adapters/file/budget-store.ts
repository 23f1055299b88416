// Counts in a directory that processes share: an object is a folder with a file per version, each created once.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import { StoreError } from '../../delivery/errors.ts';
import type { BudgetStore } from '../../protect/ports.ts';
import { createDurably } from './create-durably.ts';
import { syncDirectory } from './sync-directory.ts';

/** A file is `<number>`, so that a version is created by one process only (link(2) fails for a name that exists). */
const VERSION = /^[1-9]\d*$/;
/** The first part of a key: the day whose count it is. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 24 * 60 * 60 * 1000;
/** A count decides on its own day alone. A week is far longer than any request. */
const KEPT_DAYS = 7;

/**
 * Keeps objects under `directory`, which is created on demand. Safe for processes that write at once and are killed at any
 * point. A version is never removed while its day may be counted: a process that sleeps could create it again. The first
 * count of a day removes what is older than a week.
 */
export function fileBudgetStore(directory: string): BudgetStore {
  const folderOf = (key: string): string => join(directory, ...key.split('/'));
  /** Folders whose names are durable. */
  const durable = new Set<string>();

  async function ensure(folder: string): Promise<void> {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made === undefined && durable.has(folder)) return;
    // oxlint-disable-next-line no-await-in-loop -- from the folder up to the one that holds the directory
    for (let at = folder; at.length >= directory.length; at = dirname(at)) await syncDirectory(dirname(at));
    durable.add(folder);
  }

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
        await ensure(folder);
        await createDurably(aside, body);
        await link(aside, join(folder, version));
        await syncDirectory(folder);
      } catch (error) {
        if (errorCode(error) === 'EEXIST') {
          throw new StoreError('STORE_CONFLICT', 'Another process has written this version of the count');
        }
        throw unavailable('written', error);
      } finally {
        await rm(aside, { force: true });
      }
      if (expected === 'absent') await removeOldDays(directory, key.split('/')[0]!);
      return version;
    },
  };
}

/** Removes the days that are over for long. What cannot be removed stays, and the next day tries again. */
async function removeOldDays(directory: string, today: string): Promise<void> {
  if (!DAY.test(today)) return;
  const oldest = new Date(Date.parse(today) - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
  const names = await readdir(directory).catch(() => []);
  const old = names.filter((name) => DAY.test(name) && name < oldest);
  await Promise.allSettled(old.map((name) => rm(join(directory, name), { recursive: true, force: true })));
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
