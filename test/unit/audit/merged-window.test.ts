import { describe, expect, test } from '@jest/globals';
import { KnownRecords, tagOfLine } from '../../../lib/audit/known-records.ts';
import { MergedWindow } from '../../../lib/audit/merged-window.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { heldBy, type MergedDocument, originals } from '../../support/signed-lines.ts';

type Change = Partial<AuditEntry> & { readonly chain: string };

function merge(changes: readonly Change[]): readonly MergedDocument[] {
  const window = new MergedWindow();
  for (const { line } of originals(changes)) expect(window.add(line)).toEqual({ kind: 'added' });
  return window.merged().map(({ record }) => record as unknown as MergedDocument);
}

const infoOf = (record: MergedDocument) => record.additional_info as Record<string, unknown>;

describe('a merged window', () => {
  test('makes one record of those that say the same, wherever they were written', () => {
    const [merged, ...others] = merge([
      { chain: 'a', count: 2, weakCount: 1, requestId: 'r1' },
      { chain: 'b', count: 3, firstTimeMs: 1_700_000_000_000, lastTimeMs: 1_800_000_005_999 },
      { chain: 'a', count: 5, requestId: 'r2' },
    ]);
    expect(others).toEqual([]);
    expect(merged).toMatchObject({
      cnt: 10,
      logtype: 'Protection',
      additional_info: {
        deployment_id: 'test-protect',
        weak_cnt: 1,
        first_time_ms: 1_700_000_000_000,
        last_time_ms: 1_800_000_005_999,
        merged_records: 3,
        merged_from: [
          { chain_id: 'a', sequences: '1-2' },
          { chain_id: 'b', sequences: '1' },
        ],
      },
      origin: { ip: '127.0.0.1', time_utc: 1_800_000_005 },
    });
    expect(merged).not.toHaveProperty('signature');
    expect(merged).not.toHaveProperty('origin.hostname');
    expect(merged).not.toHaveProperty('additional_info.request_id');
  });

  test('keeps the uses of a break-glass role apart by their request', () => {
    const merged = merge([
      { chain: 'a', count: 1, requestId: 'r1', breakGlass: true },
      { chain: 'b', count: 2, requestId: 'r2', breakGlass: true },
      { chain: 'b', count: 4, requestId: 'r3' },
    ]);
    expect(merged.map((one) => [one.cnt, infoOf(one)['break_glass'], infoOf(one)['request_id']])).toEqual([
      [1, true, 'r1'],
      [2, true, 'r2'],
      [4, undefined, undefined],
    ]);
  });

  test('adds up summaries of requests, and keeps them apart from records of single ones', () => {
    const merged = merge([
      { chain: 'a', count: 1, requests: 3 },
      { chain: 'b', count: 2, requests: 4 },
      { chain: 'a', count: 4 },
    ]);
    expect(merged).toMatchObject([{ cnt: 3, additional_info: { request_cnt: 7 } }, { cnt: 4 }]);
    expect(merged[1]).not.toHaveProperty('additional_info.request_cnt');
    expect(merged.every((record) => !('summed' in record))).toBe(true);
  });

  test('has no count that is zero', () => {
    const [merged] = merge([{ chain: 'a' }, { chain: 'b' }]);
    expect(Object.keys(infoOf(merged!)).filter((name) => name.endsWith('_cnt'))).toEqual([]);
  });

  test.each(['request_cnt', 'weak_cnt', 'clear_cnt', 'repeated_cnt', 'first_time_ms', 'last_time_ms'])(
    'takes no record whose %s is no whole number',
    (name) => {
      const [one] = originals([{ chain: 'a' }]);
      for (const value of ['3', 1.5, null, 2 ** 53]) {
        const info = { ...(one!.record['additional_info'] as object), [name]: value };
        const window = new MergedWindow();
        expect(window.add(JSON.stringify({ ...one!.record, additional_info: info }))).toEqual({ kind: 'malformed' });
      }
    },
  );

  test.each<Partial<AuditEntry>>([
    { user: 'other' },
    { operation: 'Unprotect' },
    { element: 'other' },
    { oldElement: 'other' },
    { code: 3 },
    { mask: 'X' },
    { vendor: 'aws.rest' },
    { queryId: 'q' },
    { cluster: 'c' },
    { clientIp: '10.0.0.1' },
    { dataStore: 'OTHER' },
    { policyVersion: '2' },
  ])('does not merge records that differ in %j', (change) => {
    expect(merge([{ chain: 'a' }, { chain: 'a', ...change }])).toHaveLength(2);
  });

  test('does not merge records that differ in a member it does not know', () => {
    const [one] = originals([{ chain: 'a' }]);
    const other = JSON.stringify({ ...one!.record, future: 1, signature: { ...one!.record.signature, sequence: 2 } });
    const window = new MergedWindow();
    window.add(one!.line);
    window.add(other);
    expect(window.merged()).toHaveLength(2);
  });

  test('counts a record once, and not at all when it was known before', () => {
    const [one, two] = originals([{ chain: 'a' }, { chain: 'a' }]);
    const window = new MergedWindow();
    const before = new KnownRecords();
    before.add('a', 2, tagOfLine(two!.line), 0);
    const additions = [one!, one!, two!].map(({ line }) => window.add(line, before).kind);
    expect(additions).toEqual(['added', 'known', 'known']);
    expect(window.merged()).toMatchObject([{ record: { cnt: 4000 } }]);
  });

  test('takes no second record with the number of another, and tells where: in the window, its state, or before', () => {
    const [one] = originals([{ chain: 'a' }]);
    const [second] = originals([{ chain: 'a', user: 'mallory' }]);
    const [edited] = [one!.line.replace('"cnt":4000', '"cnt":4001')];
    const forked = { kind: 'forked', chainId: 'a', sequence: 1 };
    const window = new MergedWindow();
    window.add(one!.line);
    const before = new KnownRecords();
    window.addTo(before, 5);
    for (const line of [second!.line, edited]) {
      expect(window.add(line)).toEqual(forked);
      expect(MergedWindow.fromState(window.toState()).add(line)).toEqual(forked);
      expect(new MergedWindow().add(line, before)).toEqual(forked);
      expect(new MergedWindow().add(line, KnownRecords.fromJson(before.toJson()))).toEqual(forked);
    }
    expect(window.merged()).toMatchObject([{ record: { cnt: 4000, additional_info: { merged_records: 1 } } }]);
  });

  test('takes every record of a known number for a repeat after a state of an earlier version, which had no tags', () => {
    const [one, two] = originals([{ chain: 'a' }, { chain: 'a' }]);
    const window = new MergedWindow();
    window.add(one!.line);
    const state = (JSON.parse(window.toState()) as [unknown, unknown, unknown, unknown, string[][]][]).map(
      ([common, place, sums, checksums, chains]) => [
        common,
        place,
        sums,
        checksums,
        chains.map((chain) => chain.slice(0, 2)),
      ],
    );
    const restored = MergedWindow.fromState(JSON.stringify(state));
    const [forged] = originals([{ chain: 'a', user: 'mallory' }]);
    expect([forged!, two!].map(({ line }) => restored.add(line).kind)).toEqual(['known', 'added']);
    expect(MergedWindow.fromState(restored.toState()).add(two!.line)).toEqual({ kind: 'known' });
  });

  test('continues from its state as if it had never been interrupted', () => {
    const all = originals(Array.from({ length: 9 }, (_, i) => ({ chain: 'ab'[i % 2]!, user: 'uv'[i % 2]!, count: i })));
    const whole = new MergedWindow();
    let parts = new MergedWindow();
    for (const { line } of all) {
      whole.add(line);
      parts.add(line);
      parts = MergedWindow.fromState(parts.toState());
    }
    expect(parts.merged()).toEqual(whole.merged());
    expect(parts.records).toBe(9);
    expect(parts.add(all[0]!.line)).toEqual({ kind: 'known' });
  });

  test('gives the same records the same id in any order of arrival', () => {
    const all = originals([{ chain: 'a' }, { chain: 'b' }, { chain: 'a' }]);
    const ids = [all, all.toReversed()].map((some) => {
      const window = new MergedWindow();
      for (const { line } of some) window.add(line);
      return window.merged().map(({ id }) => id);
    });
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]?.[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('begins another record before one would name more than a hundred environments', () => {
    const merged = merge(Array.from({ length: 250 }, (_, i) => ({ chain: `c${i}`, count: 1 })));
    expect(merged.map(({ additional_info }) => additional_info.merged_from.length)).toEqual([100, 100, 50]);
    expect(merged.flatMap(heldBy)).toHaveLength(250);
    expect(Math.max(...merged.map((record) => JSON.stringify(record).length))).toBeLessThan(32_000);
  });

  test.each([
    ['no JSON', '{', 'malformed'],
    ['no record', '{"a":1}', 'malformed'],
    [
      'a record without a signature',
      JSON.stringify({ ...originals([{ chain: 'a' }])[0]!.record, signature: {} }),
      'unsigned',
    ],
    [
      'a record with the number 0',
      originals([{ chain: 'a' }])[0]!.line.replace(/"sequence":\d+/, '"sequence":0'),
      'unsigned',
    ],
    [
      'a record with another checksum',
      originals([{ chain: 'a' }])[0]!.line.replace(/"checksum":"[^"]*"/, '"checksum":"x"'),
      'malformed',
    ],
    [
      'a record whose time is no number',
      originals([{ chain: 'a' }])[0]!.line.replace(/"time_utc":\d+/, '"time_utc":"x"'),
      'malformed',
    ],
  ])('does not take %s', (_, line, addition) => {
    const window = new MergedWindow();
    expect(window.add(line)).toEqual({ kind: addition });
    expect(window.merged()).toEqual([]);
  });

  test.each([
    '',
    '{}',
    '[1]',
    '[[{},{},[1],"",[["a","x"]]]]',
    '[[{},null,[1,0,0,0,1,1],"",[]]]',
    '[[[],{},[1,0,0,0,1,1],"",[]]]',
    '[[{},{},[1,0,0,0,1,1.5],"",[]]]',
    '[[{},{},[1,0,0,0,1,1],"AAAA",[]]]',
    '[[{},{},[1],"",[["a","1-2","AAAAAAAAAAA"]]]]',
    '[[{},{},[1],"",[["a","1","AAAAAAAAAAAAAAAA"]]]]',
  ])('refuses the state %j', (state) => {
    expect(() => MergedWindow.fromState(state)).toThrow(expect.objectContaining({ code: 'WINDOW_STATE_INVALID' }));
  });
});
