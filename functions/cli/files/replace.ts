import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../../lib/base/error-code.ts';
import { CliError } from '../core/exit.ts';

/**
 * Writes a file in one step, and durably. Rejects with `CliError` where it cannot be written; then it is as it was.
 * @param mode for its owner alone unless the content is public
 */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, text, { mode, flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(path, error);
  }
}

/** Returns the error for a file that cannot be written: its folder says more than the name beside it that was tried. */
export function unwritable(path: string, error: unknown): CliError {
  return new CliError('CLI_USAGE', `${path} cannot be written (${errorCode(error)} in ${dirname(path)})`);
}
