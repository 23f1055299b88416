import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { isScheduled, type KinesisEvent, linesOfBatch, type ScheduledEvent } from '../../../lib/wire/kinesis.ts';
import { causesOf } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';

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
