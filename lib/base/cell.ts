/**
 * A number that keeps every digit of the request. A JSON number may have more digits than a double holds (BIGINT,
 * NUMBER(38)). `text` is a JSON number; `JSON.stringify` writes it unchanged.
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

/** ECMAScript's `JSON.rawJSON`: Node 24 has it, TypeScript's library does not declare it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };

/**
 * One value as SQL engines and JSON carry it. A plain number was parsed before it reached this code and may be rounded.
 */
export type Cell = string | number | boolean | null | ExactNumber;

/** The values of one column in row order. */
export type Column = readonly Cell[];
