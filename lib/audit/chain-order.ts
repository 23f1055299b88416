// Order and completeness of one hash chain whose records arrive in any order.

/** What a chain needs to know of an authentic record. */
export interface Link {
  readonly sequence: number;
  /** Checksum of the record it names as its predecessor. */
  readonly previous: string | undefined;
  readonly checksum: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * `missing`: numbers `sequence` to `last`, which should have been before `line`, are nowhere. `forked`: the record in `line` names
 * another predecessor than the one that is there, so that two histories meet here.
 */
export interface Break {
  readonly kind: 'missing' | 'forked';
  readonly line: number;
  readonly sequence: number;
  readonly last: number;
  readonly detail: string;
}

/** `ahead`: higher than everything before. `late`: fills a hole that a higher number left. `again`: the number was taken. */
export type Place = 'ahead' | 'late' | 'again';

/** Numbers that were jumped over, and what has turned up of them since. */
interface Gap {
  readonly first: number;
  readonly before: Link | undefined;
  readonly after: Link;
  readonly filled: Map<number, Link>;
}

/** Takes the links of one chain in the order of the file. Memory grows with gaps and what fills them, not with records. */
export class ChainOrder {
  /** The link with the highest number so far. */
  #head: Link | undefined;
  /** Ascending and disjoint by construction: a gap always begins above everything before it. */
  readonly #gaps: Gap[] = [];
  readonly #claims = new Set<number>();
  readonly #broken: Break[] = [];

  /** True when no authentic record of the chain was seen. */
  get empty(): boolean {
    return this.#head === undefined;
  }

  place(link: Link): Place {
    const next = (this.#head?.sequence ?? 0) + 1;
    if (link.sequence < next) return this.#fill(link);
    if (link.sequence > next) this.#gaps.push({ first: next, before: this.#head, after: link, filled: new Map() });
    else if (!follows(link, this.#head)) this.#broken.push(wrongPredecessor(link));
    this.#head = link;
    return 'ahead';
  }

  /**
   * A record that is not authentic says it has this number. It takes no place, because the number itself may be the
   * forgery, but a hole there is not reported as well: the record is changed, not gone.
   */
  claim(sequence: number): void {
    this.#claims.add(sequence);
  }

  /** The highest number seen, 0 without any. */
  get highest(): number {
    return this.#head?.sequence ?? 0;
  }

  /** Holes that nothing fills and records that name another predecessor, as far as seen. */
  breaks(): readonly Break[] {
    const claims = ascending(this.#claims);
    const found = [...this.#broken];
    let at = 0;
    for (const gap of this.#gaps) {
      const present = new Set(gap.filled.keys());
      for (; at < claims.length && (claims[at] ?? 0) < gap.after.sequence; at++) {
        if ((claims[at] ?? 0) >= gap.first) present.add(claims[at] ?? 0);
      }
      for (const hole of holes(gap, ascending(present))) found.push(hole);
      for (const link of linksOf(gap)) found.push(link);
    }
    return found;
  }

  #fill(link: Link): Place {
    const gap = this.#gapAround(link.sequence);
    if (gap === undefined || gap.filled.has(link.sequence)) return 'again';
    gap.filled.set(link.sequence, link);
    return 'late';
  }

  #gapAround(sequence: number): Gap | undefined {
    let low = 0;
    let high = this.#gaps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#gaps[middle]?.after.sequence ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    const gap = this.#gaps[low];
    return gap !== undefined && gap.first <= sequence ? gap : undefined;
  }
}

/** The runs of numbers in `gap` that are not among `present` (ascending). */
function* holes(gap: Gap, present: readonly number[]): Generator<Break> {
  let from = gap.first;
  for (const number of [...present, gap.after.sequence]) {
    const to = number - 1;
    if (to >= from) {
      const what = to === from ? `Number ${from} of the chain is nowhere` : `Numbers ${from} to ${to} are nowhere`;
      const detail = from === 1 ? `${what}: the chain has no beginning` : what;
      yield { kind: 'missing', line: gap.after.line, sequence: from, last: to, detail };
    }
    from = number + 1;
  }
}

/** The links around and inside `gap` whose predecessor is there and is not the one they name. */
function* linksOf(gap: Gap): Generator<Break> {
  let predecessor = gap.before;
  for (const sequence of [...ascending(gap.filled.keys()), gap.after.sequence]) {
    const link = gap.filled.get(sequence) ?? gap.after;
    const adjacent = (predecessor?.sequence ?? 0) + 1 === sequence;
    if (adjacent && !follows(link, predecessor)) yield wrongPredecessor(link);
    predecessor = link;
  }
}

function follows(link: Link, predecessor: Link | undefined): boolean {
  return link.previous === predecessor?.checksum;
}

function wrongPredecessor({ line, sequence }: Link): Break {
  const detail =
    sequence === 1
      ? 'Number 1 names a record before it'
      : `Number ${sequence} does not follow the record that is there as number ${sequence - 1}`;
  return { kind: 'forked', line, sequence, last: sequence, detail };
}

function ascending(numbers: Iterable<number>): readonly number[] {
  return [...numbers].toSorted((a, b) => a - b);
}
