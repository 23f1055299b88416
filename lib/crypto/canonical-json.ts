// RFC 8785, JSON Canonicalization Scheme (JCS): one text per JSON value, so that a MAC over the text covers the value.
import { ProtectorError } from '../base/errors.ts';

/** The value has no canonical form: a bug in the caller, or hostile input. Do not retry. */
export class CanonicalJsonError extends ProtectorError<'JSON_NOT_CANONICAL'> {}

/** The deepest nesting, so that a hostile line of brackets cannot exhaust the stack. Audit records have 2 levels. */
const MAX_DEPTH = 64;

/**
 * Writes the canonical JSON text of `value`: no whitespace, members sorted by UTF-16 code units (RFC 8785 §3.2.3),
 * numbers and strings as ECMAScript writes them (§3.2.2). A MAC or an AEAD takes its UTF-8 bytes.
 *
 * Takes null, booleans, finite numbers, well-formed strings, arrays and plain objects. Throws `CanonicalJsonError` for
 * everything else: undefined, also as a member; bigint; functions; class instances; lone surrogates; more than 64
 * levels. If it skipped a member silently, two different values would share one MAC.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw refused('a number that is not finite');
      return String(value); // §3.2.2.3 is ECMAScript's own Number::toString; -0 becomes 0
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth === MAX_DEPTH) throw refused(`more than ${MAX_DEPTH} levels`);
      if (Array.isArray(value)) return writeArray(value, depth + 1);
      if (isPlain(value)) return writeObject(value, depth + 1);
      throw refused('an object that is not plain');
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
    default:
      throw refused(`a value of type ${typeof value}`);
  }
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw refused('a lone surrogate');
  return JSON.stringify(value);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + write(items[i], depth);
  return `${text}]`;
}

function writeObject(members: Readonly<Record<string, unknown>>, depth: number): string {
  let text = '{';
  // Without a comparator, toSorted() orders by UTF-16 code units, as §3.2.3 requires.
  for (const name of Object.keys(members).toSorted()) {
    text += `${text.length === 1 ? '' : ','}${writeString(name)}:${write(members[name], depth)}`;
  }
  return `${text}}`;
}

/** Class instances are refused: the JSON of a Date, a Map or a Secret is not its content. */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refused(what: string): CanonicalJsonError {
  return new CanonicalJsonError('JSON_NOT_CANONICAL', `RFC 8785 has no form for ${what}`);
}
