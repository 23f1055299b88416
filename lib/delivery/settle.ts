// What becomes of parcels after a delivery: those that wait stay in their objects, the others leave them.
import type { Backlog, Parked } from './backlog.ts';
import type { Undelivered } from './deliver.ts';
import { isConflict } from './errors.ts';
import type { Parcel } from './ports.ts';

/** Sorts parcels into those that may still be delivered, by id, and those that never will. */
export function sorted(undelivered: readonly Undelivered[]): {
  readonly waiting: ReadonlyMap<string, Parcel>;
  readonly dead: readonly Undelivered[];
} {
  return {
    waiting: new Map(undelivered.flatMap(({ kind, parcel }) => (kind === 'data' ? [] : [[parcel.id, parcel]]))),
    dead: undelivered.filter(({ kind }) => kind === 'data'),
  };
}

/**
 * Takes the parcels that no longer wait out of an object, stores the receipts of the others, and removes an object that
 * holds none. Leaves one that another writer has changed meanwhile.
 */
export async function keepWaiting(
  parked: Parked,
  waiting: ReadonlyMap<string, Parcel>,
  backlog: Backlog,
): Promise<void> {
  const left = parked.parcels.flatMap(({ id }) => waiting.get(id) ?? []);
  const isSame = left.every(({ receipt }, i) => receipt === parked.parcels[i]?.receipt);
  if (left.length === parked.parcels.length && isSame) return;
  if (left.length === 0) return backlog.remove(parked);
  try {
    await backlog.keepOnly(parked, left);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
