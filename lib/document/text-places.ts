// Places in a text: what the readers of JSON and YAML tell about a document besides its values.

/** A document and the places of its parts: offsets in its text. */
export interface PlacedDocument {
  readonly document: unknown;
  /** Returns the place of a part, or of the nearest part around it: a missing member has no place of its own. */
  readonly placeOf: (steps: readonly (string | number)[]) => number | undefined;
}

/** Returns the function that finds the line and the column of an offset, both from 1. */
export function linesOf(text: string): (at: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= at) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: at - starts[low]! + 1 };
  };
}

/** Writes a place for a message: `at line 3, column 7`. */
export function placeText(text: string, at: number): string {
  const { line, column } = linesOf(text)(at);
  return `at line ${line}, column ${column}`;
}
