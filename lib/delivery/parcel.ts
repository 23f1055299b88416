// Tells parcels from what else an object of a store may hold, which others can write.
import { isObject } from '../base/json.ts';
import type { Parcel } from './ports.ts';

/** Whether a value that was read from a store has the shape of a parcel. */
export function isParcel(value: unknown): value is Parcel {
  if (!isObject(value)) return false;
  const { id, timeMs, body, about } = value;
  const isWhole = typeof id === 'string' && typeof body === 'string' && Number.isFinite(timeMs);
  return isWhole && (about === undefined || isObject(about));
}
