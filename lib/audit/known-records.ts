// Which records have been seen: what makes a delivery that comes twice count once.
import { SequenceSet } from '../base/sequence-set.ts';

/** As JSON: chain id → when it was last heard of (epoch milliseconds), and the numbers seen as `1-5,9`. */
export type KnownRecordsJson = Readonly<Record<string, readonly [timeMs: number, sequences: string]>>;

/** Numbers seen per chain. A record is known by chain and number, as its signature states them. */
export class KnownRecords {
  readonly #chains = new Map<string, { timeMs: number; readonly sequences: SequenceSet }>();

  static fromJson(json: KnownRecordsJson): KnownRecords {
    const known = new KnownRecords();
    for (const [chainId, [timeMs, text]] of Object.entries(json)) {
      known.#chains.set(chainId, { timeMs, sequences: SequenceSet.parse(text) });
    }
    return known;
  }

  /** False when it was known. */
  add(chainId: string, sequence: number, timeMs: number): boolean {
    const chain = this.#chain(chainId);
    chain.timeMs = Math.max(chain.timeMs, timeMs);
    return chain.sequences.add(sequence);
  }

  addAll(chainId: string, sequences: SequenceSet, timeMs: number): void {
    const chain = this.#chain(chainId);
    chain.timeMs = Math.max(chain.timeMs, timeMs);
    chain.sequences.addAll(sequences);
  }

  has(chainId: string, sequence: number): boolean {
    return this.#chains.get(chainId)?.sequences.has(sequence) === true;
  }

  /** Without chains that were not heard of since `timeMs`. */
  toJson(sinceMs = 0): KnownRecordsJson {
    const recent = [...this.#chains].filter(([, { timeMs }]) => timeMs >= sinceMs);
    return Object.fromEntries(recent.map(([id, { timeMs, sequences }]) => [id, [timeMs, sequences.toString()]]));
  }

  #chain(chainId: string): { timeMs: number; readonly sequences: SequenceSet } {
    let chain = this.#chains.get(chainId);
    if (chain === undefined) {
      chain = { timeMs: 0, sequences: new SequenceSet() };
      this.#chains.set(chainId, chain);
    }
    return chain;
  }
}
