import { open } from 'node:fs/promises';

/**
 * Makes new names in a directory durable. Windows cannot open directories; there the entry is written with the file.
 */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using directory = await open(path, 'r');
  await directory.sync();
}
