// What a word was meant to be.

/** The most suggestions for one document: it may have a million wrong names. */
export const MOST_HINTS = 20;

/**
 * Returns the name that is nearest to a text: the fewest characters to insert, remove, replace or exchange with a neighbour.
 * Case does not count. `undefined` where every name differs in more than a third of its characters.
 */
export function nearestOf(text: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const most = Math.min(least - 1, Math.max(1, Math.floor(Math.max(text.length, name.length) / 3)));
    if (Math.abs(name.length - text.length) > most) continue;
    const distance = distanceOf(text.toLowerCase(), name.toLowerCase());
    if (distance > most) continue;
    best = name;
    least = distance;
  }
  return best;
}

/** The optimal string alignment distance of two texts (Damerau 1964). */
export function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** Returns `; did you mean deSSN?` where a name is near enough, else nothing. */
export function didYouMean(text: string, names: Iterable<string>): string {
  const nearest = nearestOf(text, names);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Suggests names for the first problems of a document. */
export class Hints {
  #left = MOST_HINTS;

  /** Returns `; did you mean deSSN?`, or nothing. `names` is called only where there is a hint left. */
  of(text: string, names: () => Iterable<string>): string {
    if (this.#left === 0) return '';
    this.#left--;
    return didYouMean(text, names());
  }
}
