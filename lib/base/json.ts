// Reading JSON that somebody else wrote: what a value is, and numbers with the digits they were sent with.
import { ExactNumber } from './cell.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object, or none of anything else. */
export function membersOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** The value with other values in the place of some objects, however deep: of those for which `replacement` gives one. */
export function replacing(value: unknown, replacement: (object: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const other = replacement(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((part: unknown) => replacing(part, replacement));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replacing(part, replacement)]));
}

type Reviver = (key: string, value: unknown, context: { readonly source: string }) => unknown;

/** What `JSON.parse` gives a reviver since ECMAScript's source text access: of a number, how it was spelled. */
const keepDigits: Reviver = (_key, value, { source }) => (typeof value === 'number' ? new ExactNumber(source) : value);

/** `JSON.parse` with every number as an `ExactNumber`; some fifteen times as slow. Throws `SyntaxError`, which quotes the text. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as unknown;
}
