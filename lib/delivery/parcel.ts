// Parcels in stored objects.
import { membersOf } from '../base/json.ts';
import type { Parcel } from './ports.ts';

/** Checks the form of a parcel that was stored. */
export function isParcel(value: unknown): value is Parcel {
  const { id, body, timeMs, about, receipt } = membersOf(value);
  const isSound = typeof id === 'string' && typeof body === 'string' && Number.isFinite(timeMs);
  return isSound && (about === undefined || areFacts(about)) && ['string', 'undefined'].includes(typeof receipt);
}

function areFacts(about: unknown): boolean {
  const { tenantId, event, sequence } = membersOf(about);
  return typeof tenantId === 'string' && typeof event === 'string' && typeof sequence === 'number';
}
