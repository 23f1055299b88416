// An operator who holds the record key and the checkpoint key writes another history whose every signature, number and
// time is right. What a timestamp authority signed shows it: the operator can make no timestamp of the past.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseKeyList } from '../../../lib/evidence/key-list.ts';
import { type EvidenceReport, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { CLEAN_KEYS, cleanRecordKeys, rewrittenLog } from '../../support/rewritten-log.ts';
import type { Objects } from '../../support/tamper.ts';
import { fileRules, timestampFile } from '../../support/timestamps.ts';

const NEWEST = 1_800_001_500;
const NUMBERS = [0, 1, 2, 3, 4, 5];

let lie: { readonly objects: Objects; readonly lines: readonly string[] };
beforeAll(async () => {
  lie = await rewrittenLog();
});

/** Verifies the rewritten history with these timestamps beside it, by number. `latest`: the clock, epoch seconds. */
function verify(tokens: ReadonlyMap<number, Uint8Array> | undefined, latest?: number): Promise<EvidenceReport> {
  const stamps = [...(tokens ?? [])].map(([number, token]) => [`timestamps/00${number}`, token] as const);
  return verifyEvidence({
    log: {
      reader: new MemoryTileStore([...lie.objects, ...stamps]),
      now: NEWEST + 550,
      ...(tokens && { timestamps: fileRules(['root.pem'], { withinS: 400 }) }),
    },
    latest,
    records: lie.lines,
    recordKeys: cleanRecordKeys(),
    keys: parseKeyList(CLEAN_KEYS),
  });
}

const findings = ({ findings: all }: EvidenceReport): readonly string[] =>
  all.map(({ kind, path, note }) => `${kind} ${path}${note === true ? ' (note)' : ''}`);

describe('an operator who rewrites the history with every key', () => {
  test('leaves no trace for a verifier without timestamps', async () => {
    expect(await verify(undefined)).toMatchObject({ valid: true, findings: [], checksumsVerified: true, records: 600 });
  });

  test('is caught by the timestamps of the first history', async () => {
    const report = await verify(new Map(NUMBERS.map((n) => [n, timestampFile(`clean/00${n}`)])));
    expect(report.valid).toBe(false);
    // The first checkpoint covers no record: it is the same in both.
    expect(findings(report)).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `modified timestamps/00${n}`),
      'missing timestamps/001',
    ]);
  });

  test('is caught when the timestamps are gone', async () => {
    const report = await verify(new Map());
    expect(report.valid).toBe(false);
    expect(findings(report)).toEqual(['missing timestamps/000']);
  });

  test('is caught when the authority is asked about the second history, days later', async () => {
    const report = await verify(new Map([[5, timestampFile('rewritten/late')]]), 1_800_700_000);
    expect(report.valid).toBe(false);
    expect(findings(report)).toEqual(['untimely timestamps/000']);
    expect(report.findings[0]?.detail).toContain('2027-01-23T10:26:40Z');
  });
});
