/** A set of whole numbers from 1 on that are mostly consecutive, kept as ranges and written as `1-5,9`. */
export class SequenceSet {
  /** Ascending, disjoint and not adjacent: [first, last]. */
  readonly #ranges: [number, number][] = [];

  /** Parses the text that `toString` writes. Throws `RangeError` for any other. */
  static parse(text: string): SequenceSet {
    const set = new SequenceSet();
    let end = -1;
    for (const part of text === '' ? [] : text.split(',')) {
      const [, first, last = first] = /^([1-9]\d{0,15})(?:-([1-9]\d{0,15}))?$/.exec(part) ?? [];
      const range: [number, number] = [Number(first), Number(last)];
      if (!(range[0] > end + 1 || end === -1) || !(range[1] >= range[0])) throw new RangeError('Not a set of numbers');
      set.#ranges.push(range);
      end = range[1];
    }
    return set;
  }

  /** Adds a number. Returns false for a member. */
  add(number: number): boolean {
    const ranges = this.#ranges;
    // From the end, because numbers nearly always arrive in order.
    let at = ranges.length;
    while (at > 0 && ranges[at - 1]![0] > number) at -= 1;
    const before = ranges[at - 1];
    const after = ranges[at];
    if (before !== undefined && number <= before[1]) return false;
    const joinsBefore = before !== undefined && before[1] + 1 === number;
    const joinsAfter = after !== undefined && after[0] - 1 === number;
    if (joinsBefore && joinsAfter) {
      before[1] = after[1];
      ranges.splice(at, 1);
    } else if (joinsBefore) before[1] = number;
    else if (joinsAfter) after[0] = number;
    else ranges.splice(at, 0, [number, number]);
    return true;
  }

  addAll(other: SequenceSet): void {
    for (const [first, last] of other.#ranges) for (let number = first; number <= last; number++) this.add(number);
  }

  has(number: number): boolean {
    return this.#ranges.some(([first, last]) => first <= number && number <= last);
  }

  /** Returns the highest `count` members, or all, in ascending order. */
  highest(count: number): readonly number[] {
    const numbers: number[] = [];
    for (const [first, last] of this.#ranges.toReversed()) {
      for (let number = last; number >= first; number--) {
        if (numbers.length >= count) return numbers.toReversed();
        numbers.push(number);
      }
    }
    return numbers.toReversed();
  }

  toString(): string {
    return this.#ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
  }
}
