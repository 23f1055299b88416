// Whatever is deleted, emptied, swapped or aged in the store of a log: nothing but the untouched log is intact.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { type EvidenceReport, verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
import { chainLines, recordKeys } from '../support/chain-lines.ts';
import { after, type Mishap, mishapsOf, sameEvidence, sampledPairs } from '../support/every-file.ts';
import { fixedKeys, fixedLog, START_MS } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import type { Objects } from '../support/tamper.ts';

/** A day later: nothing is under way. */
const NOW = START_MS / 1000 + 86_400;
/** The sealer's memory: a lost or false one costs time (docs/audit.md). */
const isEvidence = (path: string): boolean => path !== 'heads.json';

let lines: readonly string[];
let earlier: Objects;
let files: Objects;

beforeAll(async () => {
  const store = new MemoryTileStore();
  const sealer = new Sealer(fixedLog(store), store);
  lines = [...(await chainLines('a', 200)), ...(await chainLines('b', 60))];
  await sealer.seal(lines.slice(0, 100));
  earlier = new Map(store.objects);
  await sealer.seal(lines.slice(0, 200));
  await sealer.tick(START_MS, 0);
  await sealer.seal(lines);
  files = new Map(store.objects);
});

function verify(objects: Objects, options: object = {}): Promise<EvidenceReport> {
  const log = { reader: new MemoryTileStore(objects), now: NOW };
  return verifyEvidence({ log, records: lines, keys: fixedKeys(), recordKeys: recordKeys(), ...options });
}

/** Names the mishaps after which the verdict is not what it must be. */
async function wrongVerdicts(all: readonly (readonly Mishap[])[], options?: object): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const mishaps of all) {
    const objects = after(files, mishaps);
    // oxlint-disable-next-line no-await-in-loop -- side by side they would take as long, and more memory
    const { valid } = await verify(objects, options);
    if (valid !== sameEvidence(objects, files, isEvidence)) wrong.push(mishaps.map(({ name }) => name).join(', '));
  }
  return wrong;
}

describe('the verdict on a log', () => {
  test('is intact for the untouched one', async () => {
    expect(await verify(files)).toMatchObject({ valid: true, findings: [], records: 260 });
    expect([...files.keys()].filter((path) => !isEvidence(path))).toEqual(['heads.json']);
    expect(files.size).toBe(14);
  });

  test('is not intact after anything that happens to one object', async () => {
    const singles = [...files.keys()].flatMap((path) => mishapsOf(path, files, earlier).map((each) => [each]));
    expect(singles.length).toBe(124);
    expect(await wrongVerdicts(singles)).toEqual([]);
  });

  test('is not intact after anything that happens to two objects', async () => {
    const pairs = sampledPairs(files, (path) => mishapsOf(path, files, earlier), 15);
    expect(await wrongVerdicts(pairs)).toEqual([]);
  });

  test('is not intact without records and record keys either', async () => {
    const singles = [...files.keys()].flatMap((path) => mishapsOf(path, files, earlier).map((each) => [each]));
    expect(await wrongVerdicts(singles, { records: undefined, recordKeys: undefined })).toEqual([]);
  });
});

/** The same log, written anew with other records under the same keys and at the same times. */
async function rewritten(count: number): Promise<{ objects: Objects; records: readonly string[] }> {
  const store = new MemoryTileStore();
  const sealer = new Sealer(fixedLog(store), store);
  const records = await chainLines('a', count, { user: 'somebody else' });
  await sealer.seal(records.slice(0, 100));
  await sealer.seal(records.slice(0, 200));
  await sealer.tick(START_MS, 0);
  await sealer.seal(records);
  return { objects: store.objects, records };
}
const kept = (path: string) => new Map([['kept elsewhere', files.get(path)!]]);

describe('an operator who holds the record key and the checkpoint key', () => {
  test.each([
    ['as long', 260, 'checkpoints/002', 'forked'],
    ['as long, seen by the newest checkpoint', 260, 'checkpoint', 'forked'],
    ['shorter', 210, 'checkpoint', 'rolled-back'],
    ['longer', 300, 'checkpoints/000', 'forked'],
  ])('is caught by a checkpoint kept elsewhere when the other history is %s', async (_, count, path, kind) => {
    const { objects, records } = await rewritten(count);
    const log = { reader: new MemoryTileStore(objects), now: NOW };
    expect(await verify(objects, { log, records })).toMatchObject({ valid: true, findings: [] });
    const { valid, findings } = await verify(objects, { log: { ...log, known: kept(path) }, records });
    expect(valid).toBe(false);
    expect(findings).toEqual([{ where: 'log', kind, path: 'kept elsewhere', detail: expect.any(String) }]);
  });

  test('is not suspected when the kept checkpoint is one of the log', async () => {
    const log = { reader: new MemoryTileStore(files), now: NOW, known: kept('checkpoints/001') };
    expect(await verify(files, { log })).toMatchObject({ valid: true, findings: [] });
  });
});
