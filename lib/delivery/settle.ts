// What becomes of parcels after a delivery: those that wait stay in their objects, the others leave them.
import type { Backlog, Parked } from './backlog.ts';
import type { Undelivered } from './deliver.ts';
import { StoreError } from './errors.ts';

/** Sorts parcels into the ids of those that may still be delivered, and those that never will. */
export function sorted(undelivered: readonly Undelivered[]): {
  readonly waiting: ReadonlySet<string>;
  readonly dead: readonly Undelivered[];
} {
  return {
    waiting: new Set(undelivered.flatMap(({ kind, parcel }) => (kind === 'data' ? [] : [parcel.id]))),
    dead: undelivered.filter(({ kind }) => kind === 'data'),
  };
}

/**
 * Takes the parcels that no longer wait out of an object, and removes an object that holds no others. Leaves one that
 * another writer has changed meanwhile.
 */
export async function keepWaiting(parked: Parked, waiting: ReadonlySet<string>, backlog: Backlog): Promise<void> {
  const left = parked.parcels.filter(({ id }) => waiting.has(id));
  if (left.length === parked.parcels.length) return;
  if (left.length === 0) return backlog.remove(parked);
  try {
    await backlog.keepOnly(parked, left);
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'STORE_CONFLICT')) throw error;
  }
}
