// What the verifier says of records that no leaf covers, and of leaves that say something else.
import { describe, expect, test } from '@jest/globals';
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { type EvidenceFinding, verifyEvidence } from '../../../lib/evidence/verify-evidence.ts';
import { LogError } from '../../../lib/transparency/errors.ts';
import { parseWitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import { chainLines, recordKeys } from '../../support/chain-lines.ts';
import { fixedKeys, fixedLog, START_MS } from '../../support/log.ts';
import { MemoryTileStore, watched } from '../../support/memory-tile-store.ts';
import { cosigners, fixedWitness } from '../../support/witness.ts';

/** A log whose only checkpoint is of `START_MS`. */
async function logOf(lines: readonly string[]): Promise<MemoryTileStore> {
  const store = new MemoryTileStore();
  await new Sealer(fixedLog(store, { nowMs: () => START_MS }), store).seal(lines);
  return store;
}

async function findings(
  store: MemoryTileStore,
  records: readonly string[],
  withRecordKeys = true,
): Promise<readonly EvidenceFinding[]> {
  const report = await verifyEvidence({
    log: { reader: store },
    records,
    keys: fixedKeys(),
    ...(withRecordKeys && { recordKeys: recordKeys() }),
  });
  return report.findings;
}

describe('a record that no checkpoint covers', () => {
  test.each([
    [60, true],
    [61, undefined],
  ])('%i seconds before the newest checkpoint is only a note: %s', async (seconds, note) => {
    const store = await logOf(await chainLines('a', 1));
    const late = await chainLines('b', 1, { timeMs: START_MS - seconds * 1000 });
    const found = await findings(store, [...(await chainLines('a', 1)), ...late]);
    expect(found.map((finding) => [finding.kind, finding.note])).toEqual([['unsigned-tail', note]]);
  });

  test('is a note while there is no checkpoint at all, which is a finding', async () => {
    const found = await findings(new MemoryTileStore(), await chainLines('a', 2));
    expect(found).toEqual([
      { kind: 'missing', where: 'log', path: 'checkpoint', detail: 'The log holds no checkpoint' },
      {
        kind: 'unsigned-tail',
        note: true,
        where: 'records',
        line: 1,
        chainId: 'a',
        sequence: 1,
        detail: 'Numbers 1 to 2 of the chain are under no checkpoint yet',
      },
    ]);
  });

  test('is reported as modified alone if its checksum is wrong', async () => {
    const [line = ''] = await chainLines('b', 1);
    const found = await findings(await logOf(await chainLines('a', 1)), [
      ...(await chainLines('a', 1)),
      line.replace('test_user', 'somebody_else'),
    ]);
    expect(found.map(({ kind }) => kind)).toEqual(['modified']);
  });

  test('is no tail if a later number of its chain is sealed: the hole is reported for the log', async () => {
    const lines = await chainLines('a', 3);
    const found = await findings(await logOf([lines[0]!, lines[2]!]), lines);
    expect(found.map(({ kind, where }) => [kind, where])).toEqual([['missing', 'log']]);
  });
});

const other = () => chainLines('a', 1, { user: 'somebody_else' });

describe('a record that differs from its leaf', () => {
  test('is forked if it is signed, and names the leaf', async () => {
    const found = await findings(await logOf(await chainLines('a', 1)), await other());
    expect(found.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['forked', 'Signed, and not what was sealed as leaf 0: there are two histories'],
    ]);
  });

  test('is modified without a record key to check it, and names the leaf', async () => {
    const found = await findings(await logOf(await chainLines('a', 1)), await other(), false);
    expect(found.map(({ kind, detail }) => [kind, detail])).toEqual([['modified', 'Not what was sealed as leaf 0']]);
  });
});

test('cosignatures that the store refuses to give are a finding, and the others count', async () => {
  const witnesses = [fixedWitness(40).witness];
  const store = new MemoryTileStore();
  const sealer = new Sealer(fixedLog(store, { nowMs: () => START_MS, witnesses: cosigners(witnesses) }), store);
  const records = await chainLines('a', 2);
  for (const line of records) await sealer.seal([line]);
  const refused = watched(store, (_, path) => {
    if (path === 'cosignatures/000') throw new LogError('LOG_STORE_REFUSED', 'The store refuses this object');
  });
  const policy = parseWitnessPolicy(`witness w ${witnesses[0]!.key.verifierKey}\nquorum w`);
  const log = { reader: refused, policy };
  const report = await verifyEvidence({ log, records, recordKeys: recordKeys(), keys: fixedKeys() });
  expect(report.findings).toEqual([
    { where: 'log', kind: 'unreadable', path: 'cosignatures/000', detail: 'The store refuses this object' },
  ]);
  expect(report.witnesses?.witnesses).toEqual([expect.objectContaining({ checkpoints: 1 })]);
});
