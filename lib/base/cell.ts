/**
 * A number with exactly the digits it was sent with, from a body that this product reads itself: JSON numbers may have more
 * digits than a double holds (BIGINT, NUMBER(38)). `text` is a JSON number; `JSON.stringify` writes it as it is.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): unknown {
    return rawJson(this.text);
  }
}

/** ECMAScript's `JSON.rawJSON`, which Node 24 has and TypeScript's library does not name yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** One value as SQL engines and JSON carry it. A plain number was parsed before it reached us, and may have been rounded. */
export type Cell = string | number | boolean | null | ExactNumber;

/** Values of one column in row order. */
export type Column = readonly Cell[];
