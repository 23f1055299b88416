// Parquet that comes from a bucket, on a disk while it is worked on: DuckDB reads files.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OpenParquet, ParquetFiles } from '../../files/ports.ts';
import { ParquetFile } from './parquet-piece.ts';

/** Opens Parquet files below a directory, which holds nothing of one that was closed. */
export function parquetFiles(directory: string): ParquetFiles {
  return {
    async open(bytes, columns, protector): Promise<OpenParquet> {
      await mkdir(directory, { recursive: true });
      const own = await mkdtemp(join(directory, 'file-'));
      const forget = (): Promise<void> => rm(own, { recursive: true, force: true });
      try {
        const path = join(own, 'source.parquet');
        await pipeline(Readable.from(bytes), createWriteStream(path, { mode: 0o600 }));
        const file = await ParquetFile.open({ path, columns, protector, temporary: join(own, 'group.parquet') });
        return {
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
