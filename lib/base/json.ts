// Reads JSON from outside: checks what a value is, and keeps every digit of a number.
import { ExactNumber } from './cell.ts';
import { readJson } from './read-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value as an object, or an empty object for anything that is none. */
export function membersOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/**
 * Replaces objects at any depth by what `replacement` returns for them; undefined keeps the object and looks inside it.
 */
export function replacing(value: unknown, replacement: (object: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const other = replacement(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((part: unknown) => replacing(part, replacement));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replacing(part, replacement)]));
}

/**
 * Parses JSON whose names are a caller's. `JSON.parse` of Node 24 and 26 may return another name for one that is written with
 * an escape: one of an earlier text that begins alike (nodejs/node#63785). Throws `SyntaxError` or `JsonError`; the message
 * of the former quotes the text.
 */
export function parseJson(text: string): unknown {
  return text.includes('\\') ? readJson(text, { number: Number }) : JSON.parse(text);
}

/** Parses JSON with every number as an `ExactNumber`. Throws `JsonError`, which quotes nothing. */
export function parseExactly(text: string): unknown {
  return readJson(text, { number: (spelling) => new ExactNumber(spelling) });
}
