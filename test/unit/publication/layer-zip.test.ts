import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { zip } from '../../../lib/publication/layer-zip.ts';
import { unzip } from '../../support/publication/unzip.ts';

const python = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import zipfile']);
    return true;
  } catch {
    return false;
  }
})();
if (!python && process.env['CI']) throw new Error('CI needs python3 for the cross-check of archives');
if (!python) process.stderr.write('SKIPPED 1 cross-check: no python3 to read the archive of a layer\n');

const FILES = {
  'protector/policy.sealed.json': Buffer.from('{"a":1}\n'),
  'protector/ü.json': Buffer.alloc(70_000, 'x'),
};

describe('the archive of a layer', () => {
  test('holds its files, readable by every user', () => {
    expect(unzip(zip(FILES))).toEqual(
      Object.entries(FILES).map(([path, content]) => ({ path, content, mode: 0o100644 })),
    );
  });

  test('has the same bytes on every machine at every time', () => {
    expect(createHash('sha256').update(zip(FILES)).digest('hex')).toBe(
      'd412a39faf4f10630fde0bf233e6eedffed72b20bc12adcdb2a6df92d8d73a48',
    );
  });

  test('returns any files unchanged', () => {
    const files = fc.dictionary(fc.stringMatching(/^[a-z/]{1,20}$/), fc.uint8Array({ maxLength: 500 }), { maxKeys: 5 });
    fc.assert(
      fc.property(files, (content) => {
        const read = unzip(zip(content)).map((entry) => [entry.path, Uint8Array.from(entry.content)]);
        expect(read).toEqual(Object.entries(content));
      }),
    );
  });

  test('can be read and checked by another implementation', () => {
    if (!python) return;
    const directory = mkdtempSync(join(tmpdir(), 'zip-'));
    try {
      const path = join(directory, 'layer.zip');
      writeFileSync(path, zip(FILES));
      const script =
        'import json,sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.testzip(), [[i.filename, i.file_size, oct(i.external_attr >> 16), i.date_time[0]] for i in z.infolist()]]))';
      expect(JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))).toEqual([
        null,
        [
          ['protector/policy.sealed.json', 8, '0o100644', 1980],
          ['protector/ü.json', 70_000, '0o100644', 1980],
        ],
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
