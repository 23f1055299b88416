// Checks one record on its own: its HMAC-SHA-256 (sign.ts), and the time of use of the key.
import type { Secret } from '../base/secret.ts';
import { CanonicalJsonError } from '../crypto/canonical-json.ts';
import type { SignedObject } from './read-line.ts';
import { createSigner, type Signer, shortKeyId } from './sign.ts';

/** Why a record is not authentic, in the words of the verifier. */
export interface RecordFault {
  readonly kind: 'modified' | 'unknown-key' | 'malformed';
  readonly detail: string;
}

/** Returns why this key cannot have signed at this time (epoch seconds), or undefined. */
export type OutsideUse = (keyId: string, time: number) => string | undefined;

export class RecordCheck {
  readonly #signers: ReadonlyMap<string, Signer> | undefined;
  readonly #outsideUse: OutsideUse | undefined;

  /** `keys` maps key ids (whole, or their first 20 characters) to HMAC keys; without it no checksum is checked. */
  constructor(keys: ReadonlyMap<string, Secret> | undefined, outsideUse?: OutsideUse) {
    this.#signers = keys && new Map([...keys].map(([id, key]) => [shortKeyId(id), createSigner(id, key)]));
    this.#outsideUse = outsideUse;
  }

  get checksChecksums(): boolean {
    return this.#signers !== undefined;
  }

  /** Returns why the record is not authentic, or undefined. */
  fault(record: SignedObject): RecordFault | undefined {
    const { key_id: keyId, checksum } = record.signature;
    if (this.#signers === undefined) return this.#useFault(record);
    const signer = this.#signers.get(keyId);
    if (signer === undefined) {
      return { kind: 'unknown-key', detail: `No key was given for key id ${JSON.stringify(keyId.slice(0, 40))}` };
    }
    try {
      if (sameText(signer.checksum(record), checksum)) return this.#useFault(record);
    } catch (error) {
      if (error instanceof CanonicalJsonError) return { kind: 'malformed', detail: 'The JSON has no canonical form' };
      throw error;
    }
    return { kind: 'modified', detail: 'The checksum does not match the record' };
  }

  #useFault(record: SignedObject): RecordFault | undefined {
    const detail = this.#outsideUse?.(record.signature.key_id, timeOf(record));
    return detail === undefined ? undefined : { kind: 'unknown-key', detail };
  }
}

/** Returns `origin.time_utc`, epoch seconds; 0 when it is absent. */
export function timeOf({ origin }: SignedObject): number {
  if (typeof origin !== 'object' || origin === null || !('time_utc' in origin)) return 0;
  return typeof origin.time_utc === 'number' ? origin.time_utc : 0;
}

/** Compares in constant time for equal lengths, so that a service built on this is no oracle for the right checksum. */
function sameText(expected: string, given: string): boolean {
  if (expected.length !== given.length) return false;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ given.charCodeAt(i);
  return difference === 0;
}
