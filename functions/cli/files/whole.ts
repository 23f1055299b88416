import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { unwritable } from './replace.ts';

/** A file that appears as a whole: it is written beside its place, and renamed. */
export interface WholeFile {
  readonly write: (text: string) => Promise<void>;
  /** Puts the file in its place, durably. */
  readonly keep: () => Promise<void>;
  /** Removes what is not kept. */
  readonly discard: () => Promise<void>;
}

/** Opens a file for its owner alone. Rejects with `CliError` where it cannot be written. */
export async function wholeFile(path: string): Promise<WholeFile> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = await open(temporary, 'wx', 0o600).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  let isKept = false;
  return {
    write: (text) => file.appendFile(text),
    async keep() {
      await file.sync();
      await rename(temporary, path);
      isKept = true;
    },
    async discard() {
      await file.close();
      if (!isKept) await rm(temporary, { force: true });
    },
  };
}
