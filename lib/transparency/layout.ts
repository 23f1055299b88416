// Where a log keeps what tlog-tiles does not name. The rest of a log's objects are tiles and bundles: tiles.ts.
import { indexOfPath, indexPath } from './tiles.ts';

/** The newest checkpoint (tlog-tiles): the one object of evidence that is overwritten. */
export const NEWEST_CHECKPOINT = 'checkpoint';

/** Every checkpoint that was ever signed, each written once under its number. */
export const CHECKPOINTS = 'checkpoints/';

export function checkpointPath(number: number): string {
  return `${CHECKPOINTS}${indexPath(number)}`;
}

/** The inverse of `checkpointPath`; undefined for other paths. */
export function checkpointNumber(path: string): number | undefined {
  return path.startsWith(CHECKPOINTS) ? indexOfPath(path.slice(CHECKPOINTS.length)) : undefined;
}

/** What the checkpoint of this number is going to add, written once before anything else, removed when it is there. */
export function pendingPath(number: number): string {
  return `pending/${indexPath(number)}`;
}

/** Objects that a store should keep from being overwritten or deleted for years. */
export function isEvidence(path: string): boolean {
  return path.startsWith('tile/') || path.startsWith(CHECKPOINTS);
}
