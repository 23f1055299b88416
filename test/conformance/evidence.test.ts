// Timestamps of `openssl ts`, and receipts read by a COSE library of others. Neither is part of this repository: CI sets
// `OPENSSL` (a path) and `COSE_PYTHON` (a Python with pycose); without them the checks are listed as skipped.
import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { receiptOfRecord } from '../../lib/evidence/receipt.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { noteKey } from '../../lib/transparency/note.ts';
import type { CheckpointSigner } from '../../lib/transparency/ports.ts';
import { chainLines } from '../support/chain-lines.ts';
import { type Outcome, prepare, runProtector } from '../support/command.ts';
import { fixedLog, fixedSigner, ORIGIN } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import { type OpensslAuthority, opensslAuthority } from '../support/openssl-authority.ts';

const { OPENSSL: openssl, COSE_PYTHON: python, CI } = process.env;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'evidence-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const protector = (...args: readonly string[]): Promise<Outcome> => runProtector(args, { cwd: directory });
const stamps = (): string => join(directory, '.protector', 'log', 'timestamps');
test('CI has openssl and a COSE library', () => {
  const missing = Object.entries({ OPENSSL: openssl, COSE_PYTHON: python }).filter(([, where]) => where === undefined);
  expect(CI === undefined ? [] : missing).toEqual([]);
});

(openssl === undefined ? describe.skip : describe)('timestamps of openssl (OPENSSL)', () => {
  let authority: OpensslAuthority;

  beforeAll(async () => {
    authority = await opensslAuthority(openssl!);
    await prepare(['init'], { cwd: directory });
    await prepare(['query', "select pty_protect_dessn('900-12-3456')"], { cwd: directory });
  });
  afterAll(() => authority.close());

  test('are asked for, stored, verified, and believed by openssl', async () => {
    const sealed = await prepare(['audit', 'seal', '--tsa-url', authority.url], { cwd: directory });
    expect(sealed).toContain('timestamp of 127.0.0.1');
    expect(await protector('audit', 'verify', '--tsa', authority.root)).toMatchObject({ code: 0 });
    const log = join(stamps(), '..');
    const files = ['-data', join(log, 'checkpoints/000'), '-in', join(stamps(), '000'), '-token_in'];
    expect(await authority.openssl('ts', '-verify', ...files, '-CAfile', authority.root)).toContain('Verification: OK');
  });

  test('go with a proof', async () => {
    await prepare(['audit', 'prove', '0', '--out', 'p', '--timestamp', 'p.tsr'], { cwd: directory });
    const check = ['audit', 'prove', '--check', 'p', '--timestamp', 'p.tsr', '--tsa', authority.root];
    const { code, stdout } = await protector(...check);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('by a timestamp authority') });
  });

  test('are asked for again while one is absent', async () => {
    await rename(join(stamps(), '000'), join(directory, 'kept'));
    expect(await protector('audit', 'verify', '--tsa', authority.root, '--as-of', '2126-01-01')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('missing'),
    });
    const again = await prepare(['audit', 'seal', '--tsa-url', authority.url], { cwd: directory });
    expect(again).toContain('timestamp of');
    expect(await readFile(join(stamps(), '000'))).not.toEqual(await readFile(join(directory, 'kept')));
    await rm(join(directory, 'kept'));
  });
});

function ecdsaSigner(): CheckpointSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    publicKey: { algorithm: 'ecdsa-p256', spki: publicKey.export({ format: 'der', type: 'spki' }) },
    sign: (message) => Promise.resolve(sign('sha256', message, privateKey)),
  };
}

/** Receipts of leaves of a log of `leaves` records, as the checking program takes them. */
async function receipts(signer: CheckpointSigner, leaves: number, indices: readonly number[]): Promise<object[]> {
  const store = new MemoryTileStore();
  const lines = await chainLines('environment', leaves);
  await new Sealer(fixedLog(store, { signer }), store).seal(lines);
  const keys = { origin: ORIGIN, checkpointKeys: [{ key: noteKey(ORIGIN, signer.publicKey) }], recordKeys: [] };
  const made: object[] = [];
  for (const index of indices) {
    const { bytes } = (await receiptOfRecord({ reader: store, keys, signer, time: 1_800_000_000 }, index))!;
    made.push({
      receipt: Buffer.from(bytes).toString('base64'),
      key: Buffer.from(signer.publicKey.spki).toString('base64'),
      issuer: ORIGIN,
      size: leaves,
      index,
      record: lines[index]!,
    });
  }
  return made;
}

(python === undefined ? describe.skip : describe)('receipts, read by pycose (COSE_PYTHON)', () => {
  const check = fileURLToPath(new URL('receipts/check.py', import.meta.url));

  async function problems(abouts: readonly object[]): Promise<readonly (string | null)[]> {
    const files = await Promise.all(
      abouts.map(async (about, i) => {
        const path = join(directory, `receipt-${i}.json`);
        await writeFile(path, JSON.stringify(about));
        return path;
      }),
    );
    const { stdout } = await promisify(execFile)(python!, [check, ...files]);
    const lines = stdout.trim().split('\n');
    return lines.map((line) => (JSON.parse(line) as { problem: string | null }).problem);
  }

  test.each([
    ['Ed25519', fixedSigner()],
    ['ECDSA over P-256', ecdsaSigner()],
  ])('hold: structure, inclusion and signature by %s', async (_, signer) => {
    const made = [
      ...(await receipts(signer, 1, [0])),
      ...(await receipts(signer, 7, [0, 3, 6])),
      ...(await receipts(signer, 600, [0, 255, 256, 511, 599])),
    ];
    expect(await problems(made)).toEqual(made.map(() => null));
  });

  test('do not hold for another record, key or leaf', async () => {
    const [made] = await receipts(fixedSigner(), 7, [3]);
    const other = Buffer.from(fixedSigner(2).publicKey.spki).toString('base64');
    const [record, key, leaf] = await problems([
      { ...made, record: 'x' },
      { ...made, key: other },
      { ...made, index: 4 },
    ]);
    expect([record, key]).toEqual([
      expect.stringContaining('does not verify'),
      expect.stringContaining('does not verify'),
    ]);
    expect(leaf).toContain('another leaf');
  });
});
