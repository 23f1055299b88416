import { isoTime } from '../base/clock.ts';
import type { NoteKey } from './note.ts';

/**
 * - `modified`: a signature or a hash does not verify
 * - `missing`: a required checkpoint, tile or bundle is absent
 * - `moved`: the content is authentic and belongs somewhere else
 * - `forked`: a signed checkpoint of another history than the one present
 * - `rolled-back`: an older state in the place of a newer one
 * - `gap`: no checkpoint by the time that the previous one promised
 * - `unknown-key`: signed by no given key, or outside the time of use of that key
 * - `unwitnessed`: a checkpoint without the cosignatures that the policy asks for
 * - `untimely`: the timestamp that covers a checkpoint is further from its time than allowed
 * - `malformed`: not the kind of object that its path names
 * - `unreadable`: the store refuses to give the object
 * - `later-than-now`: signed later than the verifier's clock allows
 */
export type LogFindingKind =
  | 'modified'
  | 'missing'
  | 'moved'
  | 'forked'
  | 'rolled-back'
  | 'gap'
  | 'unknown-key'
  | 'unwitnessed'
  | 'untimely'
  | 'malformed'
  | 'unreadable'
  | 'later-than-now';

export interface LogFinding {
  readonly kind: LogFindingKind;
  /** True for information that is no sign of tampering. */
  readonly note?: true;
  /** Object of the log, or given name of a checkpoint stored elsewhere. */
  readonly path: string;
  /** The first affected leaf. */
  readonly leaf?: number;
  readonly detail: string;
}

/** A key that signs or signed checkpoints, and its time of use: epoch seconds, inclusive. */
export interface KeyInUse {
  readonly key: NoteKey;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/**
 * Returns why a key was not in use at `time`, or undefined. Without a time only a key without limits was certainly in
 * use.
 */
export function outsideUse(
  time: number | undefined,
  { from, until }: Pick<KeyInUse, 'from' | 'until'>,
): string | undefined {
  if (time === undefined) {
    return from === undefined && until === undefined ? undefined : 'Nothing says when this was signed';
  }
  if (from !== undefined && time < from)
    return `The key is in use from ${isoTime(from)} on; this was signed at ${isoTime(time)}`;
  if (until !== undefined && time > until)
    return `The key was in use until ${isoTime(until)}; this was signed at ${isoTime(time)}`;
  return undefined;
}
