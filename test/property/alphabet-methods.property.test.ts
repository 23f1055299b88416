// For every element and every text: a documented refusal with its row, or a token of the right form that
// unprotects to the value.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { alphabetCodePoints, fixedCodePoints, type FixedAlphabetType } from '../../lib/policy/alphabet.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { ELEMENT_ID, methodOf, refusalOf, type Written } from '../support/alphabet-methods.ts';
import { FOLDING } from '../support/token-reference.ts';

const ALPHABETS = [
  { name: 'two', include: [], ranges: ['0030-0031'] },
  { name: 'emoji', include: ['latin extended'], ranges: ['1F600-1F64F', '20000-2A6DF'] },
];
const TYPES =
  'numeric|alpha|upper-case-alpha|alpha-numeric|upper-case-alpha-numeric|lower-ascii|printable|email|fpe-numeric|fpe-alpha|' +
  'fpe-alpha-numeric|fpe-latin1-alpha|fpe-latin1-alpha-numeric|' +
  'unicode letters|unicode letters and digits|unicode two|unicode emoji|unicode thai';

/** Type and options of an element, and the symbols it tokenizes. */
interface Given {
  readonly written: Written;
  readonly symbols: readonly string[];
  readonly iv: string | undefined;
}

const known = new Map<string, readonly string[]>();

function symbolsOf(type: string, alphabet: string): readonly string[] {
  let symbols = known.get(`${type} ${alphabet}`);
  if (symbols === undefined) {
    const points =
      type === 'unicode' ? alphabetCodePoints(alphabet, ALPHABETS) : fixedCodePoints(type as FixedAlphabetType);
    symbols = Array.from(points, (point) => String.fromCodePoint(point));
    known.set(`${type} ${alphabet}`, symbols);
  }
  return symbols;
}

const methods = new Map<string, Method>();

function methodFor(written: Written): Method {
  const name = JSON.stringify(written);
  const method = methods.get(name) ?? methodOf(written, ALPHABETS);
  methods.set(name, method);
  return method;
}

const given: fc.Arbitrary<Given> = fc
  .record({
    type: fc.constantFrom(...TYPES.split('|')),
    fromLeft: fc.nat({ max: 3 }),
    fromRight: fc.nat({ max: 3 }),
    shortData: fc.constantFrom('error', 'as-is', 'weak-token'),
    preserveLength: fc.boolean(),
    special: fc.constantFrom('leadingZero', 'preservePosition', 'preserveCase', undefined),
    iv: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined }),
  })
  .map(({ type: named, iv, special, ...options }) => {
    const [type, ...alphabet] = named.split(' ') as [string, ...string[]];
    const name = alphabet.join(' ');
    const symbols = symbolsOf(type, name);
    return { written: { type, ...optionsOf(type, name, options, special) }, symbols, iv };
  });

function optionsOf(
  type: string,
  alphabet: string,
  {
    shortData,
    preserveLength,
    ...clear
  }: { shortData: string; preserveLength: boolean; fromLeft: number; fromRight: number },
  special: string | undefined,
): object {
  if (type.startsWith('fpe-'))
    return { ...clear, shortData: shortData === 'error' ? 'error' : 'as-is', tweakInput: 'argument' };
  if (type === 'email') return { shortData, preserveLength };
  if (type === 'unicode') return { ...clear, shortData, preserveLength, alphabet };
  if (type === 'numeric' && special === 'leadingZero') return { ...clear, shortData, leadingZero: 'preserve' };
  if (type === 'alpha-numeric' && special?.startsWith('preserve')) return { shortData, [special]: true };
  return { ...clear, shortData, preserveLength };
}

const ODD = [
  '-',
  ' ',
  '@',
  '.',
  'é',
  'e\u0301',
  '\u0000',
  '\u202e',
  '\ufeff',
  '\ud800',
  '\udc00',
  '😀',
  '\u{10ffff}',
  '字',
  'ß',
];

/** Texts of symbols, of anything, and of both; addresses with them. */
function textOf(symbols: readonly string[], type: string): fc.Arbitrary<string> {
  const symbol = fc.nat({ max: symbols.length - 1 }).map((i) => symbols[i]!);
  const anything = fc.oneof(
    fc.constantFrom(...ODD),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  );
  const text = fc
    .array(fc.oneof({ weight: 5, arbitrary: symbol }, { weight: 1, arbitrary: anything }), { maxLength: 24 })
    .map((parts) => parts.join(''));
  return type === 'email' ? fc.tuple(text, fc.domain()).map((parts) => parts.join('@')) : text;
}

const tweakOf = ({ written, iv }: Given): string | undefined => (written.type.startsWith('fpe-') ? (iv ?? 'x') : iv);
const columns = given.chain((g) =>
  fc.tuple(
    fc.constant(g),
    fc.array(fc.option(textOf(g.symbols, g.written.type), { nil: null, freq: 10 }), { minLength: 1, maxLength: 12 }),
  ),
);
/** The rows that the element takes on their own. */
const taken = (g: Given, column: readonly (string | null)[]) =>
  column.filter((cell) => refusalOf(() => methodFor(g.written).protect([cell], tweakOf(g))) === 'not refused');

/** Folds lower-case letters if the element's alphabet has only upper-case ones. */
function folded(written: Written, cell: unknown): unknown {
  if (!FOLDING.has(written.type) || typeof cell !== 'string') return cell;
  return cell.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function symbolSet({ symbols }: Given): ReadonlySet<string> {
  const set = sets.get(symbols) ?? new Set(symbols);
  sets.set(symbols, set);
  return set;
}

/** The characters of a text that are no symbols, in order. */
function delimitersOf(g: Given, text: unknown): string {
  const symbols = symbolSet(g);
  return Array.from(String(folded(g.written, text)))
    .filter((character) => !symbols.has(character))
    .join('');
}

/** Compares without delimiters: a token whose delimiters were moved is still read, because they are no part of it. */
function bare(g: Given, cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  const symbols = symbolSet(g);
  return Array.from(cell)
    .filter((character) => symbols.has(character))
    .join('');
}

const lengthOf = (text: unknown): number => Array.from(String(text)).length;

describe('any column of texts', () => {
  test('comes back exactly', () => {
    let read = 0;
    fc.assert(
      fc.property(columns, ([g, column]) => {
        const method = methodFor(g.written);
        const rows = taken(g, column);
        const { column: tokens } = method.protect(rows, tweakOf(g));
        const { column: back } = method.unprotect(tokens, tweakOf(g));
        expect(back.map((cell) => folded(g.written, cell))).toEqual(rows.map((cell) => folded(g.written, cell)));
        read += rows.length;
      }),
      { numRuns: 700 },
    );
    expect(read).toBeGreaterThan(1000);
  });

  test('is refused as a whole for one value, whose row is named', () => {
    const codes = new Set<string>();
    const refused = columns.filter(([g, column]) => taken(g, column).length < column.length);
    fc.assert(
      fc.property(refused, ([g, column]) => {
        const refusal = refusalOf(() => methodFor(g.written).protect(column, tweakOf(g)));
        const { code, row } = refusal === 'not refused' ? { code: refusal, row: -1 } : refusal;
        codes.add(code);
        expect(taken(g, [column[row ?? -1] ?? null])).toEqual([]);
      }),
      // Of this seed, because chance alone would leave out a code now and then.
      { numRuns: 600, seed: 1 },
    );
    expect(codes).toEqual(new Set(['INPUT_TOO_SHORT', 'EMAIL_INVALID', 'LETTERS_OUTSIDE', 'DIGITS_OF_ANOTHER_SCRIPT']));
  });

  test('keeps NULL, the empty string and other characters, and grows only if its length is not preserved', () => {
    fc.assert(
      fc.property(columns, ([g, column]) => {
        const rows = taken(g, column);
        const { column: tokens } = methodFor(g.written).protect(rows, tweakOf(g));
        const most = g.written['preserveLength'] === false ? 20 : 0;
        const wrong = rows.filter((value, row) => {
          const token = tokens[row];
          if (value === null || value === '') return token !== value;
          const more = lengthOf(token) - lengthOf(value);
          return delimitersOf(g, token) !== delimitersOf(g, value) || more < 0 || more > most;
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('is refused by unprotect or gives values that protect to it, so that no value has two tokens', () => {
    let compared = 0;
    const cells = columns
      .filter(([g]) => !FOLDING.has(g.written.type))
      .map(([g, column]) => {
        const method = methodFor(g.written);
        const readable = column.filter(
          (cell) => refusalOf(() => method.unprotect([cell], tweakOf(g))) === 'not refused',
        );
        const pairs = readable.map(
          (cell) => [cell, method.unprotect([cell], tweakOf(g)).column[0]] as [string, string],
        );
        return [g, pairs.filter(([, value]) => taken(g, [value]).length > 0)] as const;
      });
    fc.assert(
      fc.property(cells, ([g, pairs]) => {
        compared += pairs.length;
        const again = methodFor(g.written).protect(
          pairs.map(([, value]) => value),
          tweakOf(g),
        ).column;
        expect(again.map((cell) => bare(g, cell))).toEqual(pairs.map(([cell]) => bare(g, cell)));
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  test('is transformed row by row, without an effect between rows', () => {
    fc.assert(
      fc.property(columns, ([g, column]) => {
        const method = methodFor(g.written);
        const rows = taken(g, column);
        const whole = method.protect(rows, tweakOf(g));
        const single = rows.map((cell) => method.protect([cell], tweakOf(g)));
        expect(whole.column).toEqual(single.map(({ column: [token] }) => token));
        expect(whole.weakCount).toBe(single.reduce((sum, { weakCount }) => sum + weakCount, 0));
      }),
      { numRuns: 300 },
    );
  });

  test('has other tokens under another element or another IV', () => {
    fc.assert(
      fc.property(given, fc.nat(), (g, seed) => {
        // Enough symbols of each kind that equal tokens are no accident.
        const letters = Array.from({ length: 62 }, (_, i) => g.symbols[(seed + i * 7) % g.symbols.length]!).join('');
        const value = g.written.type === 'email' ? `${letters}@x` : letters;
        const token = (written: Written, iv: string | undefined): unknown =>
          methodFor(written).protect([value], iv).column[0];
        const written = { shortData: 'error', ...g.written };
        const iv = tweakOf(g) ?? 'x';
        const other = { ...written, id: ELEMENT_ID.replace(/10$/, '77') };
        expect(new Set([token(written, iv), token(written, `${iv}2`), token(other, iv)]).size).toBe(3);
      }),
      { numRuns: 150 },
    );
  });
});
