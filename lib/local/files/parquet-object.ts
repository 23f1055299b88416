// A Parquet object of a bucket, on a disk while it is worked on: DuckDB reads files.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ParquetObject, ParquetObjects } from '../../files/ports.ts';
import { ParquetFile } from './parquet-piece.ts';

/** Opens Parquet objects below a directory, which holds nothing of one that was closed. */
export function parquetObjects(directory: string): ParquetObjects {
  return {
    async open(bytes, columns, protector): Promise<ParquetObject> {
      await mkdir(directory, { recursive: true });
      const own = await mkdtemp(join(directory, 'object-'));
      const forget = (): Promise<void> => rm(own, { recursive: true, force: true });
      try {
        const path = join(own, 'source.parquet');
        await pipeline(Readable.from(bytes), createWriteStream(path, { mode: 0o600 }));
        const file = await ParquetFile.open({ path, columns, protector, temporary: join(own, 'group.parquet') });
        return {
          footer: file.footer,
          run: (group) => file.run(group),
          async [Symbol.asyncDispose]() {
            await file[Symbol.asyncDispose]();
            await forget();
          },
        };
      } catch (error) {
        await forget();
        throw error;
      }
    },
  };
}
