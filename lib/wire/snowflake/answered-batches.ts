import { hash } from 'node:crypto';

/**
 * Remembers the batches that this environment has answered, so that a batch that Snowflake retries (with the same batch
 * id, after a time-out) is answered again without being counted twice. A batch that differs in user, query, rules, a
 * single byte of the body, the version of the policy or the outcome is another batch and counts.
 */
export class AnsweredBatches {
  readonly #fingerprints = new Map<string, string>();
  readonly #limit: number;

  /** `limit`: number of remembered batches; the oldest is forgotten first. */
  constructor(limit = 1000) {
    this.#limit = limit;
  }

  has(batchId: string, fingerprint: string): boolean {
    return this.#fingerprints.get(batchId) === fingerprint;
  }

  /** Adds an answered batch. Call it once its record is durable: a withheld answer does not count. */
  add(batchId: string, fingerprint: string): void {
    this.#fingerprints.delete(batchId);
    this.#fingerprints.set(batchId, fingerprint);
    if (this.#fingerprints.size > this.#limit) this.#fingerprints.delete(this.#fingerprints.keys().next().value!);
  }
}

/** Identifies a batch: SHA-256 of the body, followed by the facts that decide its result. */
export function batchFingerprint(body: Uint8Array, facts: readonly (string | undefined)[]): string {
  return `${hash('sha256', body, 'base64')} ${JSON.stringify(facts)}`;
}
