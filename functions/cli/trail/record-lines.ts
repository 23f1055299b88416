import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf, linesOfBytes } from '../files/lines.ts';
import { isInS3, objectsAt } from '../files/place.ts';

/**
 * Reads the lines of a copy of the audit records: of a file, or of all files of a directory or all objects below an S3 prefix,
 * ordered by name. Rejects with `CliError` or `LogError`.
 */
export async function* recordLines(place: string): AsyncGenerator<string> {
  if (isInS3(place)) {
    const objects = await objectsAt(place);
    const paths: string[] = [];
    for await (const path of objects.list('')) paths.push(path);
    for (const path of paths.toSorted()) {
      const bytes = await objects.read(path);
      if (bytes !== undefined) yield* linesOfBytes(path, bytes);
    }
    return;
  }
  const isDirectory = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) {
    yield* linesOf(place);
    return;
  }
  const files = (await readdir(place, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  for (const path of paths.toSorted()) yield* linesOf(path);
}
