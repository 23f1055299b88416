// The last line of defence: an operator who holds every key of record and log writes another history, without a flaw. Only
// what others have seen shows it.
import { describe, expect, test } from '@jest/globals';
import { checkProof, proveRecord } from '../../../lib/evidence/prove.ts';
import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { type EvidenceOptions, type EvidenceReport, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { originHash, type Witness } from '../../../lib/transparency/witness.ts';
import { parseWitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { chainLines, recordKeys } from '../../support/chain-lines.ts';
import { fixedKeys, fixedLog, ORIGIN, START_MS } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { cosigners, fixedWitness } from '../../support/witness.ts';

const both = [fixedWitness(40).witness, fixedWitness(41).witness];
const policy = parseWitnessPolicy(
  `${both.map(({ key }, i) => `witness w${i} ${key.verifierKey}`).join('\n')}\ngroup all all w0 w1\nquorum all`,
);
const everyS = 300;

/** Seals the records of a user, ten a checkpoint, by a clock that is the same for each history. */
async function history(user: string, witnesses: readonly Witness[]) {
  const store = new MemoryTileStore();
  let now = START_MS;
  const log = fixedLog(store, { nowMs: () => now, dueAfterS: 2 * everyS, witnesses: cosigners(witnesses) });
  const sealer = new Sealer(log, store);
  const sealed = await chainLines('environment', 40, { user });
  const reports: SealReport[] = [];
  for (let n = 0; n < 4; n++, now += everyS * 1000) reports.push(await sealer.seal(sealed.slice(10 * n, 10 * n + 10)));
  return { store, sealed, asked: reports.flatMap(({ asked }) => asked.map(({ outcome }) => outcome)) };
}

const truth = await history('mallory', both);
const lie = await history('somebody', []);

function verifyLie(store: MemoryTileStore, change: Partial<NonNullable<EvidenceOptions['log']>> = {}) {
  const now = START_MS / 1000 + 4 * everyS;
  return verifyEvidence({
    log: { reader: store, now, ...change },
    records: lie.sealed,
    recordKeys: recordKeys(),
    keys: fixedKeys(),
  });
}

const kinds = ({ findings }: EvidenceReport): readonly string[] =>
  findings.filter(({ note }) => note !== true).map(({ kind, path }) => `${kind} ${path ?? ''}`);

describe('an operator who holds every key and rewrites the whole history', () => {
  test('is not seen without witnesses', async () => {
    expect(await verifyLie(lie.store)).toMatchObject({ valid: true, findings: [], checksumsVerified: true });
  });

  test('has a witnessed history while it is not rewritten', async () => {
    const now = START_MS / 1000 + 4 * everyS;
    const report = await verifyEvidence({ log: { reader: truth.store, now, policy }, keys: fixedKeys() });
    expect(report).toMatchObject({ valid: true, findings: [] });
    const since = { number: 0, size: 10, time: START_MS / 1000 };
    const newest = { number: 3, size: 40, time: START_MS / 1000 };
    expect(report.witnesses).toEqual({
      quorum: 'all',
      witnessed: { number: 3, size: 40 },
      witnesses: both.map(({ key }, i) => ({
        name: `w${i}`,
        verifierKey: key.verifierKey,
        checkpoints: 4,
        since,
        newest,
      })),
    });
  });

  test('is caught when the cosignatures are gone', async () => {
    expect(kinds(await verifyLie(lie.store, { policy }))).toEqual(['unwitnessed checkpoints/000']);
  });

  test('is caught by the cosignatures of the true history, which are not of the false one', async () => {
    const kept = [...truth.store.objects].filter(([path]) => path.startsWith('cosignatures/'));
    const store = new MemoryTileStore([...lie.store.objects, ...kept]);
    expect(kinds(await verifyLie(store, { policy }))).toEqual([
      ...kept.flatMap(([path]) => both.map(() => `modified ${path}`)),
      'unwitnessed checkpoints/000',
    ]);
  });

  test('is caught by the checkpoint that a witness has kept', async () => {
    const { body } = await both[0]!.checkpoint(originHash(ORIGIN));
    const known = new Map([['w0', Buffer.from(body)]]);
    expect(kinds(await verifyLie(lie.store, { known }))).toEqual(['forked w0']);
  });

  test('gets no cosignature, and the answer says why', async () => {
    const { asked, store } = await history('somebody', both);
    expect(truth.asked).toEqual(Array.from({ length: 8 }, () => 'cosigned'));
    expect(asked).toEqual([...Array.from({ length: 6 }, () => 'ahead'), 'inconsistent', 'inconsistent']);
    expect([...store.objects.keys()].filter((path) => path.startsWith('cosignatures/'))).toEqual([]);
  });

  test('gets no proof of a rewritten record that the policy accepts', async () => {
    const proof = await proveRecord(lie.store, fixedKeys(), 7);
    const bytes = Buffer.from(proof!.text);
    expect((await checkProof(bytes, fixedKeys())).fault).toBeUndefined();
    expect(await checkProof(bytes, fixedKeys(), { policy })).toMatchObject({
      fault: { kind: 'unwitnessed' },
      cosignatures: [],
    });
    await expect(proveRecord(lie.store, fixedKeys(), 7, { policy })).rejects.toMatchObject({ code: 'LOG_UNWITNESSED' });
    const genuine = Buffer.from((await proveRecord(truth.store, fixedKeys(), 7))!.text);
    const checked = await checkProof(genuine, fixedKeys(), { policy });
    expect([checked.fault, checked.cosignatures.map(({ key }) => key.name)]).toEqual([
      undefined,
      both.map(({ key }) => key.name),
    ]);
  });

  test('cannot move a cosignature into the proof of another checkpoint', async () => {
    const proof = (await proveRecord(lie.store, fixedKeys(), 7))!.text;
    const moved = Buffer.from(proof + Buffer.from(truth.store.objects.get('cosignatures/003')!).toString());
    expect(await checkProof(moved, fixedKeys(), { policy })).toMatchObject({
      fault: { kind: 'modified' },
      cosignatures: [],
    });
  });
});
