import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Direction } from '../../lib/crypto/direction.ts';
import type { Cell } from '../../lib/base/cell.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { type ElementFacts, elementKey, elementMethod } from '../support/element-method.ts';
import { ALPHABETS, FOLDING, range, type ReferenceElement, referenceToken } from '../support/token-reference.ts';

/** The alphabet of a type, as ranges for the policy and as characters for the reference. */
interface Kind {
  readonly type: string;
  readonly ranges?: readonly string[];
  readonly alphabet: readonly string[];
}

const own = (...ranges: readonly [string, string][]): Kind => ({
  type: 'unicode',
  ranges: ranges.map(([first, last]) => `${hex(first)}-${hex(last)}`),
  alphabet: ranges.flatMap(([first, last]) => range(first, last)),
});
const hex = (character: string): string => character.codePointAt(0)!.toString(16).padStart(4, '0');

const KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(Object.entries(ALPHABETS).map(([type, alphabet]) => [type, { type, alphabet }])),
  'two characters': own(['a', 'b']),
  'Greek and Hebrew': own(['Α', 'ω'], ['א', 'ת']),
  'combining marks': own(['a', 'e'], ['\u0300', '\u0310']),
  'either side of the surrogates': own(['\ud7f0', '\ud7ff'], ['\ue000', '\ue00f']),
  'last of the BMP and first beyond': own(['\ufff0', '\u{1000f}']),
  'BMP and emoji': own(['0', '9'], ['😀', '😏']),
  'only beyond the BMP': own(['\u{20000}', '\u{2001f}']),
  'up to 3FFFF': own(['a', 'c'], ['\u{3fff0}', '\u{3ffff}']),
  '41,000 characters': own(['一', '龥'], ['가', '힣'], ['\u{20000}', '\u{22357}']),
};
const kindNames = Object.keys(KINDS);

/**
 * Never part of a symbol here, and never refused: controls, combining marks, surrogates without their other half. Two of
 * them that meet are no letter either.
 */
const ODD = [
  '\0',
  '-',
  ' ',
  '\n',
  '\u0301',
  '\u202e',
  '\ufeff',
  '\u{1f469}\u200d\u{1f680}',
  '\udbbf',
  '\udbff',
  '\udc00',
  '\udfff',
  '\u{10ffff}',
  '\x7f',
];

/** Letters and digits that most of these alphabets do not hold: an accent, right-to-left letters, digits, Han. */
const FOREIGN = ['é', '\u05d0', '\u0627', '٣', '½', '\u{20bb7}', '\u{1d4d0}'];

const text = ({ alphabet }: Kind, max = 12, foreign = 0): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 60, arbitrary: fc.nat(alphabet.length - 1).map((i) => alphabet[i]!) },
        { weight: 10, arbitrary: fc.constantFrom('a', 'z', '0', 'Q', '~') },
        { weight: 20, arbitrary: fc.constantFrom(...ODD) },
        { weight: foreign, arbitrary: fc.constantFrom(...FOREIGN) },
      ),
      { maxLength: max, size: 'max' },
    )
    .map((parts) => parts.join(''));

const columnOf = (kind: Kind, max?: number, foreign?: number): fc.Arbitrary<Cell[]> =>
  fc.array(
    fc.oneof({ weight: 9, arbitrary: text(kind, max, foreign) }, { weight: 1, arbitrary: fc.constantFrom(null, '') }),
    {
      maxLength: 12,
    },
  );

/** The least number of symbols for that many values. */
function symbolsFor(values: number, radix: number): number {
  return Math.max(2, Array.from({ length: 30 }, (_, n) => n).find((n) => radix ** n >= values)!);
}

const clearPart = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 }), fc.constantFrom(20, 4096));

interface Case {
  readonly kind: Kind;
  readonly facts: ElementFacts & { readonly fromLeft: number; readonly fromRight: number };
  readonly column: Cell[];
  readonly iv: string;
}

const cases: fc.Arbitrary<Case> = fc.constantFrom(...kindNames).chain((name) => {
  const kind = KINDS[name]!;
  const facts = fc.record({
    type: fc.constant(kind.type),
    ranges: fc.constant(kind.ranges),
    fromLeft: clearPart,
    fromRight: clearPart,
    shortData: fc.constantFrom('as-is' as const, 'as-is' as const, 'error' as const),
    minLength: fc.constantFrom(undefined, symbolsFor(100, kind.alphabet.length)),
  });
  const iv = fc.oneof(fc.constant(''), fc.string({ maxLength: 3 }), fc.string({ minLength: 30, maxLength: 60 }));
  return fc.record({ kind: fc.constant(kind), facts, column: columnOf(kind, 30, 1), iv });
});

function referenceElement({ kind, facts }: Case): ReferenceElement {
  const radix = kind.alphabet.length;
  return {
    alphabet: kind.alphabet,
    foldsCase: FOLDING.has(kind.type),
    fromLeft: facts.fromLeft,
    fromRight: facts.fromRight,
    minLength: facts.minLength ?? symbolsFor(1_000_000, radix),
    maxLength: facts.maxLength ?? 4096,
    shortData: facts.shortData ?? 'as-is',
    key: elementKey(),
  };
}

/**
 * The answer the reference gives for a column: its cells and the weak ones among them, or which row is refused and why.
 */
function expected(given: Case, direction: Direction): unknown {
  const element = referenceElement(given);
  const column: Cell[] = [];
  let weakCount = 0;
  let clearCount = 0;
  for (const [row, cell] of given.column.entries()) {
    if (typeof cell !== 'string') column.push(cell);
    else {
      const token = referenceToken(element, direction, cell, given.iv);
      if ('code' in token) return { code: token.code, row };
      column.push(token.text);
      if (token.symbols > 0 && element.alphabet.length ** token.symbols < 1_000_000) weakCount++;
      if (token.symbols === 0 && cell !== '') clearCount++;
    }
  }
  return { column, weakCount, clearCount };
}

/** The answer of the product, in the same form. */
function answer(method: Method, direction: Direction, column: readonly Cell[], iv: string): unknown {
  try {
    return direction === 'encrypt' ? method.protect(column, iv) : method.unprotect(column, iv);
  } catch (error) {
    const { code, row } = error as { code: string; row: number };
    return { code, row };
  }
}

const protect = (method: Method, column: readonly Cell[], iv?: string): readonly Cell[] =>
  method.protect(column, iv).column;
const methodOf = ({ type, ranges }: Kind, facts: Partial<ElementFacts> = {}): Method =>
  elementMethod({ type, ranges, ...facts });

test('a column agrees with the reference value by value, in both directions, refusals included', () => {
  const seen = { tokens: 0, short: 0, weak: 0, outside: 0 };
  fc.assert(
    fc.property(cases, (given) => {
      const method = elementMethod(given.facts);
      for (const direction of ['encrypt', 'decrypt'] as const) {
        const right = expected(given, direction) as { code?: string; weakCount?: number };
        expect(answer(method, direction, given.column, given.iv)).toEqual(right);
        if (right.code === 'INPUT_TOO_SHORT') seen.short++;
        else if (right.code === undefined) seen.tokens++;
        else seen.outside++;
        if ((right.weakCount ?? 0) > 0) seen.weak++;
      }
    }),
    { numRuns: 600 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
});

describe.each(kindNames)('tokens of %s', (name) => {
  const kind = KINDS[name]!;
  const symbols = new Set(kind.alphabet);
  const folds = FOLDING.has(kind.type);
  const fold = (value: string): string => (folds ? value.replaceAll(/[a-z]/g, (c) => c.toUpperCase()) : value);
  /** Folds what becomes a token; a letter outside the alphabet stays as it is. */
  const foldSymbols = (value: string): string =>
    Array.from(value, (c) => (symbols.has(fold(c)) ? fold(c) : c)).join('');
  const isLong = (value: string): boolean =>
    Array.from(fold(value)).filter((c) => symbols.has(c)).length >= symbolsFor(1e6, symbols.size);
  // Of a value that is too short, and of NULL, nothing may change; of the others, symbols become symbols.
  const shape = (cell: Cell): Cell =>
    typeof cell === 'string' && isLong(cell)
      ? Array.from(cell, (c) => (symbols.has(fold(c)) ? 'a symbol' : c)).join()
      : cell;
  const method = methodOf(kind);

  test('come back, keep their length, and keep other characters in place', () => {
    let changed = 0;
    fc.assert(
      fc.property(columnOf(kind, 40), fc.constantFrom(undefined, 'iv'), (column, iv) => {
        const tokens = protect(method, column, iv);
        expect(tokens.map(shape)).toEqual(column.map(shape));
        const cleartext = column.map((cell) => (typeof cell === 'string' && isLong(cell) ? foldSymbols(cell) : cell));
        expect(method.unprotect(tokens, iv).column).toEqual(cleartext);
        changed += tokens.filter((token, row) => token !== cleartext[row]).length;
      }),
      { numRuns: 40 },
    );
    expect(changed).toBeGreaterThan(20);
  });

  test('do not depend on other rows, their order, or the cut of the column', () => {
    const given = fc.record({
      column: columnOf(kind, 25),
      others: columnOf(kind, 25),
      cuts: fc.array(fc.nat(12), { maxLength: 3 }),
      order: fc.infiniteStream(fc.nat(1_000_000)),
      fromLeft: fc.constantFrom(0, 2),
    });
    const methods = [method, methodOf(kind, { fromLeft: 2 })] as const;
    fc.assert(
      fc.property(given, ({ column, others, cuts, order, fromLeft }) => {
        const of = methods[fromLeft === 0 ? 0 : 1];
        const tokens = protect(of, column);
        const alone = column.map((cell) => protect(of, [cell])[0]);
        expect(tokens).toEqual(alone);
        const borders = [
          0,
          ...cuts.map((cut) => Math.min(cut, column.length)).toSorted((a, b) => a - b),
          column.length,
        ];
        const parts = borders.slice(1).flatMap((to, i) => protect(of, column.slice(borders[i], to)));
        expect(parts).toEqual(tokens);
        const among = protect(of, [...others, ...column, ...others, ...column]);
        expect(among.slice(others.length, others.length + column.length)).toEqual(tokens);
        expect(among.slice(2 * others.length + column.length)).toEqual(tokens);
        const ranks = column.map((_, row) => [order.next().value as number, row] as const);
        const shuffled = ranks.toSorted((a, b) => a[0] - b[0]).map(([, row]) => row);
        expect(
          protect(
            of,
            shuffled.map((row) => column[row]!),
          ),
        ).toEqual(shuffled.map((row) => tokens[row]));
      }),
      { numRuns: 25 },
    );
  });

  test('differ for different values', () => {
    const length = symbolsFor(1e6, kind.alphabet.length);
    const last = kind.alphabet.at(-1)!;
    const values = kind.alphabet.slice(0, 300).map((c) => c + last.repeat(length - 1));
    expect(new Set(protect(method, values)).size).toBe(values.length);
  });
});

/** The texts of a column without as many units at either end as these have. */
const inner = (column: readonly Cell[], left: string, right: string): string[] =>
  column.map((cell) => (cell as string).slice(left.length, (cell as string).length - right.length));

/** 500 different values of ten digits. */
const DIGITS = Array.from({ length: 500 }, (_, i) => String(i * 7_654_321 + 1_000_000_000).slice(0, 10));
const NUMERIC: Kind = KINDS['numeric']!;
const sameRows = (one: readonly Cell[], other: readonly Cell[]): number =>
  one.filter((cell, row) => cell === other[row]).length;

describe('a token depends on', () => {
  const method = methodOf(NUMERIC);
  const tokens = protect(method, DIGITS);

  test('the id of the element', () => {
    const other = methodOf(NUMERIC, { id: '0a4e7a52-5f0c-4a7e-9d0e-6f3a1b2c3d4f' });
    expect(sameRows(tokens, protect(other, DIGITS))).toBe(0);
  });

  test('not the name or the limits of the element', () => {
    const other = methodOf(NUMERIC, { shortData: 'error', minLength: 3, maxLength: 20, externalIV: false });
    expect(protect(other, DIGITS)).toEqual(tokens);
  });

  test('the external IV, where an absent one is the empty one', () => {
    const ivs = [
      '',
      'a',
      'b',
      'a\0',
      'A',
      'é',
      'x'.repeat(33),
      'x'.repeat(34),
      'x'.repeat(35),
      'x'.repeat(256),
      '😀'.repeat(64),
    ];
    const all = ivs.map((iv) => protect(method, DIGITS, iv));
    expect(all[0]).toEqual(tokens);
    expect(new Set(all.flat()).size).toBeGreaterThan(ivs.length * DIGITS.length - 5);
    for (const [i, iv] of ivs.entries()) expect(method.unprotect(all[i]!, iv).column).toEqual(DIGITS);
    expect(sameRows(method.unprotect(all[1]!, 'b').column, DIGITS)).toBe(0);
  });

  test.each([
    ['ASCII', 'ab', 'yz'],
    ['33 bytes and more', 'l'.repeat(40), 'r'.repeat(40)],
    ['beyond ASCII', 'éé', '中中'],
    ['beyond the BMP', '😀😀', '𠀀𠀀'],
  ])('the clear parts: %s', (_what, left, right) => {
    const other = methodOf(NUMERIC, { fromLeft: Array.from(left).length, fromRight: Array.from(right).length });
    const around = (l: string, r: string): readonly Cell[] =>
      protect(
        other,
        DIGITS.map((digits) => l + digits + r),
      );
    const both = inner(around(left, right), left, right);
    const swapped = inner(around(right, left), right, left);
    expect(
      around(left, right).every((cell) => (cell as string).startsWith(left) && (cell as string).endsWith(right)),
    ).toBe(true);
    expect(sameRows(both, swapped)).toBe(0);
    expect(sameRows(both, tokens)).toBe(0);
  });

  test('not the delimiters between the symbols', () => {
    const dashed = DIGITS.map((digits) => `${digits.slice(0, 3)}-\0${digits.slice(3, 5)}😀${digits.slice(5)}`);
    expect(protect(method, dashed).map((cell) => (cell as string).replaceAll(/\D/gu, ''))).toEqual(tokens);
  });
});

describe('case', () => {
  test.each(['upper-case-alpha', 'upper-case-alpha-numeric'])(
    '%s takes a lower-case letter as its upper-case one',
    (type) => {
      const method = elementMethod({ type });
      const [upper, lower, mixed] = protect(method, ['HELLO WORLD', 'hello world', 'Hello World']);
      expect([lower, mixed]).toEqual([upper, upper]);
      expect(upper).toMatch(/^[A-Z0-9]{5} [A-Z0-9]{5}$/);
      expect(method.unprotect([lower!, mixed!.toString().toLowerCase()], undefined).column).toEqual([
        'HELLO WORLD',
        'HELLO WORLD',
      ]);
      expect(protect(method, ['ab', '·'])).toEqual(['ab', '·']);
    },
  );

  test('clear parts keep their case', () => {
    const [token] = protect(elementMethod({ type: 'upper-case-alpha', fromLeft: 2, fromRight: 2 }), ['abhelloworldyz']);
    expect(token).toMatch(/^ab[A-Z]{10}yz$/);
  });

  test.each(['alpha', 'alpha-numeric', 'lower-ascii', 'printable'])('%s distinguishes upper and lower case', (type) => {
    const [upper, lower] = protect(elementMethod({ type }), ['HELLO', 'hello']);
    expect(upper).not.toBe(lower);
  });
});

describe('short data', () => {
  test.each<[string, Partial<ElementFacts>, string]>([
    ['too few symbols', {}, '12345'],
    ['no symbol at all', {}, '-- --'],
    ['signs that are not the alphabet’s', {}, '∞∞∞∞∞∞∞∞'],
    ['clear parts that leave too few', { fromLeft: 3, fromRight: 3 }, '12345678901'],
    ['clear parts larger than the value', { fromLeft: 10, fromRight: 10 }, '12345678'],
    ['a left part larger than the value', { fromLeft: 4096 }, '1234567890'],
    ['a right part larger than the value', { fromRight: 4096 }, '1234567890'],
    ['fewer than the least number', { minLength: 8 }, '1234567'],
  ])('%s: is refused with the row, or unchanged, in both directions', (_what, facts, short) => {
    const column = ['a'.repeat(20) + '1234567890' + 'b'.repeat(20), null, '', short, short];
    const refuse = elementMethod({ type: 'numeric', ...facts, fromLeft: facts.fromLeft ?? 0, shortData: 'error' });
    const leave = elementMethod({ type: 'numeric', ...facts, fromLeft: facts.fromLeft ?? 0, shortData: 'as-is' });
    const long = (facts.fromLeft ?? 0) + (facts.fromRight ?? 0) < 100 ? column : column.slice(1);
    const row = long.indexOf(short);
    for (const direction of ['encrypt', 'decrypt'] as const) {
      expect(answer(refuse, direction, long, '')).toEqual({ code: 'INPUT_TOO_SHORT', row });
      expect(answer(leave, direction, long, '')).toMatchObject({ weakCount: 0 });
    }
    expect(protect(leave, long).slice(-4)).toEqual([null, '', short, short]);
  });

  test('NULL and the empty text are never short', () => {
    const column = [null, '', null];
    expect(elementMethod({ type: 'numeric', shortData: 'error' }).protect(column, 'iv')).toEqual({
      column,
      weakCount: 0,
      clearCount: 0,
    });
    expect(elementMethod({ type: 'numeric', shortData: 'error' }).protect([], undefined)).toEqual({
      column: [],
      weakCount: 0,
      clearCount: 0,
    });
  });

  test('values that only a lowered limit admits are counted as weak', () => {
    const method = elementMethod({ type: 'numeric', minLength: 2 });
    const column = ['12', '1', '12345', '123456', null, '1-2-3'];
    const { column: tokens, weakCount } = method.protect(column, undefined);
    expect(weakCount).toBe(3);
    expect(method.unprotect(tokens, undefined)).toEqual({ column, weakCount: 3, clearCount: 1 });
  });
});

describe('halves of a surrogate pair', () => {
  const symbols = 'abcd'.repeat(6);
  const pieces = ['\ud800', '\udc00', `\ud800${symbols}`, `\udc00${symbols}`, `${symbols}\ud800`, `${symbols}\udc00`];
  const column = [...pieces.flatMap((one) => pieces.flatMap((other) => [one, other])), null, ...pieces, '', ...pieces];

  test.each<[string, Partial<ElementFacts>]>([
    ['nothing clear', {}],
    ['one character clear on the left', { fromLeft: 1 }],
    ['one character clear on the right', { fromRight: 1 }],
    ['two clear on either side', { fromLeft: 2, fromRight: 2 }],
    ['more clear than there is', { fromLeft: 100, fromRight: 100 }],
  ])('in two rows are two delimiters, not one character: %s', (_what, facts) => {
    for (const kind of [own(['a', 'd'], ['\u{10000}', '\u{10003}']), own(['a', 'd'])]) {
      const method = methodOf(kind, facts);
      const tokens = protect(method, column);
      expect(tokens).toEqual(column.map((cell) => protect(method, [cell])[0]));
      expect(method.unprotect(tokens, undefined).column).toEqual(column);
    }
  });
});

describe('a column is refused whole', () => {
  test.each([['decrypt' as const], ['encrypt' as const]])(
    'for a value of more symbols than the element takes: %s',
    (direction) => {
      const method = elementMethod({ type: 'numeric', maxLength: 10 });
      const column = ['1234567890', null, '12345678901', '123456789012'];
      expect(answer(method, direction, column, '')).toEqual({ code: 'INPUT_TOO_LONG', row: 2 });
      expect(answer(elementMethod({ type: 'numeric' }), direction, ['1'.repeat(4097)], '')).toEqual({
        code: 'INPUT_TOO_LONG',
        row: 0,
      });
      expect(answer(elementMethod({ type: 'numeric' }), direction, ['1'.repeat(4096)], '')).toMatchObject({
        weakCount: 0,
        clearCount: 0,
      });
    },
  );

  test.each<[string, unknown]>([
    ['a number', 1_234_567_890],
    ['true', true],
    ['an object', {}],
    ['nothing', undefined],
  ])('for %s among texts', (_what, cell) => {
    const method = elementMethod({ type: 'numeric' });
    for (const direction of ['encrypt', 'decrypt'] as const) {
      const column = ['1234567890', null, cell as Cell, false];
      expect(answer(method, direction, column, '')).toEqual({ code: 'WRONG_DATATYPE', row: 2 });
    }
  });

  test.each([['x'.repeat(257)], ['é'.repeat(129)], ['😀'.repeat(65)]])('for an IV of more than 256 bytes', (iv) => {
    const method = elementMethod({ type: 'numeric' });
    for (const direction of ['encrypt', 'decrypt'] as const) {
      expect(answer(method, direction, ['1234567890'], iv)).toEqual({ code: 'IV_TOO_LONG', row: undefined });
    }
  });

  test('for an IV that the element does not take, but not for an empty one', () => {
    const method = elementMethod({ type: 'numeric', externalIV: false });
    for (const direction of ['encrypt', 'decrypt'] as const) {
      expect(answer(method, direction, ['1234567890'], 'i')).toEqual({ code: 'IV_NOT_ALLOWED', row: undefined });
      expect(answer(method, direction, ['1234567890'], '')).toMatchObject({ weakCount: 0 });
    }
  });

  test('and leaves no trace in the answer to the next one', () => {
    const method = elementMethod({ type: 'numeric', fromRight: 4, shortData: 'error' });
    const tokens = protect(
      method,
      DIGITS.map((digits) => `${digits}1234`),
    );
    expect(() => protect(method, [...DIGITS, 'short'])).toThrow(expect.objectContaining({ code: 'INPUT_TOO_SHORT' }));
    expect(
      protect(
        method,
        DIGITS.map((digits) => `${digits}1234`),
      ),
    ).toEqual(tokens);
  });
});

test('a method leaves its input column unchanged', () => {
  const column = Object.freeze([...DIGITS, null, '']);
  const copy = [...column];
  protect(methodOf(NUMERIC), column);
  expect(column).toEqual(copy);
});
