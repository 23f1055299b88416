import type { Sealer, SealReport } from '../../../lib/evidence/sealer.ts';
import type { WitnessOutcome } from '../../../lib/transparency/cosigning.ts';
import type { SignedCheckpoint } from '../../../lib/transparency/log-writer.ts';
import type { StampReport } from '../../../lib/transparency/timestamping.ts';
import { isScheduled, type KinesisEvent, linesOfBatch, type ScheduledEvent } from '../../../lib/wire/kinesis.ts';
import { causesOf, consoleLog, type LogEntry, rejectionOf } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';

/** A sealer, the interval of its schedule in seconds, and the timestamp authorities of its checkpoints. */
export interface SealerEnvironment {
  readonly sealer: Sealer;
  readonly everyS: number;
  readonly nowMs: () => number;
  /**
   * Asks for a timestamp of a checkpoint, within a bounded time: of a stored one, or of one that was just signed.
   *
   * @default - checkpoints get no timestamps
   */
  readonly stamp?: ((checkpoint: number | SignedCheckpoint) => Promise<StampReport>) | undefined;
}

/** The reply and log line of a run: counts, and no record. */
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
 * `witness` and `outcome`: who did not cosign, and why. `failures`: why authorities gave no timestamp.
 */
type SealLog = (
  entry: LogEntry &
    Partial<SealSummary> & {
      readonly witness?: string;
      readonly outcome?: WitnessOutcome;
      readonly failures?: readonly string[];
    },
) => void;

/**
 * Makes the handler of the log sealer, which seals a Kinesis batch, or signs a checkpoint on schedule. An invocation
 * rejects when a record could not be sealed; Kinesis then delivers the whole batch again, and the sealer skips what it
 * has sealed. Lines that are no signed records do not stop it: it counts them. Only the schedule asks for timestamps, while
 * its checkpoint is stored and witnesses are asked: no record waits for an authority.
 */
export function sealerHandler(
  environment: () => Promise<SealerEnvironment>,
  log: SealLog = consoleLog,
  writeMetrics: WriteLine = writeToStandardOutput,
): (event: KinesisEvent | ScheduledEvent) => Promise<SealSummary> {
  return async (event) => {
    try {
      const { sealer, everyS, nowMs, stamp } = await environment();
      if (isScheduled(event)) {
        let stamping: Promise<number> | undefined;
        const report = await sealer.tick(nowMs(), everyS, (signed) => {
          stamping = stamp && stampOrSay(stamp, signed);
        });
        const summary = summarise(report, 0, nowMs());
        if (stamp !== undefined && report.checkpoint?.number !== undefined) {
          // A checkpoint that is not new may have no timestamp yet.
          const missing = await (stamping ?? stampOrSay(stamp, report.checkpoint.number));
          writeMetrics(embeddedMetrics(nowMs(), { TimestampsMissing: missing }));
        }
        return summary;
      }
      const { lines, unreadable } = linesOfBatch(event);
      const summary = summarise(await sealer.seal(lines), unreadable, nowMs());
      log({ level: isQuiet(summary) ? 'INFO' : 'WARN', message: 'Records sealed', ...summary });
      return summary;
    } catch (error) {
      log({ level: 'ERROR', message: 'Nothing was sealed', cause: causesOf(error) });
      throw rejectionOf(error);
    }
  };

  /**
   * Asks for a timestamp, and returns how many authorities gave none. What goes wrong is for the log: the checkpoint is
   * sealed, and the next one asks again.
   */
  async function stampOrSay(
    stamp: NonNullable<SealerEnvironment['stamp']>,
    of: number | SignedCheckpoint,
  ): Promise<number> {
    const checkpoint = typeof of === 'number' ? of : of.number;
    try {
      const { asked } = await stamp(of);
      const failures = asked.flatMap(({ failure }) => failure ?? []);
      if (failures.length > 0) log({ level: 'WARN', message: 'A timestamp is absent', checkpoint, failures });
      return failures.length;
    } catch (error) {
      log({ level: 'WARN', message: 'No timestamp was stored', checkpoint, cause: causesOf(error) });
      return 1;
    }
  }

  function summarise(report: SealReport, unreadable: number, nowMs: number): SealSummary {
    const { sealed, repeated, forked, holes, checkpoint, asked } = report;
    const rejected = report.rejected + unreadable;
    // The alarm needs the place of a forked record. It holds a chain and a number, and nothing of the record.
    for (const record of forked) {
      log({ level: 'ERROR', message: 'Two records with one place in a chain: both were sealed', record });
    }
    const uncosigned = asked.filter(({ outcome }) => outcome !== 'cosigned');
    const refuting = uncosigned.filter(({ outcome }) => outcome === 'inconsistent');
    for (const { name: witness, outcome } of uncosigned) {
      const level = outcome === 'inconsistent' ? 'ERROR' : 'WARN';
      log({ level, message: 'A witness did not cosign the checkpoint', witness, outcome });
    }
    writeMetrics(
      embeddedMetrics(nowMs, {
        RecordsSealed: sealed,
        RecordsRejected: rejected,
        RecordsForked: forked.length,
        ...(asked.length > 0 && { CosignaturesMissing: uncosigned.length, CheckpointsRefuted: refuting.length }),
        // A run that fails writes no age: the alarm treats missing data as late.
        ...(checkpoint?.time !== undefined && {
          CheckpointAge: Math.max(0, Math.floor(nowMs / 1000) - checkpoint.time),
        }),
      }),
    );
    return {
      sealed,
      repeated,
      rejected,
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
