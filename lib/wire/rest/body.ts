// Parses a body: JSON whose numbers keep their digits, checked against a schema. Faults become refusals.

import type * as z from 'zod/mini';
import type { Column } from '../../base/cell.ts';
import { isObject, type JsonObject, parseExactly } from '../../base/json.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { malformed } from '../malformed.ts';

export interface JsonBody {
  /** The body as JavaScript parses it. */
  readonly plain: JsonObject;
  /** Returns the body with every number as `ExactNumber`. Parsed on first use. */
  readonly exact: () => JsonObject;
}

/** Parses a body. Throws `RefusedError` `EVENT_MALFORMED` unless it is a JSON object. */
export function parseBody(text: string): JsonBody {
  let exact: JsonObject | undefined;
  return { plain: parse(text, JSON.parse), exact: () => (exact ??= parse(text, parseExactly)) };
}

function parse(text: string, read: (text: string) => unknown): JsonObject {
  let body: unknown;
  try {
    body = read(text);
  } catch {
    // No cause: the parser's message quotes the body.
    throw malformed('the body is no JSON');
  }
  if (!isObject(body)) throw malformed('the body is no JSON object');
  return body;
}

/**
 * Checks the part of the body at `path` (a JSON Pointer) against a schema. Throws `RefusedError` for the first fault:
 * `ATTRIBUTE_MISSING` with the pointer for a member that is absent, null or empty, `WRONG_DATATYPE` with the row for a
 * bad value, `ENCODING_UNKNOWN`, `OUT_OF_LIMITS` for too few or too many, `EVENT_MALFORMED`.
 */
export function check<Schema extends z.ZodMiniType>(schema: Schema, part: unknown, path = ''): z.infer<Schema> {
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data;
  throw refusalOf(parsed.error.issues[0]!, part, path);
}

function refusalOf(issue: z.core.$ZodIssue, part: unknown, path: string): RefusedError {
  const last = issue.path.at(-1);
  const found = issue.path.reduce<unknown>((at, key) => (isContainer(at) ? at[key as string] : undefined), part);
  if (issue.path.at(-2) === 'data' && typeof last === 'number' && found !== undefined) {
    return new RefusedError('WRONG_DATATYPE', { row: last });
  }
  if (last === 'encoding') return new RefusedError('ENCODING_UNKNOWN');
  if (found === undefined || found === null || found === '') {
    return new RefusedError('ATTRIBUTE_MISSING', { word: `${path}/${issue.path.join('/')}` });
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') return new RefusedError('OUT_OF_LIMITS');
  return malformed(`${path}/${issue.path.join('/')} has another type`);
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Returns the values with the digits that were sent. `path` is their place in the body. */
export function exactValues(values: Column, body: JsonBody, path: readonly (string | number)[]): Column {
  if (!values.some((value) => typeof value === 'number')) return values;
  return path.reduce<unknown>((at, key) => (at as JsonObject)[key], body.exact()) as Column;
}
