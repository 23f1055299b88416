// Measures sealing and verifying many records in a directory, as `protector audit seal` does: speed, memory, growth of
// both.

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

/** Execution environments that write concurrently. */
const CHAINS = 100;
const MB = 2 ** 20;

/** Yields records of many chains in turn, made on demand so that they take no memory. */
export function* records(count: number): Generator<string> {
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

interface Cost {
  readonly seconds: number;
  /** Processor time, which other programs of the machine do not lengthen. */
  readonly cpuSeconds: number;
  /** Peak resident memory. */
  readonly residentMb: number;
}

async function measured(work: () => Promise<void>): Promise<Cost> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  let most = process.memoryUsage.rss();
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const from = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  return { seconds, cpuSeconds: (user + system) / 1e6, residentMb: Math.max(most, process.memoryUsage.rss()) / MB };
}

interface Outcome {
  readonly count: number;
  readonly sealing: Cost;
  readonly verifying: Cost;
  readonly withoutKey: Cost;
}

/** `making` is the cost of making the records, which happens meanwhile and is subtracted. */
async function run(count: number, making: Omit<Cost, 'residentMb'>): Promise<Outcome> {
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
    const own = ({ seconds, cpuSeconds, residentMb }: Cost): Cost => ({
      seconds: seconds - making.seconds * count,
      cpuSeconds: cpuSeconds - making.cpuSeconds * count,
      residentMb,
    });
    return { count, sealing: own(sealing), verifying: own(verifying), withoutKey: own(withoutKey) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function figure(name: string, unit: Figure['unit'], value: number): Figure {
  return { name, unit, median: value, best: value };
}

/** `most` is the number of records in the larger of two logs; the smaller has a quarter. */
export async function trailSection(most: number): Promise<Section> {
  await run(2000, { seconds: 0, cpuSeconds: 0 }); // warms up the compiler
  const made = await measured(async () => {
    for (const _ of records(most / 4));
  });
  const making = { seconds: made.seconds / (most / 4), cpuSeconds: made.cpuSeconds / (most / 4) };
  const outcomes: Outcome[] = [];
  for (const count of [most / 4, most]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    outcomes.push(await run(count, making));
  }
  const figures = outcomes.flatMap(({ count, sealing, verifying, withoutKey }) => [
    figure(`${count} records: sealing, each file synchronised`, 'records/s', count / sealing.seconds),
    figure(`${count} records: the same, by time of the processor`, 'records/s', count / sealing.cpuSeconds),
    figure(`${count} records: verifying log and copy, checksums included`, 'records/s', count / verifying.seconds),
    figure(`${count} records: the same, by time of the processor`, 'records/s', count / verifying.cpuSeconds),
    figure(`${count} records: the same without a record key`, 'records/s', count / withoutKey.cpuSeconds),
    figure(`${count} records: resident while sealing`, 'MB', sealing.residentMb),
    figure(`${count} records: resident while verifying`, 'MB', verifying.residentMb),
  ]);
  const [least] = outcomes;
  const last = outcomes.at(-1)!;
  const growth = (name: string, of: (outcome: Outcome) => Cost): Figure => {
    const ratio = of(last).cpuSeconds / last.count / (of(least!).cpuSeconds / least!.count);
    return judged(figure(`${name}, a record of ${last.count} against one of ${least!.count}`, '×', ratio), {
      most: 1.2,
    });
  };
  figures.push(
    growth('sealing', ({ sealing }) => sealing),
    growth('verifying', ({ verifying }) => verifying),
  );
  return { title: `Sealing and verifying a trail of ${CHAINS} chains`, figures };
}
