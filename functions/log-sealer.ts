import { kmsCheckpointSigner } from '../lib/adapters/kms/checkpoint-signer.ts';
import { kmsClient } from '../lib/adapters/kms/client.ts';
import { s3Client } from '../lib/adapters/s3/client.ts';
import { s3TileStore } from '../lib/adapters/s3/tile-store.ts';
import { once } from '../lib/base/once.ts';
import { SEALER_ENV as ENV } from '../lib/contract.ts';
import { Sealer, type SealReport } from '../lib/evidence/sealer.ts';
import { isEvidence } from '../lib/transparency/layout.ts';
import { LogWriter } from '../lib/transparency/log-writer.ts';
import { parseVerifierKey } from '../lib/transparency/note.ts';
import { isScheduled, type KinesisEvent, linesOfBatch, type ScheduledEvent } from '../lib/wire/kinesis.ts';
import { causesOf } from './log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from './metrics.ts';
import { folderPrefix, s3Location } from './s3-location.ts';
import { required, wrongSetting } from './settings.ts';

/** A sealer and how often its clock strikes, seconds. */
export interface SealerEnvironment {
  readonly sealer: Sealer;
  readonly everyS: number;
  readonly nowMs: () => number;
}

/** What the function answers, and logs: no list of records, only how many. */
export interface SealSummary {
  readonly sealed: number;
  readonly repeated: number;
  readonly rejected: number;
  readonly forked: number;
  readonly holes: number;
  readonly checkpoint: number | undefined;
  readonly size: number | undefined;
}

/**
 * Seals a Kinesis batch, or signs on the clock. Rejects when anything could not be sealed; the whole batch then comes again, and
 * what was sealed of it is not sealed twice. Lines that are no signed records do not stop it: they are counted.
 */
export function sealerHandler(
  environment: () => Promise<SealerEnvironment>,
  write: (line: string) => void = (line) => process.stdout.write(line),
  writeMetrics: WriteLine = writeToStandardOutput,
): (event: KinesisEvent | ScheduledEvent) => Promise<SealSummary> {
  const log = (level: 'INFO' | 'WARN' | 'ERROR', message: string, facts: object): void => {
    write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...facts })}\n`);
  };
  return async (event) => {
    try {
      const { sealer, everyS, nowMs } = await environment();
      if (isScheduled(event)) return summarise(await sealer.tick(nowMs(), everyS), 0, nowMs());
      const { lines, unreadable } = linesOfBatch(event);
      const summary = summarise(await sealer.seal(lines), unreadable, nowMs());
      log(isQuiet(summary) ? 'INFO' : 'WARN', 'Records sealed', summary);
      return summary;
    } catch (error) {
      log('ERROR', 'Nothing was sealed', { cause: causesOf(error) });
      throw error;
    }
  };

  function summarise(
    { sealed, repeated, rejected, forked, holes, checkpoint }: SealReport,
    unreadable: number,
    nowMs: number,
  ): SealSummary {
    // Ids of forked records name chains and numbers, and nothing of a record: they are what an alarm has to show.
    for (const record of forked) log('ERROR', 'Two records with one place in a chain: both were sealed', { record });
    writeMetrics(
      embeddedMetrics(nowMs, {
        RecordsSealed: sealed,
        RecordsRejected: rejected + unreadable,
        RecordsForked: forked.length,
        // No run, no figure: the alarm takes missing ones for late.
        ...(checkpoint?.time !== undefined && {
          CheckpointAge: Math.max(0, Math.floor(nowMs / 1000) - checkpoint.time),
        }),
      }),
    );
    return {
      sealed,
      repeated,
      rejected: rejected + unreadable,
      forked: forked.length,
      holes: holes.length,
      checkpoint: checkpoint?.number,
      size: checkpoint?.size,
    };
  }
}

function isQuiet({ rejected, forked, holes }: SealSummary): boolean {
  return rejected + forked + holes === 0;
}

/** The environment of an AWS Lambda function: S3 and KMS. Made once per execution environment. */
const lambdaSealer = once(async (): Promise<SealerEnvironment> => {
  const location = s3Location(required(ENV.logLocation));
  if (location === undefined) throw wrongSetting(ENV.logLocation, 'is not s3://bucket/prefix');
  const days = optionalNumber(ENV.logRetentionDays);
  const everyS = optionalNumber(ENV.checkpointIntervalS) ?? 300;
  const store = s3TileStore({
    client: s3Client(),
    bucket: location.bucket,
    prefix: folderPrefix(location.path),
    isEvidence,
    ...(days === undefined ? {} : { retention: { mode: 'COMPLIANCE', days } }),
  });
  const log = new LogWriter({
    store,
    origin: required(ENV.logOrigin),
    signer: await kmsCheckpointSigner({ client: kmsClient(), keyId: required(ENV.checkpointKeyId) }),
    formerKeys: (process.env[ENV.formerCheckpointKeys] ?? '').split(/\s+/).filter(Boolean).map(parseVerifierKey),
    nowMs: Date.now,
    // Twice the interval: one late stroke of the clock is no gap.
    dueAfterS: 2 * everyS,
  });
  return { sealer: new Sealer(log, store), everyS, nowMs: Date.now };
});

function optionalNumber(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw wrongSetting(name, 'is not a whole number from 1');
  return Number(text);
}

/** What AWS Lambda calls: with Kinesis batches, and every few minutes by a schedule. */
export const handler = sealerHandler(lambdaSealer);
