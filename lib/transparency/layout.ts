// Paths of the objects of a log that tlog-tiles does not name. The others are tiles and bundles: tiles.ts.
import { indexOfPath, indexPath } from './tiles.ts';

/** The newest checkpoint (tlog-tiles): the only evidence object that is overwritten. */
export const NEWEST_CHECKPOINT = 'checkpoint';

/** All signed checkpoints, each written once under its number. */
export const CHECKPOINTS = 'checkpoints/';

export function checkpointPath(number: number): string {
  return `${CHECKPOINTS}${indexPath(number)}`;
}

/** Inverts `checkpointPath`; undefined for other paths. */
export function checkpointNumber(path: string): number | undefined {
  return path.startsWith(CHECKPOINTS) ? indexOfPath(path.slice(CHECKPOINTS.length)) : undefined;
}

/** Signature lines of witnesses under the checkpoint of the same number: written once, absent where none answered. */
export const COSIGNATURES = 'cosignatures/';

export function cosignaturesPath(number: number): string {
  return `${COSIGNATURES}${indexPath(number)}`;
}

/** Inverts `cosignaturesPath`; undefined for other paths. */
export function cosignaturesNumber(path: string): number | undefined {
  return path.startsWith(COSIGNATURES) ? indexOfPath(path.slice(COSIGNATURES.length)) : undefined;
}

/** Tokens of timestamp authorities over the checkpoint of the same number, one after another: written once. */
export const TIMESTAMPS = 'timestamps/';

export function timestampPath(number: number): string {
  return `${TIMESTAMPS}${indexPath(number)}`;
}

/** Inverts `timestampPath`; undefined for other paths. */
export function timestampNumber(path: string): number | undefined {
  return path.startsWith(TIMESTAMPS) ? indexOfPath(path.slice(TIMESTAMPS.length)) : undefined;
}

/**
 * The plan of the checkpoint of this number, written before everything else and removed once the checkpoint is there.
 */
export function pendingPath(number: number): string {
  return `pending/${indexPath(number)}`;
}

/** Tells whether a store should protect an object from being overwritten or deleted for years. */
export function isEvidence(path: string): boolean {
  return ['tile/', CHECKPOINTS, COSIGNATURES, TIMESTAMPS].some((folder) => path.startsWith(folder));
}
