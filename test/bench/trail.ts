// Sealing and verifying of many records: speed, memory, and how both grow. In a directory, as `protector audit seal` does it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fileTileStore } from '../../lib/adapters/file/tile-store.ts';
import { toAuditRecord } from '../../lib/audit/record.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { Secret } from '../../lib/base/secret.ts';
import { Sealer } from '../../lib/evidence/sealer.ts';
import { verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
import { LogWriter } from '../../lib/transparency/log-writer.ts';
import { HOST, entry } from '../support/audit.ts';
import { RECORD_KEY_ID, recordKeys } from '../support/chain-lines.ts';
import { fixedSigner, ORIGIN } from '../support/log.ts';
import { type Figure, judged, type Section } from './figures.ts';

/** Execution environments that write at the same time. */
const CHAINS = 100;
const MB = 2 ** 20;

/** Records of many chains in turn, made as they are asked for, so that they take no memory. */
function* records(count: number): Generator<string> {
  const signer = createSigner(RECORD_KEY_ID, new Secret(new Uint8Array(32).fill(7)));
  const previous: string[] = [];
  for (let i = 0; i < count; i++) {
    const chain = i % CHAINS;
    const unsigned = {
      ...toAuditRecord(entry({ count: 100, requestId: `request-${i}` }), HOST, 1.8e12 + i),
      signature: {
        key_id: signer.keyId,
        chain_id: `2027/01/15/[7]${String(chain).padStart(32, '0')}`,
        sequence: Math.floor(i / CHAINS) + 1,
        ...(previous[chain] === undefined ? {} : { previous: previous[chain] }),
      },
    };
    const checksum = signer.checksum(unsigned);
    previous[chain] = checksum;
    yield JSON.stringify({ ...unsigned, signature: { ...unsigned.signature, checksum } });
  }
}

/** Seconds of some work, and the most memory that was resident while it ran. */
async function measured(work: () => Promise<void>): Promise<{ seconds: number; residentMb: number }> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  let most = process.memoryUsage.rss();
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const from = performance.now();
  await work();
  const seconds = (performance.now() - from) / 1000;
  clearInterval(watch);
  return { seconds, residentMb: Math.max(most, process.memoryUsage.rss()) / MB };
}

interface Outcome {
  readonly count: number;
  readonly sealing: number;
  readonly verifying: number;
  readonly withoutKey: number;
  readonly sealingMb: number;
  readonly verifyingMb: number;
}

/** `making`: seconds a record for making the records, which happens meanwhile and is taken off. */
async function run(count: number, making: number): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'protector-bench-'));
  try {
    const store = fileTileStore(directory);
    const log = new LogWriter({ store, signer: fixedSigner(), origin: ORIGIN, nowMs: Date.now });
    const keys = { origin: ORIGIN, checkpointKeys: [{ key: log.key }], recordKeys: [] };
    const sealing = await measured(async () => {
      const report = await new Sealer(log, store).seal(records(count));
      if (report.sealed !== count) throw new Error(`${report.sealed} of ${count} were sealed`);
    });
    const verify = (recordKey: boolean) => async (): Promise<void> => {
      const keyed = recordKey ? { recordKeys: recordKeys() } : {};
      const report = await verifyEvidence({ log: { reader: store }, records: records(count), ...keyed, keys });
      if (!report.valid || report.records !== count) throw new Error('The log does not verify');
    };
    const verifying = await measured(verify(true));
    const withoutKey = await measured(verify(false));
    return {
      count,
      sealing: sealing.seconds - making * count,
      verifying: verifying.seconds - making * count,
      withoutKey: withoutKey.seconds - making * count,
      sealingMb: sealing.residentMb,
      verifyingMb: verifying.residentMb,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** `most`: how many records the larger of two logs has; the other has a quarter of them. */
export async function trailSection(most: number): Promise<Section> {
  await run(2000, 0); // for the compiler
  const made = await measured(async () => {
    for (const _ of records(most / 4));
  });
  const making = made.seconds / (most / 4);
  const outcomes: Outcome[] = [];
  for (const count of [most / 4, most]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    outcomes.push(await run(count, making));
  }
  const figure = (name: string, unit: Figure['unit'], value: number): Figure => ({
    name,
    unit,
    median: value,
    best: value,
  });
  const figures = outcomes.flatMap(({ count, sealing, verifying, withoutKey, sealingMb, verifyingMb }) => [
    figure(`${count} records: sealing, each file synchronised`, 'records/s', count / sealing),
    figure(`${count} records: verifying log and copy, checksums included`, 'records/s', count / verifying),
    figure(`${count} records: the same without a record key`, 'records/s', count / withoutKey),
    figure(`${count} records: resident while sealing`, 'MB', sealingMb),
    figure(`${count} records: resident while verifying`, 'MB', verifyingMb),
  ]);
  const [least] = outcomes;
  const last = outcomes.at(-1)!;
  const growth = (name: string, of: (outcome: Outcome) => number): Figure => {
    const ratio = of(last) / last.count / (of(least!) / least!.count);
    return judged(figure(`${name}, time a record at ${last.count} against ${least!.count}`, '×', ratio), { most: 1.2 });
  };
  figures.push(
    growth('sealing', ({ sealing }) => sealing),
    growth('verifying', ({ verifying }) => verifying),
  );
  return { title: `Sealing and verifying a trail of ${CHAINS} chains`, figures };
}
