// Remembers which records have been seen, so that a repeated delivery counts once and another record in the place of a
// known one is told from a repeat.
import { createHash } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { SequenceSet } from '../base/sequence-set.ts';

/**
 * - `new`: no record with this chain and number was seen
 * - `known`: this record was seen, or one of this chain and number whose tag is not remembered any more
 * - `forked`: another record with this chain and number was seen
 */
export type Sighting = 'new' | 'known' | 'forked';

/**
 * The numbers seen of one chain as `1-5,9`, and the tags of the highest ones, in ascending order, as base64. A state of an
 * earlier version has no tags.
 */
export type SeenNumbersJson = readonly [sequences: string, tags?: string];

/** As JSON: chain id → time of its newest record (epoch milliseconds), and its numbers. */
export type KnownRecordsJson = Readonly<Record<string, readonly [timeMs: number, ...SeenNumbersJson]>>;

/** Bytes of a tag: a forger with the record key would need 2^48 records to find another with the tag of a known one. */
const TAG_BYTES = 6;
/** Characters of a tag in base64, which 6 bytes fill without padding. */
const TAG_LENGTH = 8;
/** Most tags that `KnownRecords` writes: 512 KB. Chains with the newest records come first. */
const MAX_TAGS = 65_536;

/** Returns the tag of a line: the first 6 bytes of its SHA-256, as base64. */
export function tagOfLine(line: string): string {
  return createHash('sha256').update(line).digest().toString('base64', 0, TAG_BYTES);
}

/** The numbers seen of one chain, and which line had each number. */
export class SeenNumbers {
  readonly #sequences: SequenceSet;
  readonly #tags: Map<number, string>;

  private constructor(sequences: SequenceSet, tags: Map<number, string>) {
    this.#sequences = sequences;
    this.#tags = tags;
  }

  static empty(): SeenNumbers {
    return new SeenNumbers(new SequenceSet(), new Map());
  }

  /** Throws `RangeError` for what `toJson` did not write. */
  static fromJson([text, tags = '']: SeenNumbersJson): SeenNumbers {
    const sequences = SequenceSet.parse(text);
    const parts = Array.from({ length: Math.ceil(tags.length / TAG_LENGTH) }, (_, i) => {
      return tags.slice(TAG_LENGTH * i, TAG_LENGTH * (i + 1));
    });
    const numbers = sequences.highest(parts.length);
    if (tags.length !== TAG_LENGTH * numbers.length) throw new RangeError('Not a tag for each number');
    return new SeenNumbers(sequences, new Map(numbers.map((number, i) => [number, parts[i]!])));
  }

  /** Tells what is known of a number whose line has this tag. */
  compare(sequence: number, tag: string): Sighting {
    if (!this.#sequences.has(sequence)) return 'new';
    const known = this.#tags.get(sequence);
    return known === undefined || known === tag ? 'known' : 'forked';
  }

  /** Adds a number unless it was seen. Returns what was known before. */
  add(sequence: number, tag: string): Sighting {
    const sighting = this.compare(sequence, tag);
    if (sighting === 'new') {
      this.#sequences.add(sequence);
      this.#tags.set(sequence, tag);
    }
    return sighting;
  }

  addAll(other: SeenNumbers): void {
    this.#sequences.addAll(other.#sequences);
    for (const [sequence, tag] of other.#tags) if (!this.#tags.has(sequence)) this.#tags.set(sequence, tag);
  }

  /** Number of tags that `toJson` writes without a limit. */
  get tags(): number {
    return this.#tags.size;
  }

  /** The numbers as `1-5,9`. */
  get sequences(): string {
    return this.#sequences.toString();
  }

  /** Writes the tags of the highest numbers, at most `maxTags`, down to the first number without one. */
  toJson(maxTags = this.tags): SeenNumbersJson {
    const tags: string[] = [];
    for (const number of this.#sequences.highest(maxTags).toReversed()) {
      const tag = this.#tags.get(number);
      if (tag === undefined) break;
      tags.push(tag);
    }
    return [this.sequences, tags.toReversed().join('')];
  }
}

/** The numbers seen of each chain. A record is identified by the chain and number in its signature. */
export class KnownRecords {
  readonly #chains = new Map<string, { timeMs: number; readonly numbers: SeenNumbers }>();

  /** Reads what `toJson` wrote. Throws `ProtectorError` `JOURNAL_DAMAGED` for anything else. */
  static fromJson(json: KnownRecordsJson): KnownRecords {
    const known = new KnownRecords();
    try {
      if (!isObject(json)) throw new RangeError('Not numbers by chain');
      for (const [chainId, [timeMs, ...numbers]] of Object.entries(json)) {
        if (!Number.isFinite(timeMs)) throw new RangeError('Not a time');
        known.#chains.set(chainId, { timeMs, numbers: SeenNumbers.fromJson(numbers) });
      }
    } catch {
      throw new ProtectorError('JOURNAL_DAMAGED', 'The numbers of known records are not what the forwarder wrote');
    }
    return known;
  }

  /** Tells what is known of a record whose line has this tag. */
  compare(chainId: string, sequence: number, tag: string): Sighting {
    return this.#chains.get(chainId)?.numbers.compare(sequence, tag) ?? 'new';
  }

  /** Adds a record unless its number was seen. Returns what was known before. */
  add(chainId: string, sequence: number, tag: string, timeMs: number): Sighting {
    return this.#chain(chainId, timeMs).add(sequence, tag);
  }

  addAll(chainId: string, numbers: SeenNumbers, timeMs: number): void {
    this.#chain(chainId, timeMs).addAll(numbers);
  }

  /** Omits chains without a record since `sinceMs`, and tags beyond `maxTags`: those of the oldest chains first. */
  toJson(sinceMs = 0, maxTags = MAX_TAGS): KnownRecordsJson {
    const recent = [...this.#chains].filter(([, { timeMs }]) => timeMs >= sinceMs);
    let left = maxTags;
    const written = new Map(
      recent
        .toSorted(([, one], [, other]) => other.timeMs - one.timeMs)
        .map(([id, { timeMs, numbers }]) => {
          const json = [timeMs, ...numbers.toJson(Math.min(left, numbers.tags))] as const;
          left -= (json[2] ?? '').length / TAG_LENGTH;
          return [id, json];
        }),
    );
    return Object.fromEntries(recent.map(([id]) => [id, written.get(id)!]));
  }

  #chain(chainId: string, timeMs: number): SeenNumbers {
    let chain = this.#chains.get(chainId);
    if (chain === undefined) {
      chain = { timeMs: 0, numbers: SeenNumbers.empty() };
      this.#chains.set(chainId, chain);
    }
    chain.timeMs = Math.max(chain.timeMs, timeMs);
    return chain.numbers;
  }
}
