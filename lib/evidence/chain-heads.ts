// The sealer's memory of the chains between two runs, which recognises repeats, forks and holes as they arrive. It is
// stored beside the log, where others may change it. So it only says where to look: the sealer believes the leaves, and
// rebuilds the memory from them when it is lost or wrong.
import type { SignedLine } from '../audit/read-line.ts';

/** Numbers `from` to `to` of a chain, both included. */
export interface Numbers {
  readonly from: number;
  readonly to: number;
}

/** Numbers of a chain that are absent from the log although higher ones are present. */
export interface Hole extends Numbers {
  readonly chainId: string;
}

interface ChainHead {
  /** Sealing time of the newest record, epoch seconds. */
  at: number;
  /** The first and last leaf with a record of the chain. */
  firstLeaf: number;
  lastLeaf: number;
  /** Ascending, disjoint, not adjacent. */
  readonly seen: { from: number; to: number }[];
  /** The highest number and its checksum. */
  head: number;
  checksum: string;
}

/**
 * Chains without a record for this long are forgotten. Far longer than a delivery takes (Kinesis keeps records for a
 * day by default, CloudWatch Logs retries for a day). A record repeated even later is sealed again, and the verifier
 * reports it.
 */
const REMEMBERED_S = 8 * 24 * 60 * 60;

export class ChainHeads {
  readonly #chains: Map<string, ChainHead>;
  #size: number;

  constructor(size = 0, chains: Iterable<readonly [string, ChainHead]> = []) {
    this.#size = size;
    this.#chains = new Map(chains);
  }

  /** Number of leaves of the log that are accounted for. */
  get size(): number {
    return this.#size;
  }

  /** Returns the leaves among which a record of this chain and number is; undefined when none was sealed yet. */
  leavesOf(chainId: string, sequence: number): { readonly first: number; readonly last: number } | undefined {
    const chain = this.#chains.get(chainId);
    if (chain === undefined || !chain.seen.some(({ from, to }) => from <= sequence && sequence <= to)) return undefined;
    return { first: chain.firstLeaf, last: chain.lastLeaf };
  }

  /**
   * Accounts for the next leaf, sealed at `time`. Returns false when the record names another predecessor than the
   * sealed one: two histories. `read` is undefined for a leaf that is no record.
   */
  add(read: SignedLine | undefined, time: number): boolean {
    const leaf = this.#size++;
    if (read === undefined) return true;
    const { chain_id: chainId, sequence, previous, checksum } = read.record.signature;
    const chain = this.#chains.get(chainId);
    if (chain === undefined) {
      const seen = [{ from: sequence, to: sequence }];
      this.#chains.set(chainId, { at: time, firstLeaf: leaf, lastLeaf: leaf, seen, head: sequence, checksum });
      return sequence > 1 || previous === undefined;
    }
    const follows = sequence !== chain.head + 1 || previous === chain.checksum;
    chain.at = time;
    chain.lastLeaf = leaf;
    include(chain.seen, sequence);
    if (sequence > chain.head) Object.assign(chain, { head: sequence, checksum });
    return follows;
  }

  /** Yields the holes in the sealed chains, chain by chain. */
  *holes(): Generator<Hole> {
    for (const [chainId, { seen }] of this.#chains) {
      let next = 1;
      for (const { from, to } of seen) {
        if (from > next) yield { chainId, from: next, to: from - 1 };
        next = to + 1;
      }
    }
  }

  /** Writes the state, without the chains that are forgotten at `time`. */
  serialise(time: number): Buffer {
    const chains = [...this.#chains].filter(([, { at }]) => at >= time - REMEMBERED_S);
    return Buffer.from(`${JSON.stringify({ size: this.#size, chains })}\n`);
  }

  /**
   * Reads the state; undefined for bytes of another form, or that cannot describe a log of `size` leaves: the caller
   * starts anew.
   */
  static parse(bytes: Uint8Array | undefined, size: number): ChainHeads | undefined {
    try {
      const kept = JSON.parse(Buffer.from(bytes ?? []).toString()) as { size: number; chains: [string, ChainHead][] };
      const whole = isIndex(kept.size, size + 1) && kept.chains.every(([, head]) => isHead(head, kept.size));
      return whole ? new ChainHeads(kept.size, kept.chains) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Tells whether a chain can be so in a log of `size` leaves, which hold at most one record each. */
function isHead({ at, firstLeaf, lastLeaf, head, checksum, seen }: ChainHead, size: number): boolean {
  const isOrdered = seen.every(({ from, to }, i) => isIndex(from, to + 1) && from > (seen[i - 1]?.to ?? 0));
  const records = seen.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return (
    isIndex(lastLeaf, size) &&
    isIndex(firstLeaf, lastLeaf + 1) &&
    isOrdered &&
    records >= 1 &&
    records <= lastLeaf - firstLeaf + 1 &&
    seen.at(-1)?.to === head &&
    Number.isSafeInteger(at) &&
    typeof checksum === 'string'
  );
}

/** Tells whether a value is a whole number from 0, below `end`. */
function isIndex(value: number, end: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < end;
}

/** Adds a number to runs of numbers. Nearly always it extends the last run. */
function include(seen: { from: number; to: number }[], sequence: number): void {
  let at = seen.length;
  while (at > 0 && seen[at - 1]!.from > sequence) at--;
  const before = seen[at - 1];
  const after = seen[at];
  if (before !== undefined && sequence <= before.to) return;
  const joinsBefore = before?.to === sequence - 1;
  const joinsAfter = after?.from === sequence + 1;
  if (joinsBefore && joinsAfter) {
    before.to = after.to;
    seen.splice(at, 1);
  } else if (joinsBefore) before.to = sequence;
  else if (joinsAfter) after.from = sequence;
  else seen.splice(at, 0, { from: sequence, to: sequence });
}
