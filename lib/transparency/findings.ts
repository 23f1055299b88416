import type { NoteKey } from './note.ts';

/**
 * - `modified`: a signature or a hash does not hold
 * - `missing`: a checkpoint, tile or bundle that must be there is not
 * - `moved`: what is there is authentic and belongs somewhere else
 * - `forked`: a signed checkpoint about another history than the one that is there
 * - `rolled-back`: an older state in the place of a newer one
 * - `gap`: no checkpoint by the time that the one before had promised it
 * - `unknown-key`: signed by no key that was given, or outside the time in which that key was used
 * - `malformed`: not what its place says it is
 */
export type LogFindingKind =
  | 'modified'
  | 'missing'
  | 'moved'
  | 'forked'
  | 'rolled-back'
  | 'gap'
  | 'unknown-key'
  | 'malformed';

export interface LogFinding {
  readonly kind: LogFindingKind;
  /** True for what is worth knowing and no sign of tampering. */
  readonly note?: true;
  /** The object of the log, or the name that a checkpoint kept elsewhere was given under. */
  readonly path: string;
  /** The first leaf it is about. */
  readonly leaf?: number;
  readonly detail: string;
}

/** A key that checkpoints are or were signed with, and when: epoch seconds, both included. */
export interface KeyInUse {
  readonly key: NoteKey;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** Why a key was not in use at `time`, or undefined. */
export function outsideUse(time: number, { from, until }: Pick<KeyInUse, 'from' | 'until'>): string | undefined {
  if (from !== undefined && time < from)
    return `The key was used from ${isoTime(from)} on, this is of ${isoTime(time)}`;
  if (until !== undefined && time > until)
    return `The key was used until ${isoTime(until)}, this is of ${isoTime(time)}`;
  return undefined;
}

/** Epoch seconds as ISO 8601, UTC. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}
