// Verifies what timestamp authorities say about the checkpoints of a log: that each existed soon after the time it gives
// for itself. A timestamp covers all earlier checkpoints, because the tree under each is a prefix of the later one.
import { attempt } from '../base/attempt.ts';
import { isoTime, laterThanNow } from '../base/clock.ts';
import type { LogFinding } from './findings.ts';
import { checkpointPath, TIMESTAMPS, timestampNumber, timestampPath } from './layout.ts';
import type { TileReader } from './ports.ts';
import type { Promised } from './verify-history.ts';

/** `time`: when the authority signed, epoch seconds. */
export type TimestampVerdict =
  | { readonly time: number }
  | { readonly fault: 'modified' | 'unknown-key' | 'malformed'; readonly detail: string };

/** Three of the sealer's checkpoints, so that one timestamp may be absent: what verifiers allow unless they are told. */
export const DEFAULT_WITHIN_S = 900;

export interface TimestampRules {
  /** Splits a stored object into tokens. Throws `LogError` `LOG_MALFORMED`. */
  readonly split: (bytes: Uint8Array) => readonly Uint8Array[];
  /** Verifies one token over the bytes of a checkpoint. */
  readonly verify: (token: Uint8Array, checkpoint: Uint8Array) => Promise<TimestampVerdict>;
  /** Most seconds between a checkpoint and the timestamp that covers it. */
  readonly withinS: number;
  /**
   * Checkpoints signed before this time need none, epoch seconds: when timestamps were introduced.
   *
   * @default - every checkpoint needs one
   */
  readonly fromS?: number | undefined;
}

/** An authentic checkpoint. */
interface Stamped {
  readonly number: number;
  readonly time: number;
}

const CONCURRENT_READS = 16;

/**
 * Reads and verifies every timestamp of a log. What may still be stamped at `now` is no finding; what is dated later than
 * `latest` (default: `now`) is one, and covers nothing.
 */
export async function verifyTimestamps(
  reader: TileReader,
  checkpoints: readonly Stamped[],
  rules: TimestampRules,
  { now, latest = now }: Pick<Promised, 'now' | 'latest'>,
): Promise<readonly LogFinding[]> {
  const times = new Map<number, number>();
  const findings: LogFinding[] = [];
  const known = new Map(checkpoints.map((each) => [each.number, each]));
  const numbers = await stampedNumbers(reader);
  for (let at = 0; at < numbers.length; at += CONCURRENT_READS) {
    const verified = await Promise.all(
      numbers.slice(at, at + CONCURRENT_READS).map(async (number) => {
        return [number, await verifyObject(reader, number, known.get(number), rules, latest)] as const;
      }),
    );
    for (const [number, object] of verified) {
      findings.push(...object.findings);
      if (object.time !== undefined) times.set(number, object.time);
    }
  }
  return [...findings, ...uncovered(checkpoints, times, rules, now)];
}

async function stampedNumbers(reader: TileReader): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const path of reader.list(TIMESTAMPS)) {
    const number = timestampNumber(path);
    if (number !== undefined) numbers.push(number);
  }
  return numbers.toSorted((a, b) => a - b);
}

/** Verifies the tokens of one checkpoint. `time`: the earliest of those that hold. */
async function verifyObject(
  reader: TileReader,
  number: number,
  checkpoint: Stamped | undefined,
  { split, verify, withinS }: TimestampRules,
  latest: number | undefined,
): Promise<{ readonly time?: number; readonly findings: readonly LogFinding[] }> {
  const path = timestampPath(number);
  const [stored, signed] = await Promise.all([reader.read(path), reader.read(checkpointPath(number))]);
  // The findings about an absent or wrong checkpoint are others.
  if (stored === undefined || signed === undefined || checkpoint === undefined) return { findings: [] };
  const tokens = attempt(() => split(stored));
  if (!tokens.ok) return { findings: [{ kind: 'malformed', path, detail: 'Not timestamps, one after another' }] };
  const verdicts = await Promise.all(tokens.value.map((token) => verify(token, signed)));
  const given = verdicts.flatMap((verdict) => ('time' in verdict ? [verdict.time] : []));
  const times = given.filter((time) => laterThanNow(time, latest) === undefined);
  const faults = verdicts.flatMap((verdict): LogFinding[] => {
    if ('time' in verdict) {
      const later = laterThanNow(verdict.time, latest);
      if (later !== undefined) return [{ kind: 'later-than-now', path, detail: later }];
      return early(path, verdict.time, checkpoint, withinS);
    }
    // A second authority that the verifier was given no certificate of takes nothing from the first.
    const note = verdict.fault === 'unknown-key' && times.length > 0 ? ({ note: true } as const) : {};
    return [{ kind: verdict.fault, ...note, path, detail: verdict.detail }];
  });
  return { findings: faults, ...(times.length > 0 && { time: Math.min(...times) }) };
}

function early(path: string, time: number, checkpoint: Stamped, withinS: number): LogFinding[] {
  if (time >= checkpoint.time - withinS) return [];
  const detail = `The timestamp is of ${isoTime(time)}, the checkpoint claims to be of ${isoTime(checkpoint.time)}`;
  return [{ kind: 'untimely', path, detail }];
}

/** Returns a finding for each run of checkpoints that no timestamp covers in time. */
function uncovered(
  checkpoints: readonly Stamped[],
  times: ReadonlyMap<number, number>,
  { withinS, fromS = Number.NEGATIVE_INFINITY }: TimestampRules,
  now: number | undefined,
): readonly LogFinding[] {
  const findings: LogFinding[] = [];
  let covering: number | undefined;
  let run: { first: Stamped; last: Stamped; covering: number | undefined } | undefined;
  const close = (): void => {
    if (run !== undefined) findings.push(uncoveredFinding(run, withinS));
    run = undefined;
  };
  // From the newest on: the earliest timestamp at or after a checkpoint covers it.
  for (const checkpoint of checkpoints.toReversed()) {
    const own = times.get(checkpoint.number);
    if (own !== undefined) covering = Math.min(own, covering ?? own);
    const isCovered = covering !== undefined && covering - checkpoint.time <= withinS;
    const isPending = covering === undefined && now !== undefined && now - checkpoint.time <= withinS;
    if (isCovered || isPending || checkpoint.time < fromS) close();
    else if (run?.covering === covering && run !== undefined) run.first = checkpoint;
    else {
      close();
      run = { first: checkpoint, last: checkpoint, covering };
    }
  }
  close();
  return findings.toReversed();
}

function uncoveredFinding(
  run: { readonly first: Stamped; readonly last: Stamped; readonly covering: number | undefined },
  withinS: number,
): LogFinding {
  const { first, last, covering } = run;
  const what = first === last ? `Checkpoint ${first.number}` : `Checkpoints ${first.number} to ${last.number}`;
  const path = timestampPath(first.number);
  if (covering === undefined) return { kind: 'missing', path, detail: `${what}: no timestamp covers them` };
  const detail = `${what}: the first timestamp at or after is of ${isoTime(covering)}, more than ${withinS} seconds after ${isoTime(first.time)}`;
  return { kind: 'untimely', path, detail };
}
