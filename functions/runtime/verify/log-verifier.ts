import { watchUnsealed, type WatchOptions } from '../../../lib/evidence/watch-unsealed.ts';
import { causesOf, consoleLog, type LogEntry, rejectionOf } from '../application-log.ts';
import type { LambdaHandler } from '../invocation.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';

/** What the verifier reads and where it keeps its place. */
/** A key that KMS does not use, and why: its state, or the name of the error of KMS. */
export interface UnusableKey {
  readonly key: string;
  readonly state: string;
}

export interface VerifierEnvironment extends Pick<WatchOptions, 'written' | 'log' | 'memory' | 'settledAfterMs'> {
  readonly nowMs: () => number;
  /**
   * Returns the watched keys that cannot be used.
   *
   * @default - no keys are watched
   */
  readonly unusableKeys?: (() => Promise<readonly UnusableKey[]>) | undefined;
}

/** The reply and log line of a run: counts, and no record. */
export interface VerifySummary {
  readonly compared: number;
  readonly rejected: number;
  readonly unsealed: number;
  /** Age of the oldest record that is not known to be sealed, seconds; 0 without one. */
  readonly unsealedAgeS: number;
}

/** `record`: the place of the oldest unsealed record. */
type VerifyLog = (entry: LogEntry & Partial<VerifySummary> & Partial<UnusableKey>) => void;

/** A run ends when less than this is left of its time limit, milliseconds: a part takes seconds. */
const LEFT_FOR_A_PART_MS = 120_000;

/**
 * Makes the handler of the log verifier, which compares the audit log group with the log at each run of its schedule.
 * An invocation rejects when it could not compare; it writes no metric then, and its alarm treats missing data as bad.
 */
export function verifierHandler(
  environment: () => Promise<VerifierEnvironment>,
  log: VerifyLog = consoleLog,
  writeMetrics: WriteLine = writeToStandardOutput,
): LambdaHandler<unknown, VerifySummary> {
  return async (_, context) => {
    try {
      const { nowMs: clock, unusableKeys, ...rest } = await environment();
      const nowMs = clock();
      // First, because a disabled key may be why the rest fails.
      if (unusableKeys !== undefined) report(await unusableKeys(), nowMs);
      const mayGoOn = (): boolean => context.getRemainingTimeInMillis() > LEFT_FOR_A_PART_MS;
      const found = await watchUnsealed({ ...rest, nowMs, mayGoOn });
      const { records: compared, rejected, unsealed, oldest } = found;
      const summary = { compared, rejected, unsealed, unsealedAgeS: Math.floor(found.unsealedAgeMs / 1000) };
      writeMetrics(embeddedMetrics(nowMs, { RecordsUnsealed: unsealed, UnsealedAge: summary.unsealedAgeS }));
      // The runbook needs the place of a record. It holds a chain and a number, and nothing of the record.
      if (oldest === undefined) log({ level: 'INFO', message: 'Records compared with the log', ...summary });
      else
        log({
          level: 'ERROR',
          message: 'Records are not in the log',
          record: `${oldest.chainId}:${oldest.sequence}`,
          ...summary,
        });
      return summary;
    } catch (error) {
      log({ level: 'ERROR', message: 'Records could not be compared with the log', cause: causesOf(error) });
      throw rejectionOf(error);
    }
  };

  function report(keys: readonly UnusableKey[], nowMs: number): void {
    writeMetrics(embeddedMetrics(nowMs, { KeysUnusable: keys.length }));
    for (const { key, state } of keys) log({ level: 'ERROR', message: 'A key cannot be used', key, state });
  }
}
