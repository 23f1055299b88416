// The verifier where there is no Node: bundled for a browser, in a context that has nothing but what the Web gives.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Context, createContext, runInContext } from 'node:vm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type * as Verifier from '../../support/browser-verifier.ts';
import { checkReceipt, receiptOfRecord } from '../../../lib/evidence/receipt.ts';
import { parseKeyList } from '../../../lib/evidence/key-list.ts';
import { fixedSigner } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { CLEAN, CLEAN_KEYS, CLEAN_LINES, CLEAN_RECORD_KEY_ID } from '../../support/rewritten-log.ts';
import { timestampFile } from '../../support/timestamps.ts';

/** Globals of every browser that the bundle may use. What belongs to the language is there in every context. */
const WEB = { TextEncoder, TextDecoder, crypto, btoa, atob };
const NOW = 1_800_001_600;

let code: string;
let context: Context;
let verifier: typeof Verifier;

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('../../support/browser-verifier.ts', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'verifier',
    write: false,
    logLevel: 'silent',
  });
  code = bundle.outputFiles[0]!.text;
  context = createContext({ ...WEB });
  verifier = runInContext(`${code}; verifier`, context) as typeof Verifier;
});

/** Bytes as the context makes them itself: no Buffer. */
function inside(bytes: Uint8Array): Uint8Array {
  return (runInContext('Uint8Array', context) as typeof Uint8Array).from(bytes);
}

const POLICY = JSON.parse(
  readFileSync(new URL('../../vectors/trail/log/witness-clean.json', import.meta.url), 'utf8'),
).policy.join('\n');

/** Verifies objects of the clean log, as a browser would that has fetched them. */
function verify(change: ReadonlyMap<string, Uint8Array> = new Map(), lines = CLEAN_LINES) {
  const { Secret, splitTokens, verifyTimestamp, parseCertificates, parseWitnessPolicy } = verifier;
  const stamps = [0, 1, 2, 3, 4, 5].map((n) => [`timestamps/00${n}`, timestampFile(`clean/00${n}`)] as const);
  const authorities = parseCertificates(timestampFile('root.pem').toString('latin1'));
  const objects = [...CLEAN, ...stamps, ...change].map(([path, bytes]) => [path, inside(bytes)] as const);
  return verifier.verifyEvidence({
    log: {
      reader: new MemoryTileStore(objects),
      now: NOW,
      policy: parseWitnessPolicy(POLICY),
      timestamps: {
        withinS: 900,
        split: splitTokens,
        verify: (token, checkpoint) => verifyTimestamp(token, checkpoint, authorities),
      },
    },
    records: lines,
    recordKeys: new Map([[CLEAN_RECORD_KEY_ID, new Secret(Uint8Array.from({ length: 32 }, (_, i) => i))]]),
    keys: verifier.parseKeyList(CLEAN_KEYS),
  });
}

/** Copies what another context made. */
const own = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('the verifier in a browser', () => {
  test('has nothing of Node in it', () => {
    expect(code).not.toMatch(/["']node:/);
    expect(code).not.toMatch(/\brequire\s*\(/);
    expect(runInContext('[typeof Buffer, typeof process, typeof require]', context)).toEqual(
      Array(3).fill('undefined'),
    );
  });

  test('accepts a log, its records with their checksums, its timestamps and its cosignatures', async () => {
    expect(own(await verify())).toMatchObject({
      valid: true,
      findings: [],
      checksumsVerified: true,
      records: 600,
      log: { checkpoints: 6, newest: { number: 5, size: 600 } },
      witnesses: { quorum: 'any', witnessed: { number: 5, size: 600 } },
    });
  });

  test('names what was done to log, records and timestamps', async () => {
    const tile = Uint8Array.from(CLEAN.get('tile/entries/000')!);
    tile[100]! ^= 1;
    const checkpoint = Uint8Array.from(CLEAN.get('checkpoints/002')!);
    checkpoint[checkpoint.length - 10]! ^= 1;
    const change = new Map<string, Uint8Array>([
      ['tile/entries/000', tile],
      ['checkpoints/002', checkpoint],
      ['timestamps/004', timestampFile('clean/003')],
      ['cosignatures/001', CLEAN.get('cosignatures/000')!],
    ]);
    const lines = CLEAN_LINES.with(400, CLEAN_LINES[400]!.replace('"cnt":', '"cnt":9'));
    const { valid, findings } = own(await verify(change, lines));
    expect(valid).toBe(false);
    const places = findings.map(({ kind, path, line }) => `${kind} ${path ?? line}`);
    expect(places).toEqual(
      expect.arrayContaining([
        'modified tile/entries/000',
        'modified timestamps/004',
        'modified cosignatures/001',
        'modified 401',
      ]),
    );
    expect(places.some((place) => place.endsWith('checkpoints/002'))).toBe(true);
  });

  test('proves and checks a record, by tlog-proof and by receipt', async () => {
    const keys = verifier.parseKeyList(CLEAN_KEYS);
    const reader = new MemoryTileStore([...CLEAN].map(([path, bytes]) => [path, inside(bytes)]));
    const proof = await verifier.proveRecord(reader, keys, 3);
    expect(proof?.record).toBe(CLEAN_LINES[3]);
    const checked = await verifier.checkProof(inside(Buffer.from(proof!.text)), keys);
    expect(own(checked)).not.toHaveProperty('fault');
    const outside = parseKeyList(CLEAN_KEYS);
    const options = { reader, keys: outside, signer: fixedSigner(), time: NOW };
    const { bytes } = (await receiptOfRecord(options, 3))!;
    expect(own(await verifier.checkReceipt(inside(bytes), keys))).toEqual(await checkReceipt(bytes, outside));
  });

  test('is what package.json says: its digests are not those of Node', () => {
    const { browser } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      browser: Readonly<Record<string, string>>;
    };
    expect(browser).toEqual({ './lib/crypto/digests.ts': './lib/crypto/digests-web.ts' });
  });
});
