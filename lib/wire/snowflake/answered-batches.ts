import { hash } from 'node:crypto';

/**
 * Remembers which batches this environment has answered, so that one that Snowflake sends again (after a time-out on its way
 * back, with the batch id it had) is answered again without being counted twice. Whatever differs from the first time, the
 * user, the rules or a single byte of the body, makes it another batch, which counts.
 */
export class AnsweredBatches {
  readonly #fingerprints = new Map<string, string>();
  readonly #limit: number;

  /** `limit`: the number of batches remembered; the oldest is forgotten first. */
  constructor(limit = 1000) {
    this.#limit = limit;
  }

  has(batchId: string, fingerprint: string): boolean {
    return this.#fingerprints.get(batchId) === fingerprint;
  }

  /** Only once the answer's record is durable: an answer that was withheld has not been counted. */
  add(batchId: string, fingerprint: string): void {
    this.#fingerprints.delete(batchId);
    this.#fingerprints.set(batchId, fingerprint);
    if (this.#fingerprints.size > this.#limit) this.#fingerprints.delete(this.#fingerprints.keys().next().value!);
  }
}

/** What tells batches apart: SHA-256 of the body, in front of whatever decides what becomes of it. */
export function batchFingerprint(body: Uint8Array, facts: readonly (string | undefined)[]): string {
  return `${hash('sha256', body, 'base64')} ${JSON.stringify(facts)}`;
}
