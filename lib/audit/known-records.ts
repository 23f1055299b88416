// Remembers which records have been seen, so that a repeated delivery counts once.
import { ProtectorError } from '../base/errors.ts';
import { SequenceSet } from '../base/sequence-set.ts';

/** As JSON: chain id → time of its newest record (epoch milliseconds), and the numbers seen as `1-5,9`. */
export type KnownRecordsJson = Readonly<Record<string, readonly [timeMs: number, sequences: string]>>;

/** The numbers seen of each chain. A record is identified by the chain and number in its signature. */
export class KnownRecords {
  readonly #chains = new Map<string, { timeMs: number; readonly sequences: SequenceSet }>();

  /** Reads what `toJson` wrote. Throws `ProtectorError` `JOURNAL_DAMAGED` for anything else. */
  static fromJson(json: KnownRecordsJson): KnownRecords {
    const known = new KnownRecords();
    try {
      for (const [chainId, [timeMs, text]] of Object.entries(json)) {
        if (!Number.isFinite(timeMs)) throw new RangeError('Not a time');
        known.#chains.set(chainId, { timeMs, sequences: SequenceSet.parse(text) });
      }
    } catch {
      throw new ProtectorError('JOURNAL_DAMAGED', 'The numbers of known records are not what the forwarder wrote');
    }
    return known;
  }

  /** Adds a record; false when it is known already. */
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

  /** Omits chains without a record since `sinceMs`. */
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
