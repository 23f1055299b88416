// Whatever is deleted, emptied, swapped or aged in the store of a log: nothing but the untouched log is intact.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { type EvidenceReport, verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
import { checkpointPath, cosignaturesPath, timestampPath } from '../../lib/transparency/layout.ts';
import { splitTokens, verifyTimestamp } from '../../lib/transparency/timestamp.ts';
import { stampCheckpoint } from '../../lib/transparency/timestamping.ts';
import type { TimestampRules } from '../../lib/transparency/verify-timestamps.ts';
import { parseWitnessPolicy } from '../../lib/transparency/witness-policy.ts';
import { chainLines, recordKeys } from '../support/chain-lines.ts';
import { after, type Mishap, mishapsOf, pairsOf, sameEvidence, sampledPairs } from '../support/every-file.ts';
import { localAuthority } from '../support/local-authority.ts';
import { fixedKeys, fixedLog, START_MS } from '../support/log.ts';
import { MemoryTileStore } from '../support/memory-tile-store.ts';
import type { Objects } from '../support/tamper.ts';
import { cosigners, fixedWitness } from '../support/witness.ts';

/** A day later: nothing is under way. */
const NOW = START_MS / 1000 + 86_400;
/** The sealer's memory: a lost or false one costs time (docs/audit.md). */
const isMemory = (path: string): boolean => path === 'heads.json';
/** What only a verifier with a policy and certificates looks at. */
const isOutside = (path: string): boolean => /^(?:cosignatures|timestamps)\//.test(path);
/** What a verifier looks at that knows of no witness and no timestamp authority. */
const isEvidence = (path: string): boolean => !isMemory(path) && !isOutside(path);
/** Seconds from the start at which the four checkpoints are signed. The second and the fourth follow soon. */
const TIMES = [0, 10, 1000, 1010];
/** A timestamp covers checkpoints as old as this. */
const WITHIN_S = 100;

const witnesses = [fixedWitness(40).witness, fixedWitness(41).witness];
const policy = parseWitnessPolicy(
  `${witnesses.map(({ key }, i) => `witness w${i} ${key.verifierKey}`).join('\n')}\ngroup all all w0 w1\nquorum all`,
);

let lines: readonly string[];
let earlier: Objects;
let files: Objects;
let outside: { readonly policy: typeof policy; readonly timestamps: TimestampRules };

beforeAll(async () => {
  const store = new MemoryTileStore();
  let now = START_MS;
  const authority = await localAuthority(() => now + 2000);
  const log = fixedLog(store, { nowMs: () => now, witnesses: cosigners(witnesses) });
  const sealer = new Sealer(log, store);
  lines = [...(await chainLines('a', 200)), ...(await chainLines('b', 60))];
  const steps = [
    () => sealer.seal(lines.slice(0, 100)),
    () => sealer.seal(lines.slice(0, 200)),
    () => sealer.tick(now, 0),
    () => sealer.seal(lines),
  ];
  for (const [number, step] of steps.entries()) {
    now = START_MS + 1000 * TIMES[number]!;
    // oxlint-disable no-await-in-loop -- one checkpoint after another
    await step();
    await stampCheckpoint({ store, authorities: [authority], nonce: () => Buffer.alloc(8, 1) }, number);
    // oxlint-enable no-await-in-loop
    if (number === 0) earlier = new Map(store.objects);
  }
  files = new Map(store.objects);
  outside = { policy, timestamps: remembering([authority.certificate]) };
});

/** Rules that verify each token over each checkpoint once: the same ones come back in thousands of verdicts. */
function remembering(certificates: Parameters<typeof verifyTimestamp>[2]): TimestampRules {
  const verdicts = new Map<string, ReturnType<typeof verifyTimestamp>>();
  return {
    withinS: WITHIN_S,
    split: splitTokens,
    verify: (token, checkpoint) => {
      const key = `${Buffer.from(token).toString('hex')} ${Buffer.from(checkpoint).toString('hex')}`;
      const verdict = verdicts.get(key) ?? verifyTimestamp(token, checkpoint, certificates);
      verdicts.set(key, verdict);
      return verdict;
    },
  };
}

/**
 * Tells what a verifier with a policy and certificates must say: nothing of the log was touched; each cosignature and
 * each timestamp that is there is in its place; and those that are gone are covered by later ones in time. The object
 * `checkpoint` has the newest cosignatures, which cover all.
 */
function isIntactOutside(now: Objects): boolean {
  if (!sameEvidence(now, files, isEvidence)) return false;
  const isTouched = [...now.keys()].some(
    (path) => isOutside(path) && !sameEvidence(now, files, (each) => each === path),
  );
  const isCovered = TIMES.every((time, number) => {
    return TIMES.some((at, later) => later >= number && at + 2 - time <= WITHIN_S && now.has(timestampPath(later)));
  });
  return !isTouched && isCovered;
}

function verify(objects: Objects, options: object = {}): Promise<EvidenceReport> {
  const log = { reader: new MemoryTileStore(objects), now: NOW };
  return verifyEvidence({ log, records: lines, keys: fixedKeys(), recordKeys: recordKeys(), ...options });
}

/** Names the mishaps after which the verdict is not what it must be. */
async function wrongVerdicts(
  all: readonly (readonly Mishap[])[],
  optionsFor: (objects: Objects) => object = () => ({}),
  isIntact = (objects: Objects): boolean => sameEvidence(objects, files, isEvidence),
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const mishaps of all) {
    const objects = after(files, mishaps);
    // oxlint-disable-next-line no-await-in-loop -- side by side they would take as long, and more memory
    const { valid } = await verify(objects, optionsFor(objects));
    if (valid !== isIntact(objects)) wrong.push(mishaps.map(({ name }) => name).join(', '));
  }
  return wrong;
}

describe('the verdict on a log', () => {
  test('is intact for the untouched one', async () => {
    expect(await verify(files)).toMatchObject({ valid: true, findings: [], records: 260 });
    expect([...files.keys()].filter(isMemory)).toEqual(['heads.json']);
    expect([...files.keys()].filter(isOutside).toSorted()).toEqual([
      ...TIMES.map((_, number) => cosignaturesPath(number)),
      ...TIMES.map((_, number) => timestampPath(number)),
    ]);
    expect(files.size).toBe(15 + 8);
  });

  test('is not intact after anything that happens to one object', async () => {
    const singles = [...files.keys()].flatMap((path) => mishapsOf(path, files, earlier).map((each) => [each]));
    expect(singles.length).toBe(23 + 23 + 253 + [...files.keys()].filter((path) => earlier.has(path)).length);
    expect(await wrongVerdicts(singles)).toEqual([]);
  });

  test('is not intact after any two objects are deleted, emptied or aged', async () => {
    const pairs = pairsOf(files, earlier);
    expect(pairs.length).toBeGreaterThan((23 * 22 * 4) / 2);
    expect(await wrongVerdicts(pairs)).toEqual([]);
  });

  test('is not intact after two things of any kind, of which a sample is tried', async () => {
    const pairs = sampledPairs(files, (path) => mishapsOf(path, files, earlier), 8);
    expect(await wrongVerdicts(pairs)).toEqual([]);
  });

  test('is not intact without records and record keys either', async () => {
    const singles = [...files.keys()].flatMap((path) => mishapsOf(path, files, earlier, 2).map((each) => [each]));
    expect(await wrongVerdicts(singles, () => ({ records: undefined, recordKeys: undefined }))).toEqual([]);
  });
});

/** The log alone, for one who has a policy and a certificate: the suite above compares the records. */
const outsideLog = (objects: Objects): object => ({
  records: undefined,
  recordKeys: undefined,
  log: { reader: new MemoryTileStore(objects), now: NOW, ...outside },
});

describe('the verdict of a verifier with a policy and the certificate of a timestamp authority', () => {
  test('is intact for the untouched log', async () => {
    expect(await verify(files, outsideLog(files))).toMatchObject({
      valid: true,
      findings: [],
      witnesses: { witnessed: { number: 3, size: 260 } },
    });
  });

  test('is what is left of the coverage, after anything that happens to one object', async () => {
    // The suite above has the other objects.
    const paths = [...files.keys()].filter((path) => isOutside(path) || path.startsWith('checkpoint'));
    expect(paths).toHaveLength(2 * TIMES.length + TIMES.length + 1);
    const singles = paths.flatMap((path) => mishapsOf(path, files, earlier, 4).map((each) => [each]));
    expect(await wrongVerdicts(singles, outsideLog, isIntactOutside)).toEqual([]);
  });

  test('is what is left of the coverage, after anything that happens to two objects', async () => {
    const pairs = sampledPairs(files, (path) => mishapsOf(path, files, earlier), 4);
    expect(await wrongVerdicts(pairs, outsideLog, isIntactOutside)).toEqual([]);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['a timestamp that the next one covers', [timestampPath(0)], []],
    ['a timestamp that no later one covers in time', [timestampPath(1)], ['untimely timestamps/001']],
    ['the newest timestamp', [timestampPath(3)], ['missing timestamps/003']],
    ['two timestamps in a row', [timestampPath(2), timestampPath(3)], ['missing timestamps/002']],
    ['every cosignature but the newest', [0, 1, 2, 3].map(cosignaturesPath), []],
    ['a cosignature and its checkpoint', [cosignaturesPath(1), checkpointPath(1)], ['missing checkpoints/001']],
  ])('names what is gone with %s', async (_, gone, expected) => {
    const objects = new Map([...files].filter(([path]) => !gone.includes(path)));
    const { findings } = await verify(objects, outsideLog(objects));
    expect(findings.map(({ kind, path }) => `${kind} ${path ?? ''}`)).toEqual(expected);
  });

  test.each<[string, (now: Objects) => void, readonly string[]]>([
    ['an empty cosignature', (now) => now.set(cosignaturesPath(0), new Uint8Array()), ['malformed cosignatures/000']],
    ['an empty timestamp', (now) => now.set(timestampPath(0), new Uint8Array()), ['malformed timestamps/000']],
    [
      'a cosignature of another checkpoint',
      (now) => now.set(cosignaturesPath(0), files.get(cosignaturesPath(1))!),
      ['modified cosignatures/000', 'modified cosignatures/000'],
    ],
    [
      'a timestamp of another checkpoint',
      (now) => now.set(timestampPath(1), files.get(timestampPath(0))!),
      ['modified timestamps/001', 'untimely timestamps/001'],
    ],
  ])('names %s', async (_, change, expected) => {
    const objects: Objects = new Map(files);
    change(objects);
    const { findings } = await verify(objects, outsideLog(objects));
    expect(findings.map(({ kind, path }) => `${kind} ${path ?? ''}`)).toEqual(expected);
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
