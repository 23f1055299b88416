import { open } from 'node:fs/promises';

/** Creates a file, for its owner alone, and resolves once its content is durable. Rejects with `EEXIST` where one is there. */
export async function createDurably(path: string, content: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(content);
  await file.sync();
}
