// Watches for records that stay unsealed: compares what was written to the trail since the last look with the log.
import type { TileReader, TileStore } from '../transparency/ports.ts';
import { type CopiedLine, findUnsealed, type UnsealedRecord } from './find-unsealed.ts';

export interface WatchOptions {
  /** Reads the lines of the trail that were written from one time to another, epoch milliseconds, oldest first. */
  readonly written: (fromMs: number, toMs: number) => AsyncIterable<CopiedLine>;
  readonly log: TileReader;
  /** Keeps where the next look begins. */
  readonly memory: Pick<TileStore, 'read' | 'replace'>;
  readonly nowMs: number;
  /** How long a record may be on its way to the log, milliseconds: younger ones are left to the next look. */
  readonly settledAfterMs: number;
  /** Asked after each part; false ends the look there. */
  readonly mayGoOn: () => boolean;
}

export interface WatchReport {
  /** Number of records compared. */
  readonly records: number;
  /** Number of lines that are no signed records. */
  readonly rejected: number;
  /** Number of records that are not in the log; a look that was ended counts those it found. */
  readonly unsealed: number;
  /** The oldest of them. */
  readonly oldest: UnsealedRecord | undefined;
  /** Age of the oldest record that is not known to be sealed, milliseconds; 0 without one. */
  readonly unsealedAgeMs: number;
}

/** The object that holds where the next look begins. */
const NEXT_LOOK = 'next-look.json';
/** How far back the first look goes, milliseconds. */
const FIRST_LOOK_MS = 7 * 24 * 60 * 60 * 1000;
/** How late a line may be written under its own time, milliseconds: each look begins that much before the last end. */
const LATE_MS = 60 * 60 * 1000;

/**
 * Compares the lines since the last look with the log. An unsealed record stays in sight: the next look begins with it,
 * until the log has it. A look that was ended goes on from there the next time. Rejects as `written`, `log` and
 * `memory` do, and leaves where the next look begins as it was.
 */
export async function watchUnsealed(options: WatchOptions): Promise<WatchReport> {
  const { written, log, memory, nowMs, mayGoOn } = options;
  const toMs = nowMs - options.settledAfterMs;
  const fromMs = beginning(await memory.read(NEXT_LOOK)) ?? nowMs - FIRST_LOOK_MS;
  let [records, rejected, unsealed] = [0, 0, 0];
  let oldest: UnsealedRecord | undefined;
  let comparedMs = fromMs;
  let isWhole = true;
  for await (const part of findUnsealed(written(fromMs, toMs), log)) {
    records += part.records;
    rejected += part.rejected;
    unsealed += part.unsealed.length;
    for (const one of part.unsealed) if (oldest === undefined || one.writtenMs < oldest.writtenMs) oldest = one;
    comparedMs = Math.max(comparedMs, part.lastMs ?? 0);
    isWhole = mayGoOn();
    if (!isWhole) break;
  }
  const oldestMs = oldest?.writtenMs ?? Number.POSITIVE_INFINITY;
  const nextMs = Math.min(oldestMs, isWhole ? toMs - LATE_MS : comparedMs);
  await memory.replace(NEXT_LOOK, Buffer.from(`${JSON.stringify({ fromMs: nextMs })}\n`));
  const doubtfulMs = Math.min(oldestMs, isWhole ? nowMs : comparedMs);
  return { records, rejected, unsealed, oldest, unsealedAgeMs: nowMs - doubtfulMs };
}

/** Reads where a look begins; undefined for bytes of another form, after which a look goes back as the first does. */
function beginning(bytes: Uint8Array | undefined): number | undefined {
  try {
    const { fromMs } = JSON.parse(Buffer.from(bytes ?? []).toString()) as { fromMs?: unknown };
    return Number.isSafeInteger(fromMs) ? (fromMs as number) : undefined;
  } catch {
    return undefined;
  }
}
