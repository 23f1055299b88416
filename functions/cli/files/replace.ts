import { rename, writeFile } from 'node:fs/promises';

/** Writes a file in one step, and durably. @param mode for its owner alone unless the content is public */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, text, { mode, flush: true });
  await rename(temporary, path);
}
