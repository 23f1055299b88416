// Cosignatures that cannot be: those of a time that has not come.
import { describe, expect, test } from '@jest/globals';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { type EvidenceReport, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { checkProof, proveRecord } from '../../../lib/evidence/prove.ts';
import { parseWitnessPolicy, type WitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedKeys, fixedLog, START_MS } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';
import { cosigners, fixedWitness } from '../../support/witness.ts';

const NOW = START_MS / 1000;

/** A log of one checkpoint, cosigned by witnesses whose clocks are these seconds ahead, and a policy of all of them. */
async function cosigned(aheadS: readonly number[]): Promise<{ store: MemoryTileStore; policy: WitnessPolicy }> {
  const store = new MemoryTileStore();
  const witnesses = aheadS.map(
    (seconds, n) => fixedWitness(40 + n, { nowMs: () => START_MS + 1000 * seconds }).witness,
  );
  const sealer = new Sealer(fixedLog(store, { witnesses: cosigners(witnesses) }), store);
  await sealer.seal(await chainLines('a', 3));
  const lines = witnesses.map(({ key }, n) => `witness w${n} ${key.verifierKey}`);
  const names = aheadS.map((_, n) => `w${n}`).join(' ');
  return { store, policy: parseWitnessPolicy([...lines, `group any any ${names}`, 'quorum any'].join('\n')) };
}

async function verify(aheadS: readonly number[], latest?: number): Promise<EvidenceReport> {
  const { store: reader, policy } = await cosigned(aheadS);
  return verifyEvidence({ log: { reader, now: NOW, policy }, keys: fixedKeys(), latest });
}

const found = ({ findings }: EvidenceReport): readonly string[] =>
  findings.map(({ kind, path, note }) => `${kind} ${path ?? ''}${note === true ? ' (note)' : ''}`);

const LATER = ['later-than-now cosignatures/000', 'later-than-now checkpoint'];

describe('a cosignature', () => {
  test('may be as far ahead as honest clocks are apart', async () => {
    expect(await verify([300])).toMatchObject({ valid: true, findings: [] });
  });

  test('of a time that has not come is a finding and shows nothing', async () => {
    const report = await verify([301]);
    expect(report).toMatchObject({ valid: false, witnesses: { witnesses: [{ name: 'w0', checkpoints: 0 }] } });
    expect(found(report)).toEqual([...LATER, 'unwitnessed checkpoints/000 (note)']);
  });

  test('of a time that has not come is a finding even where a quorum does without it', async () => {
    const report = await verify([0, 301]);
    expect(report).toMatchObject({ valid: false, witnesses: { witnessed: { number: 0, size: 3 } } });
    expect(found(report)).toEqual(LATER);
  });

  test('is measured by the clock, not by the time that the log is verified as of', async () => {
    expect(await verify([301], NOW + 1)).toMatchObject({ valid: true, findings: [] });
  });

  test('of a time that has not come makes a proof fail', async () => {
    const { store, policy } = await cosigned([301]);
    const proof = Buffer.from((await proveRecord(store, fixedKeys(), 0, { policy }))!.text);
    expect((await checkProof(proof, fixedKeys(), { policy, now: NOW + 1 })).fault).toBeUndefined();
    expect((await checkProof(proof, fixedKeys(), { policy, now: NOW })).fault).toMatchObject({
      kind: 'later-than-now',
    });
  });

  test('is reported in the order of the checkpoints, in whatever order the store lists them', async () => {
    const objects = new MemoryTileStore();
    const { witness } = fixedWitness(40);
    const log = fixedLog(objects, { witnesses: cosigners([witness]) });
    for (const chain of ['a', 'b', 'c']) await new Sealer(log, objects).seal(await chainLines(chain, 2));
    const lists = [...objects.objects.keys()].filter((path) => path.startsWith('cosignatures/')).toSorted();
    expect(lists).toEqual(['cosignatures/000', 'cosignatures/001', 'cosignatures/002']);
    for (const path of lists) objects.objects.set(path, Buffer.from('no signature\n'));
    const store = new MemoryTileStore([...objects.objects].toReversed());
    const policy = parseWitnessPolicy(`witness w0 ${witness.key.verifierKey}\nquorum w0`);
    const report = await verifyEvidence({ log: { reader: store, now: NOW, policy }, keys: fixedKeys() });
    expect(found(report).slice(0, 3)).toEqual(lists.map((path) => `malformed ${path}`));
  });
});
