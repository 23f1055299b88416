// The layer of `files.parquet`, as `npm run build -- --parquet` makes it from the npm registry.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DUCKDB_LAYER } from '../../lib/contract/file-protector.ts';
import manifest from '../../package.json' with { type: 'json' };

jest.setTimeout(120_000);

const BUILD = fileURLToPath(new URL('../../infra/build.ts', import.meta.url));
/** Of Amazon Linux 2023, on which Lambda runs nodejs24.x. */
const GLIBC_OF_LAMBDA = 34;
/** `e_machine` of ELF for arm64 (ELF for the Arm 64-bit Architecture). */
const AARCH64 = 183;

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'parquet-layer-'));
  execFileSync(process.execPath, [BUILD, '--outdir', outdir, '--parquet'], { stdio: ['ignore', 'ignore', 'inherit'] });
});
afterAll(() => rmSync(outdir, { recursive: true }));

test('holds the native part of DuckDB for arm64, which runs with the C library of Lambda', () => {
  const folder = join(outdir, DUCKDB_LAYER.folder, 'duckdb');
  expect(readdirSync(folder).toSorted()).toEqual(['LICENSE', 'VERSION', 'duckdb.node', 'libduckdb.so']);
  const { dependencies } = manifest;
  expect(readFileSync(join(folder, 'VERSION'), 'utf8')).toBe(dependencies['@duckdb/node-bindings']);
  for (const file of ['duckdb.node', 'libduckdb.so']) {
    const bytes = readFileSync(join(folder, file));
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt16LE(18)]).toEqual(['ELF', AARCH64]);
    const versions = [...bytes.toString('latin1').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(Math.max(...versions)).toBeLessThanOrEqual(GLIBC_OF_LAMBDA);
  }
});

test('is small enough for Lambda, together with the function', () => {
  const bytes = readdirSync(outdir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /duckdb-layer|file-protector/.test(entry.parentPath))
    .reduce((sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length, 0);
  expect(bytes).toBeLessThan(250 * 1024 * 1024);
});
