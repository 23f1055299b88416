// Checks one batch: it is refused with a documented code for a row that is refused alone too, or its column comes back.

import type { ElementDefinition } from '../../lib/policy/schema.ts';
import type { Cell, Column } from '../../lib/base/cell.ts';
import type { ColumnResult } from '../../lib/protect/methods/method.ts';
import { type RefusalCode, RefusedError } from '../../lib/protect/refusal.ts';
import { FOLDING } from '../support/token-reference.ts';
import { type FuzzElement, normalizes } from './elements.ts';

export type Direction = 'protect' | 'unprotect';

/** Codes with which a method may refuse a value or an IV: refusal.ts without those of policies, services and requests. */
const OUTSIDE_CODES: ReadonlySet<RefusalCode> = new Set([
  'LETTERS_OUTSIDE',
  'DIGITS_OUTSIDE',
  'DIGITS_OF_ANOTHER_SCRIPT',
] as const);
const VALUE_CODES: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  ...(['INTEGRITY_FAILED', 'OUT_OF_LIMITS', 'INDICATOR_BEYOND_DATA', 'INPUT_TOO_SHORT', 'INPUT_TOO_LONG'] as const),
  ...([
    'BAD_HEX',
    'WRONG_DATATYPE',
    'CONTENT_INVALID',
    'UNICODE_INVALID',
    'NOT_NORMALIZED',
    'NO_STABLE_TOKEN',
    'UNSAFE_NUMBER',
    'NUMBER_UNFIT',
  ] as const),
  ...(['DATE_FORMAT', 'DATE_INPUT', 'TIME_FORMAT', 'EMAIL_INVALID', 'DECIMAL_INVALID', 'CARD_INVALID'] as const),
  ...(['LUHN_MUST_BE_VALID', 'LUHN_MUST_BE_INVALID', 'CARD_TYPE_MUST_BE_VALID', 'CARD_TYPE_MUST_BE_INVALID'] as const),
  ...OUTSIDE_CODES,
  ...(['INDICATOR_INVALID', 'INTEGER_INVALID', 'INTEGER_2_RANGE', 'INTEGER_4_RANGE', 'INTEGER_8_RANGE'] as const),
]);
const BATCH_CODES: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'TWEAK_MISSING',
  'TWEAK_TOO_LONG',
  'TWEAK_UNSUPPORTED',
  'IV_TOO_LONG',
  'IV_NOT_ALLOWED',
  'HMAC_MISUSED',
] as const);

/** A batch that takes longer hangs, as far as anyone waiting for it can tell. */
const MOST_MS = 10_000;

/** The first thing that is wrong, with everything needed to see it again. */
export class Finding extends Error {
  constructor(what: string, { definition }: FuzzElement, direction: Direction, iv: string | undefined, cells: Column) {
    const shown = cells.map(describeCell).join(', ');
    super(`${what}\n  element ${JSON.stringify(definition)}\n  ${direction}, IV ${describeCell(iv)}\n  input ${shown}`);
  }
}

/** A cell in ASCII. */
export function describeCell(cell: Cell | undefined): string {
  if (typeof cell !== 'string') return Object.is(cell, -0) ? '-0' : String(cell);
  const json = JSON.stringify(cell);
  const ascii = json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return ascii.length <= 600 ? ascii : `${ascii.slice(0, 600)}… (${cell.length} units)`;
}

export interface Outcome {
  /** Values, not NULL or empty, that came back. */
  trips: number;
  readonly refusals: RefusalCode[];
  /** What the accepted values became, for later batches. */
  readonly results: Cell[];
}

/** Throws `Finding`. */
export function checkBatch(
  element: FuzzElement,
  direction: Direction,
  column: Column,
  iv: string | undefined,
): Outcome {
  const outcome: Outcome = { trips: 0, refusals: [], results: [] };
  const whole = attempt(element, direction, column, iv);
  if (Array.isArray(whole)) {
    checkBack(element, direction, column, whole, iv, outcome);
    return outcome;
  }
  const { code, row } = whole;
  if (row === undefined) {
    if (!BATCH_CODES.has(code)) throw new Finding(`${code} without a row`, element, direction, iv, column);
    for (const _ of column) outcome.refusals.push(code);
    return outcome;
  }
  const accepted: Cell[] = [];
  const results: Cell[] = [];
  for (let i = 0; i < column.length; i++) {
    const alone = attempt(element, direction, [column[i]!], iv);
    if (Array.isArray(alone)) {
      accepted.push(column[i]!);
      results.push(alone[0]!);
    } else outcome.refusals.push(alone.code);
    if (i === row && (Array.isArray(alone) || alone.code !== code)) {
      const what = `${code} names row ${row}, which alone is ${Array.isArray(alone) ? 'accepted' : alone.code}`;
      throw new Finding(what, element, direction, iv, column);
    }
  }
  if (accepted.length === 0) return outcome;
  const again = attempt(element, direction, accepted, iv);
  if (!Array.isArray(again)) throw new Finding(`${again.code} only together`, element, direction, iv, accepted);
  if (element.definition.type !== 'aes-256-gcm') expectSame(element, direction, accepted, again, results, iv);
  checkBack(element, direction, accepted, results, iv, outcome);
  return outcome;
}

/** The column, or the refusal. */
function attempt(
  element: FuzzElement,
  direction: Direction,
  column: Column,
  iv: string | undefined,
): Cell[] | RefusedError {
  const given = [...column];
  const from = performance.now();
  const answer = answerOf(element, direction, column, iv);
  const ms = performance.now() - from;
  if (ms > MOST_MS) throw new Finding(`takes ${ms.toFixed(0)} ms`, element, direction, iv, column);
  if (!given.every((cell, i) => Object.is(cell, column[i]))) {
    throw new Finding('input changed', element, direction, iv, given);
  }
  if (!(answer instanceof RefusedError)) {
    checkResult(element, direction, column, iv, answer);
    return [...answer.column];
  }
  const { code, row } = answer;
  const known = row === undefined ? BATCH_CODES.has(code) : VALUE_CODES.has(code);
  if (!known) throw new Finding(`undocumented ${code}, row ${row}`, element, direction, iv, column);
  if (row !== undefined && !(Number.isInteger(row) && row >= 0 && row < column.length)) {
    throw new Finding(`${code} names row ${row} of ${column.length}`, element, direction, iv, column);
  }
  return answer;
}

function answerOf(
  element: FuzzElement,
  direction: Direction,
  column: Column,
  iv: string | undefined,
): ColumnResult | RefusedError {
  try {
    return element.method[direction](column, iv);
  } catch (error) {
    if (error instanceof RefusedError) return error;
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Finding(`no refusal but ${what}`, element, direction, iv, column);
  }
}

function checkResult(
  element: FuzzElement,
  direction: Direction,
  column: Column,
  iv: string | undefined,
  result: ColumnResult,
): void {
  if (result.column.length !== column.length) throw new Finding('other number of rows', element, direction, iv, column);
  if (!(result.weakCount >= 0 && result.weakCount <= column.length)) {
    throw new Finding(`${result.weakCount} weak of ${column.length}`, element, direction, iv, column);
  }
  for (let i = 0; i < column.length; i++) {
    const from = column[i]!;
    const to = result.column[i]!;
    const kept = from === null || from === '' ? to === from : typeof to === typeof from && to !== '';
    if (!kept) throw new Finding(`became ${describeCell(to)}`, element, direction, iv, [from]);
  }
}

/** Brings the results back, together, and compares. */
function checkBack(
  element: FuzzElement,
  direction: Direction,
  column: Column,
  results: Cell[],
  iv: string | undefined,
  outcome: Outcome,
): void {
  const { definition } = element;
  outcome.results.push(...results);
  outcome.trips += column.filter((cell) => cell !== null && cell !== '').length;
  if (definition.type === 'hmac-sha256') {
    const again = attempt(element, 'protect', column, iv) as Cell[];
    expectSame(element, direction, column, again, results, iv);
    const bad = results.findIndex(
      (digest) => digest !== null && digest !== '' && !/^[0-9a-f]{64}$/.test(String(digest)),
    );
    if (bad >= 0) throw new Finding(`digest ${describeCell(results[bad])}`, element, direction, iv, [column[bad]!]);
    return;
  }
  const back = direction === 'protect' ? 'unprotect' : 'protect';
  const there = attempt(element, back, results, iv);
  if (!Array.isArray(there)) {
    const { code, row = 0 } = there;
    // Earlier releases left letters of other scripts clear: their tokens are read, and new ones are not written.
    if (direction === 'unprotect' && OUTSIDE_CODES.has(code)) return;
    const what = `became ${describeCell(results[row])}, which ${back} refuses: ${code}`;
    throw new Finding(what, element, direction, iv, [column[row]!]);
  }
  if (direction === 'unprotect' && hasManyTokens(definition)) {
    const opened = attempt(element, 'unprotect', there, iv);
    if (!Array.isArray(opened)) throw new Finding(`${opened.code} after sealing`, element, 'unprotect', iv, there);
    expectSame(element, 'protect', results, opened, results, iv);
    return;
  }
  const wrong = column.findIndex((cell, i) => !comesBack(definition, direction, cell, there[i]!));
  if (wrong < 0) return;
  const what = `became ${describeCell(results[wrong])}, and that ${describeCell(there[wrong])}`;
  throw new Finding(what, element, direction, iv, [column[wrong]!]);
}

function expectSame(
  element: FuzzElement,
  direction: Direction,
  column: Column,
  actual: readonly Cell[],
  expected: readonly Cell[],
  iv: string | undefined,
): void {
  const wrong = expected.findIndex((cell, i) => !Object.is(cell, actual[i]));
  if (wrong < 0) return;
  const what = `row ${wrong} is ${describeCell(actual[wrong])} now and was ${describeCell(expected[wrong])}`;
  throw new Finding(what, element, direction, iv, column);
}

/**
 * Whether several texts unprotect to one value: ciphertexts with other nonces, and longer tokens with a delimiter among the
 * symbols that a value has not, which are put in front of all delimiters.
 */
function hasManyTokens(definition: ElementDefinition): boolean {
  return definition.type === 'aes-256-gcm' || ('preserveLength' in definition && !definition.preserveLength);
}

/** What an element may make of a letter; undefined if letters keep their case. */
function foldOf(definition: ElementDefinition): ((letter: string) => string) | undefined {
  if (FOLDING.has(definition.type)) return (letter) => letter.replace(/[a-z]/, (a) => a.toUpperCase());
  if (definition.type !== 'email' || definition.letterCase === 'keep') return undefined;
  return (letter) => letter.replace(/[A-Z]/, (a) => a.toLowerCase());
}

/** Equal but for what is documented: elements that fold case, and hexadecimal text, which comes back in lower case. */
function comesBack(definition: ElementDefinition, direction: Direction, cell: Cell, back: Cell): boolean {
  const { type } = definition;
  if (Object.is(cell, back)) return true;
  if (normalizes(definition)) return typeof cell === 'string' && back === cell.normalize('NFC');
  if (typeof cell !== 'string' || typeof back !== 'string' || cell.length !== back.length) return false;
  const hex = type === 'binary' || (type === 'aes-256-siv' && direction === 'unprotect');
  if (hex) return /^[0-9A-Fa-f]+$/.test(cell) && back === cell.toLowerCase();
  const fold = foldOf(definition);
  if (fold === undefined) return false;
  for (let i = 0; i < cell.length; i++) if (back[i] !== cell[i] && back[i] !== fold(cell[i]!)) return false;
  return true;
}
