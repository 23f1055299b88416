// Parses one unverified line of a trail: JSON (RFC 8259), the shape of a record, a complete signature.
import { isObject, membersOf } from '../base/json.ts';
import { withoutStackTraces } from '../base/stackless.ts';
import type { AuditSignature } from './record.ts';

/** The whole parsed line: the MAC covers members unknown to this version too. */
export type SignedObject = Readonly<Record<string, unknown>> & { readonly signature: AuditSignature };

/** A record with a complete, unchecked signature. */
export interface SignedLine {
  readonly kind: 'signed';
  readonly record: SignedObject;
  readonly level: string;
  /** Number of values; 0 for a record about a policy. */
  readonly count: number;
}

/** A line that cannot be checked further, and the reason. */
export interface RejectedLine {
  readonly kind: 'malformed' | 'unsigned';
  readonly detail: string;
}

/** Far above the depth of a record, far below what exhausts the stack. */
const MAX_DEPTH = 64;

/** Sorts a line into signed, unsigned or malformed. Checks no checksum. Never throws. */
export function readLine(text: string): SignedLine | RejectedLine {
  // A file may have a million lines that are none, and each error of the parser costs as much as a record.
  const record = /^\s*\{/.test(text) ? parse(text) : undefined;
  if (!isObject(record)) return { kind: 'malformed', detail: 'Not a JSON object' };
  const { members, depth } = scan(text);
  if (depth > MAX_DEPTH) return { kind: 'malformed', detail: `More than ${MAX_DEPTH} levels` };
  if (members !== countMembers(record)) return { kind: 'malformed', detail: 'A member is repeated' };
  const { cnt, level, logtype, protection, policy, origin } = record;
  const { time_utc: time = 0 } = membersOf(origin);
  const aboutValues = logtype === 'Protection' && isObject(protection);
  const aboutPolicy = logtype === 'Policy' && isObject(policy);
  if (!(aboutValues || aboutPolicy) || typeof level !== 'string' || !isCount(cnt) || !isCount(time)) {
    return { kind: 'malformed', detail: 'Not an audit record' };
  }
  if (!isSigned(record)) return { kind: 'unsigned', detail: 'The signature is absent or incomplete' };
  return { kind: 'signed', record, level, count: aboutValues ? cnt : 0 };
}

function parse(text: string): unknown {
  // A file may have a million such lines.
  return withoutStackTraces(() => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  });
}

/**
 * Counts the members and nesting levels of a valid JSON text: every colon outside a string is one member. Of a repeated
 * name one reader keeps the first value and another the last, and the MAC covers only one of them. Counting members
 * detects every repetition; comparing lengths with the canonical form would not, because 4e6 can stand for 4000000.
 */
function scan(text: string): { members: number; depth: number } {
  let members = 0;
  let open = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') i = closingQuote(text, i);
    else if (character === ':') members += 1;
    else if (character === '{' || character === '[') depth = Math.max(depth, ++open);
    else if (character === '}' || character === ']') open -= 1;
  }
  return { members, depth };
}

function closingQuote(text: string, opening: number): number {
  for (let i = opening + 1; i < text.length; i++) {
    if (text[i] === '"') return i;
    if (text[i] === '\\') i += 1;
  }
  return text.length;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : children.length;
  for (const child of children) count += countMembers(child);
  return count;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSigned(record: Record<string, unknown>): record is SignedObject {
  const { signature } = record;
  if (!isObject(signature)) return false;
  const { key_id, chain_id, sequence, previous, checksum } = signature;
  if (![key_id, chain_id, checksum].every((text) => typeof text === 'string' && text !== '')) return false;
  return isCount(sequence) && sequence > 0 && (previous === undefined || typeof previous === 'string');
}
