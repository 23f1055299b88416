import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { TrailCheck, verifyTrail } from '../../../lib/audit/verify.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { entry, HOST } from '../../support/audit.ts';

interface Scenario {
  readonly story: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
  readonly expected: {
    readonly records: number;
    readonly chains: number;
    readonly successCount: number;
    readonly findings: readonly object[];
  };
}

const directory = new URL('../../vectors/trail/', import.meta.url);
const scenarios = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Scenario] => [name, JSON.parse(readFileSync(new URL(name, directory), 'utf8'))]);

const KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
const KEYS = new Map([[KEY_ID, new Secret(new Uint8Array(32).fill(7))]]);

/** The lines of a chain of `count` records, each of one value; another `user` makes another history of it. */
async function write(chainId: string, count: number, user = 'test_user'): Promise<readonly string[]> {
  const lines: string[] = [];
  const append = (batch: readonly { readonly line: string }[]) => {
    lines.push(...batch.map(({ line }) => line));
    return Promise.resolve();
  };
  const signer = createSigner(KEY_ID, new Secret(new Uint8Array(32).fill(7)));
  const trail = new AuditTrail({ signer, sink: { append }, chainId, host: HOST, nowMs: () => 1.8e12 });
  for (let i = 0; i < count; i++) trail.record(entry({ requestId: `r${i}`, count: 1, user }));
  await trail.flush();
  return lines;
}

/** A line that is no audit record, with more in it. */
const notARecord = (more: string): string => `{"logtype":"Protection","more":${more}}`;

describe('the verifier', () => {
  test('has scenarios', () => {
    expect(scenarios.length).toBeGreaterThan(20);
  });

  test.each(scenarios)('finds exactly what was done to %s', async (_, { keys, lines, expected }) => {
    const secrets = new Map(Object.entries(keys).map(([id, hex]) => [id, new Secret(Buffer.from(hex, 'hex'))]));
    const report = await verifyTrail(lines, secrets);
    const findings = report.findings.map(({ detail, ...finding }) => {
      expect(detail).not.toBe('');
      return finding;
    });
    const valid = expected.findings.every((finding) => 'note' in finding);
    expect({ ...report, findings }).toEqual({ ...expected, valid });
  });

  test('reports holes above the number up to which another check reports them, and all else wherever it is', async () => {
    const lines = await write('chain', 6);
    const others = await write('chain', 3, 'another_user');
    const check = new TrailCheck<never>({ keys: KEYS, knownUpTo: () => 4 });
    // Numbers 2, 4 and 5 are missing, and number 3 is of another history.
    for (const line of [lines[0]!, others[2]!, lines[5]!]) check.line(line);
    expect(check.report().findings.map(({ kind, sequence }) => [kind, sequence])).toEqual([['missing', 5]]);
    const fork = new TrailCheck<never>({ keys: KEYS, knownUpTo: () => 4 });
    for (const line of [lines[0]!, lines[1]!, others[2]!]) fork.line(line);
    expect(fork.report().findings.map(({ kind, sequence }) => [kind, sequence])).toEqual([['forked', 3]]);
  });

  test('reads lines that arrive one by one as it reads a list', async () => {
    const lines = await write('chain', 5);
    expect(await verifyTrail(Readable.from(lines), KEYS)).toEqual(await verifyTrail(lines, KEYS));
  });

  test('reads a record of many objects beside each other, up to 64 levels deep', async () => {
    const beside = '{},[],'.repeat(99);
    const lines = [62, 63].map((levels) => notARecord(`[${beside}${'['.repeat(levels)}${']'.repeat(levels)}]`));
    const { findings } = await verifyTrail([notARecord(`[${beside}{}]`), ...lines], KEYS);
    expect(findings.map(({ detail }) => detail)).toEqual([
      'Not an audit record',
      'Not an audit record',
      'More than 64 levels',
    ]);
  });

  test('names the key it was not given', async () => {
    const [line = ''] = await write('chain', 1);
    const report = await verifyTrail([line], new Map());
    expect(report.findings[0]).toMatchObject({
      kind: 'unknown-key',
      detail: expect.stringContaining(KEY_ID.slice(0, 20)),
    });
  });

  test('an empty trail is valid, which is why a count has to be kept elsewhere', async () => {
    expect(await verifyTrail(['', '  '], KEYS)).toEqual({
      records: 0,
      chains: 0,
      valid: true,
      findings: [],
      successCount: 0,
    });
  });

  test('any order of any chains: no record is called modified or missing, and only an order that is kept is valid', async () => {
    const chains = await Promise.all([write('one', 6), write('two', 4)]);
    const lines = chains.flat();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...lines], { minLength: lines.length }), async (shuffled) => {
        const report = await verifyTrail(shuffled, KEYS);
        expect(report.findings.filter(({ kind }) => kind !== 'reordered')).toEqual([]);
        const kept = chains.every((chain) =>
          chain.every((line, i) => shuffled.indexOf(line) > shuffled.indexOf(chain[i - 1] ?? '')),
        );
        expect(report.valid).toBe(kept);
        expect(report.successCount).toBe(10);
      }),
    );
  });

  test('names exactly the removed numbers below the last remaining one', async () => {
    const lines = await write('chain', 12);
    await fc.assert(
      fc.asyncProperty(fc.subarray([...lines]), async (left) => {
        const { findings } = await verifyTrail(left, KEYS);
        const present = left.map((line) => lines.indexOf(line) + 1);
        const runs = present.filter((number, i) => number !== (present[i - 1] ?? 0) + 1);
        expect(findings.map(({ kind, line }) => [kind, line])).toEqual(
          runs.map((number) => ['missing', present.indexOf(number) + 1]),
        );
      }),
    );
  });

  test('finds any change of one character, at its line first', async () => {
    const lines = await write('chain', 4);
    const [, second = ''] = lines;
    await fc.assert(
      fc.asyncProperty(fc.nat(second.length - 1), fc.string({ minLength: 1, maxLength: 1 }), async (at, character) => {
        fc.pre(second[at] !== character);
        const changed = second.slice(0, at) + character + second.slice(at + 1);
        const report = await verifyTrail([lines[0] ?? '', changed, ...lines.slice(2)], KEYS);
        expect(report.valid).toBe(false);
        expect(report.findings[0]?.line).toBe(2);
      }),
      { numRuns: 300 },
    );
  });

  test('finds a second history joined inside a hole that was filled late', async () => {
    const lines = await write('chain', 6);
    const second = await write('chain', 6, 'somebody_else');
    const mixed = [lines[0], lines[4], second[1], lines[2], lines[3], lines[5]].map((line) => line ?? '');
    const { findings } = await verifyTrail(mixed, KEYS);
    expect(findings.filter(({ kind }) => kind === 'forked').map(({ line, sequence }) => [line, sequence])).toEqual([
      [3, 2],
      [4, 3],
    ]);
  });

  test('reports a second record of one number as a fork, however far back the first is', async () => {
    const lines = await write('chain', 3000);
    const second = await write('chain', 3, 'somebody_else');
    const { findings } = await verifyTrail([...lines, second[2] ?? '', lines[2] ?? ''], KEYS);
    expect(findings.map(({ kind, line, note }) => [kind, line, note])).toEqual([
      ['forked', 3001, undefined],
      ['repeated', 3002, true],
    ]);
  });

  test('checks everything but the checksums when no key is given', async () => {
    const lines = await write('chain', 5);
    const edited = lines.map((line) => line.replace('"r1"', '"r9"'));
    expect(await verifyTrail(edited)).toMatchObject({
      valid: false,
      records: 5,
      successCount: 0,
      unverified: { records: 5, successCount: 5 },
      findings: [{ kind: 'unverified', line: 1, sequence: 1 }],
    });
    const { findings } = await verifyTrail([lines[0]!, lines[2]!, lines[2]!, edited[1]!, lines[1]!]);
    expect(findings.map(({ kind, line }) => [kind, line])).toEqual([
      ['unverified', 1],
      ['repeated', 3],
      ['reordered', 4],
      ['forked', 5],
    ]);
  });

  test('handles a number far ahead without memory for the gap', async () => {
    const signer = createSigner(KEY_ID, new Secret(new Uint8Array(32).fill(7)));
    const [line = ''] = await write('chain', 1);
    const far = JSON.parse(line);
    far.signature = { ...far.signature, sequence: Number.MAX_SAFE_INTEGER, previous: 'x' };
    far.signature.checksum = signer.checksum(far);
    const { findings } = await verifyTrail([line, JSON.stringify(far)], KEYS);
    expect(findings).toMatchObject([{ kind: 'missing', line: 2, sequence: 2 }]);
  });
});
