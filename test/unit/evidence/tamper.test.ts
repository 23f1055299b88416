import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../lib/base/secret.ts';
import { parseKeyList } from '../../../lib/evidence/key-list.ts';
import { verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { parseWitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import {
  readObjects,
  sealedLines,
  type TamperScenario,
  tamperWithLines,
  tamperWithObjects,
} from '../../support/tamper.ts';
import { fileRules, timestampFile } from '../../support/timestamps.ts';

const directory = new URL('../../vectors/trail/log/', import.meta.url);
const clean = readObjects(new URL('clean/', directory));
/** Timestamps of the clean log's checkpoints, two seconds after each. */
const stamps = [0, 1, 2, 3, 4, 5].map((n) => [`timestamps/00${n}`, timestampFile(`clean/00${n}`)] as const);
const lines = sealedLines(clean, ['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/88']);
const keys = readFileSync(new URL('keys.json', directory), 'utf8');
const recordKeys = new Map([['95f5a194-b0a4-4351-a', new Secret(Uint8Array.from({ length: 32 }, (_, i) => i))]]);
/** When the newest checkpoint of the clean log was signed, epoch seconds. */
const NEWEST = 1_800_001_500;

const scenarios = readdirSync(directory)
  .filter((name) => name.endsWith('.json') && name !== 'keys.json')
  .map((name): [string, TamperScenario] => [name, JSON.parse(readFileSync(new URL(name, directory), 'utf8'))]);

function verify(scenario: Partial<TamperScenario>): ReturnType<typeof verifyEvidence> {
  const known = Object.entries(scenario.known ?? {}).map(([name, text]) => [name, Buffer.from(text)] as const);
  const { timestamps } = scenario;
  const objects = timestamps === undefined ? clean : new Map([...clean, ...stamps]);
  return verifyEvidence({
    log: {
      reader: new MemoryTileStore(tamperWithObjects(objects, scenario.log ?? [])),
      known: new Map(known),
      now: NEWEST + (scenario.later ?? 100),
      timestamps: timestamps && fileRules(timestamps.tsa, timestamps),
      ...(scenario.everyS !== undefined && { everyS: scenario.everyS }),
      ...(scenario.checkpoints !== undefined && { checkpoints: scenario.checkpoints }),
      ...(scenario.policy && { policy: parseWitnessPolicy(scenario.policy.join('\n')) }),
    },
    ...(scenario.withoutRecords !== true && { records: tamperWithLines(lines, scenario.records ?? []) }),
    ...(scenario.withoutRecordKey !== true && { recordKeys }),
    isExcerpt: scenario.isExcerpt === true,
    keys: parseKeyList(scenario.keys === undefined ? keys : JSON.stringify(scenario.keys)),
  });
}

describe('the verifier of a log and its records', () => {
  test('has scenarios', () => {
    expect(scenarios.length).toBeGreaterThan(30);
  });

  test.each(scenarios)('finds exactly what was done: %s', async (_, scenario) => {
    const report = await verify(scenario);
    const findings = report.findings.map(({ detail, ...finding }) => {
      expect(detail).not.toBe('');
      return finding;
    });
    expect(findings).toEqual(scenario.expected);
    expect(report.valid).toBe(scenario.expected.every((finding) => 'note' in finding));
  });

  test('reports how much of a clean log it verified', async () => {
    expect(await verify({})).toEqual({
      valid: true,
      findings: [],
      checksumsVerified: true,
      records: 600,
      chains: 3,
      successCount: (300 * 301 + 200 * 201 + 100 * 101) / 2,
      log: { checkpoints: 6, newest: { number: 5, size: 600, time: NEWEST, root: expect.stringMatching(/=$/) } },
    });
  });
});
