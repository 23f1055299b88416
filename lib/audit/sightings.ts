// Remembers which numbers of a chain were seen, where and with what content: tells a repeated delivery from a second
// history.
import { sameBytes } from '../base/bytes.ts';

const DIGEST_BYTES = 16;
const POSITION_BYTES = 6;
const TAG_BYTES = 8;
const FLAGS = DIGEST_BYTES + POSITION_BYTES + TAG_BYTES;
const SLOT_BYTES = FLAGS + 2;
const SEEN = 1;
const MARKED = 2;
/** A number further beyond the others is stored separately, so that a hostile number costs no memory. */
const MAX_GAP = 64;

/** The first sighting of a number. */
export interface Sighting {
  /** A line or a leaf, as the caller counts. */
  readonly position: number;
  readonly marked: boolean;
  /** Whether its content has the given digest. */
  readonly same: boolean;
  readonly tag: Uint8Array;
}

/** Stores the first sighting of each number of one chain, in 32 bytes each. */
export class Sightings {
  #slots = new Uint8Array(0);
  /** The number of the first slot. */
  #base = 0;
  #count = 0;
  readonly #far = new Map<number, Uint8Array>();
  #highest = 0;

  /** The highest number seen, or 0. */
  get highest(): number {
    return this.#highest;
  }

  /** Adds a number that was not seen before. Keeps 16 bytes of `digest` and 8 of the caller's `tag`. */
  add(sequence: number, digest: Uint8Array, position: number, tag?: Uint8Array): void {
    const slot = this.#slot(sequence, true)!;
    slot.set(digest.subarray(0, DIGEST_BYTES));
    writePosition(slot, position);
    if (tag !== undefined) slot.set(tag.subarray(0, TAG_BYTES), DIGEST_BYTES + POSITION_BYTES);
    slot[FLAGS] = SEEN;
    this.#count += 1;
    this.#highest = Math.max(this.#highest, sequence);
  }

  /** Returns the sighting of a number, compared with `digest`; undefined for a number not seen. */
  find(sequence: number, digest: Uint8Array): Sighting | undefined {
    const slot = this.#slot(sequence, false);
    const flags = slot?.[FLAGS] ?? 0;
    if (slot === undefined || (flags & SEEN) === 0) return undefined;
    return {
      position: positionIn(slot),
      marked: (flags & MARKED) !== 0,
      same: sameBytes(slot.subarray(0, DIGEST_BYTES), digest.subarray(0, DIGEST_BYTES)),
      tag: slot.subarray(DIGEST_BYTES + POSITION_BYTES, FLAGS),
    };
  }

  /** Marks a seen number. */
  mark(sequence: number): void {
    const slot = this.#slot(sequence, false);
    if (slot !== undefined) slot[FLAGS] = SEEN | MARKED;
  }

  /** Yields the runs of seen, unmarked numbers, ascending, each with the position of its first number. */
  *unmarked(): Generator<{ readonly from: number; readonly to: number; readonly position: number }> {
    let run: { from: number; to: number; position: number } | undefined;
    for (const [sequence, slot] of this.#seen()) {
      const isOpen = slot[FLAGS] === SEEN;
      if (run !== undefined && (!isOpen || sequence !== run.to + 1)) {
        yield run;
        run = undefined;
      }
      if (!isOpen) continue;
      if (run === undefined) {
        run = { from: sequence, to: sequence, position: positionIn(slot) };
      } else run.to = sequence;
    }
    if (run !== undefined) yield run;
  }

  /** Yields the slots of all seen numbers, ascending: those in the table merged with those stored separately. */
  *#seen(): Generator<[number, Uint8Array]> {
    const far = [...this.#far].toSorted(([a], [b]) => a - b);
    let next = 0;
    for (let i = 0; i * SLOT_BYTES < this.#slots.length; i++) {
      const slot = this.#slots.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES);
      if (slot[FLAGS] === 0) continue;
      const sequence = this.#base + i;
      for (; next < far.length && far[next]![0] < sequence; next++) yield far[next]!;
      yield [sequence, slot];
    }
    yield* far.slice(next);
  }

  #slot(sequence: number, make: boolean): Uint8Array | undefined {
    const far = this.#far.get(sequence);
    if (far !== undefined) return far;
    if (this.#count === 0 && make) this.#base = Math.max(1, sequence - MAX_GAP);
    const at = (sequence - this.#base) * SLOT_BYTES;
    if (at >= 0 && at + SLOT_BYTES <= this.#slots.length) return this.#slots.subarray(at, at + SLOT_BYTES);
    if (!make) return undefined;
    if (at < 0 || sequence - this.#base > 2 * (this.#count + MAX_GAP)) {
      const slot = new Uint8Array(SLOT_BYTES);
      this.#far.set(sequence, slot);
      return slot;
    }
    const grown = new Uint8Array(Math.max(at + SLOT_BYTES, this.#slots.length * 2));
    grown.set(this.#slots);
    this.#slots = grown;
    return grown.subarray(at, at + SLOT_BYTES);
  }
}

/** Writes a number of up to 48 bits, highest byte first. */
function writePosition(slot: Uint8Array, position: number): void {
  for (let at = DIGEST_BYTES + POSITION_BYTES - 1, rest = position; at >= DIGEST_BYTES; at--) {
    slot[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function positionIn(slot: Uint8Array): number {
  let position = 0;
  for (let at = DIGEST_BYTES; at < DIGEST_BYTES + POSITION_BYTES; at++) position = position * 256 + slot[at]!;
  return position;
}
