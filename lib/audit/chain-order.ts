// Checks the order and completeness of one hash chain whose records arrive in any order.

/** The part of an authentic record that decides its place in the chain. */
export interface Link {
  readonly sequence: number;
  /** Checksum of the predecessor that the record names. */
  readonly previous: string | undefined;
  readonly checksum: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * `missing`: numbers `sequence` to `last`, expected before `line`, are absent. `forked`: the record in `line` names
 * another predecessor than the one present, so two histories meet here.
 */
export interface Break {
  readonly kind: 'missing' | 'forked';
  readonly line: number;
  readonly sequence: number;
  readonly last: number;
  readonly detail: string;
}

/** `ahead`: higher than all before. `late`: fills a hole that a higher number left. `again`: the number is taken. */
export type Place = 'ahead' | 'late' | 'again';

/** Numbers that were skipped, and the records that have filled them since. */
interface Gap {
  readonly first: number;
  readonly before: Link | undefined;
  readonly after: Link;
  readonly filled: Map<number, Link>;
}

/** Takes the links of one chain in file order. Memory grows with gaps and the records in them, not with all records. */
export class ChainOrder {
  /** The link with the highest number so far. */
  #head: Link | undefined;
  /** Ascending and disjoint: a gap always begins above every number before it. */
  readonly #gaps: Gap[] = [];
  readonly #claims = new Set<number>();
  readonly #broken: Break[] = [];

  /** True until the first authentic record of the chain. */
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
   * Notes that a record which is not authentic claims this number. It takes no place, because the number may be forged,
   * but a hole there is not reported in addition: the record is modified, not missing.
   */
  claim(sequence: number): void {
    this.#claims.add(sequence);
  }

  /** The highest number seen, or 0. */
  get highest(): number {
    return this.#head?.sequence ?? 0;
  }

  /** Returns the holes that no record fills, and the records that name another predecessor, as far as seen. */
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

/** Yields the runs of numbers in `gap` that are not among `present` (ascending). */
function* holes(gap: Gap, present: readonly number[]): Generator<Break> {
  let from = gap.first;
  for (const number of [...present, gap.after.sequence]) {
    const to = number - 1;
    if (to >= from) {
      const what = to === from ? `Number ${from} of the chain is missing` : `Numbers ${from} to ${to} are missing`;
      const detail = from === 1 ? `${what}: the chain has no beginning` : what;
      yield { kind: 'missing', line: gap.after.line, sequence: from, last: to, detail };
    }
    from = number + 1;
  }
}

/** Yields the links around and inside `gap` whose predecessor is present and is not the one they name. */
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
      : `Number ${sequence} does not follow the record present as number ${sequence - 1}`;
  return { kind: 'forked', line, sequence, last: sequence, detail };
}

function ascending(numbers: Iterable<number>): readonly number[] {
  return [...numbers].toSorted((a, b) => a - b);
}
