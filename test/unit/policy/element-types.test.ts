import { describe, expect, test } from '@jest/globals';
import { alphabetFacts } from '../../../lib/policy/alphabet.ts';
import { traitsOf } from '../../../lib/policy/element-types.ts';
import type { AlphabetElement } from '../../../lib/policy/elements/alphabet.schema.ts';
import * as alphabets from '../../../lib/policy/elements/alphabet.ts';
import { leastCardDigits, strongCardDigits } from '../../../lib/policy/elements/card.ts';
import type { FpeElement } from '../../../lib/policy/elements/fpe.schema.ts';
import * as fpe from '../../../lib/policy/elements/fpe.ts';
import { type AlphabetDefinition } from '../../../lib/policy/elements/parts.ts';
import { type ElementDefinition, type ElementOf, elementSchema } from '../../../lib/policy/schema.ts';
import { Keyring } from '../../../lib/policy/keyring.ts';
import { type Method, unmetered } from '../../../lib/protect/methods/method.ts';
import { compileMethod } from '../../../lib/protect/methods/registry.ts';
import { refusalOf } from '../../support/alphabet-methods.ts';
import { KEYRING } from '../../support/policy.ts';

interface Written {
  readonly type: string;
  readonly [option: string]: unknown;
}

const ID = '00000000-0000-4000-8000-000000000001';
const ALPHABETS: readonly AlphabetDefinition[] = [
  { name: 'two', include: [], ranges: ['0041-0042'] },
  { name: 'many', include: [], ranges: ['10000-1FFFF'] },
];
const METHODS: Readonly<Record<string, string>> = { 'no-encryption': 'clear', monitor: 'clear', masking: 'clear' };
const WITHOUT_SHORT_DATA = ['integer', 'credit-card', 'date', 'datetime', 'decimal', 'binary', 'masking', 'monitor'];

/** Parses an element as a policy writes it, with the schema's defaults. */
function written(element: Written): ElementDefinition {
  const method = METHODS[element.type] ?? (element.type.startsWith('fpe-') ? 'fpe' : 'tokenization');
  const shortData = WITHOUT_SHORT_DATA.includes(element.type) ? {} : { shortData: 'error' };
  return elementSchema.parse({ id: ID, name: 'e', method, ...shortData, ...element });
}

function problemsOf(facts: Written) {
  const element = written(facts);
  return traitsOf(element).check(element, '$.e', ALPHABETS);
}

const at = (member: string, message: string) => ({ path: `$.e${member}`, message });

const FLOOR = (symbols: number) => `FF1 needs at least ${symbols} symbols of this alphabet`;
const REMEDY = '; shorter values need shortData weak-token';
const BELOW = at('.maxLength', 'it is below the minimum length');
const DATES = at('', 'distinguishable dates cannot keep a part in clear');
const DATE_LIMITS = 'it must be a date from 0600-01-01 to 3337-11-27';
const FEW_DATES = (dates: string) => at('.range', `it leaves ${dates} to choose from, and 100 are needed`);
const NO_RANGE = at('.range', 'distinguishable dates lie outside of every range');
const IS_TOKEN = at('.staysClear[1]', 'it may be the token of another date');
const ALONE = at('.alphabeticIndicator', 'it stands alone: no other card option beside it');
const FIRST = at('.fromLeft', 'it must be 0 where the first digit makes the card type invalid');
const NO_CARD = at('', 'card options go with creditCard only');
const NO_CLEAR_PARTS = at('', 'case and position preserving elements have no clear parts');
const NO_IV = at('.externalIV', 'it must be false: case and position preserving takes no IV');
const POSITIONS = at('.preserveLength', 'it must be true where positions are preserved');
const LEADING_ZERO = at('.leadingZero', 'it can be preserve only where preserveLength is true');
const NEVER_SHORT = at('.shortData', 'it must be error: a card number is never short');
const NOTHING_MASKED = at('.mask', 'it masks nothing: set fromLeft or fromRight');

const positions = { type: 'alpha-numeric', preservePosition: true, externalIV: false };
const capitals = { type: 'alpha-numeric', preserveCase: true, externalIV: false };
const fpeCard = { type: 'fpe-numeric', creditCard: true };
const mask = (mode: string, fromLeft: number, fromRight: number) => ({
  type: 'masking',
  mask: { mode, fromLeft, fromRight },
});

describe('an element is refused, and its neighbour is accepted:', () => {
  test.each<[string, object, Written, Written]>([
    [
      'a least length below the floor of FF1',
      at('.minLength', FLOOR(2) + REMEDY),
      { type: 'numeric', minLength: 1 },
      { type: 'numeric', minLength: 2 },
    ],
    [
      'a least length below the floor of its own alphabet',
      at('.minLength', FLOOR(7) + REMEDY),
      { type: 'unicode', alphabet: 'two', minLength: 6 },
      { type: 'unicode', alphabet: 'two', minLength: 7 },
    ],
    [
      'a least length below the floor of FF1',
      at('.minLength', FLOOR(2) + REMEDY),
      { type: 'alpha', minLength: 1 },
      { type: 'alpha', minLength: 1, shortData: 'weak-token' },
    ],
    [
      'a least length below the floor of FF1',
      at('.minLength', FLOOR(2) + REMEDY),
      { type: 'printable', minLength: 1, shortData: 'as-is' },
      { type: 'printable', minLength: 1, shortData: 'as-is', preserveLength: false },
    ],
    [
      'an FPE minimum below the floor of FF1',
      at('.minLength', FLOOR(2)),
      { type: 'fpe-latin1-alpha', minLength: 1 },
      { type: 'fpe-latin1-alpha', minLength: 2 },
    ],
    ['a maximum below the minimum', BELOW, { type: 'numeric', maxLength: 5 }, { type: 'numeric', maxLength: 6 }],
    [
      'a maximum below the minimum that is written',
      BELOW,
      { type: 'numeric', minLength: 9, maxLength: 8 },
      { type: 'numeric', minLength: 8, maxLength: 8 },
    ],
    [
      'a maximum below the minimum of kept leading zeros',
      BELOW,
      { type: 'numeric', leadingZero: 'preserve', maxLength: 6 },
      { type: 'numeric', leadingZero: 'preserve', fromLeft: 1, maxLength: 6 },
    ],
    [
      'a maximum below the minimum of the tokenizer',
      BELOW,
      { type: 'alpha', tokenizer: 'SLT_1_6', maxLength: 5 },
      { type: 'alpha', tokenizer: 'SLT_1_3', maxLength: 5 },
    ],
    [
      'a maximum below the minimum, which longer tokens do not have',
      BELOW,
      { type: 'numeric', maxLength: 2 },
      { type: 'numeric', maxLength: 2, preserveLength: false },
    ],
    ['a maximum below the minimum of letters', BELOW, { ...capitals, maxLength: 4 }, { ...positions, maxLength: 4 }],
    [
      'a maximum below the minimum of a card number with marks',
      BELOW,
      { type: 'credit-card', invalidLuhn: true, invalidCardType: true, maxLength: 7 },
      { type: 'credit-card', invalidLuhn: true, maxLength: 7 },
    ],
    [
      'a maximum below an FPE minimum',
      BELOW,
      { type: 'fpe-alpha', maxLength: 3 },
      { type: 'fpe-latin1-alpha', maxLength: 3 },
    ],
    ['a maximum below 8 for an FPE card', BELOW, { ...fpeCard, maxLength: 7 }, { ...fpeCard, maxLength: 8 }],
    [
      'kept leading zeros in longer tokens',
      LEADING_ZERO,
      { type: 'numeric', leadingZero: 'preserve', preserveLength: false },
      { type: 'numeric', leadingZero: 'free', preserveLength: false },
    ],
    ['clear parts beside positions', NO_CLEAR_PARTS, { ...positions, fromLeft: 1 }, { type: 'alpha', fromLeft: 1 }],
    ['clear parts beside capitals', NO_CLEAR_PARTS, { ...capitals, fromRight: 1 }, capitals],
    ['an IV beside positions', NO_IV, { ...positions, externalIV: true }, positions],
    ['an IV beside capitals', NO_IV, { ...capitals, externalIV: true }, { type: 'alpha-numeric', externalIV: true }],
    ['longer tokens that keep positions', POSITIONS, { ...positions, preserveLength: false }, positions],
    [
      'a distinguishable date with its year in clear',
      DATES,
      { type: 'date', distinguishable: true, dateInClear: 'year' },
      { type: 'date', distinguishable: true },
    ],
    [
      'a distinguishable datetime with its month in clear',
      DATES,
      { type: 'datetime', distinguishable: true, dateInClear: 'month' },
      { type: 'datetime', dateInClear: 'month' },
    ],
    ...(
      [
        ['a range before the calendar', at('.range.from', DATE_LIMITS), '0599-12-31', '0600-01-01', '2000-12-31'],
        [
          'a range from a day that the reform skipped',
          at('.range.from', DATE_LIMITS),
          '1582-10-14',
          '1582-10-15',
          '1700-12-31',
        ],
        ['a range from no date', at('.range.from', DATE_LIMITS), '1900-02-29', '1900-03-01', '2000-12-31'],
      ] as const
    ).map(([what, problem, from, good, to]): [string, object, Written, Written] => [
      what,
      problem,
      { type: 'date', range: { from, to } },
      { type: 'date', range: { from: good, to } },
    ]),
    [
      'a range after the calendar',
      at('.range.to', DATE_LIMITS),
      { type: 'datetime', range: { from: '1900-01-01', to: '9999-12-31' } },
      { type: 'datetime', range: { from: '1900-01-01', to: '3337-11-27' } },
    ],
    [
      'a range that ends before it begins',
      at('.range', 'it ends before it begins'),
      { type: 'date', range: { from: '2000-01-01', to: '1999-12-31' } },
      { type: 'date', range: { from: '1999-01-01', to: '2000-12-31' } },
    ],
    [
      'a range of 99 dates',
      FEW_DATES('99 dates'),
      { type: 'date', range: { from: '2001-01-01', to: '2001-04-09' } },
      { type: 'date', range: { from: '2001-01-01', to: '2001-04-10' } },
    ],
    [
      'a range of one date',
      FEW_DATES('1 date'),
      { type: 'date', range: { from: '2001-01-01', to: '2001-01-01' } },
      { type: 'date', range: { from: '2001-01-01', to: '2001-12-31' } },
    ],
    [
      'a range of 99 dates besides those that stay clear',
      FEW_DATES('99 dates'),
      { type: 'date', range: { from: '2001-01-01', to: '2001-04-10' }, staysClear: ['2001-02-03'] },
      { type: 'date', range: { from: '2001-01-01', to: '2001-04-10' }, staysClear: ['9999-12-31', '2001-04-11'] },
    ],
    [
      'a range of 109 days, of which the reform skipped ten',
      FEW_DATES('99 dates'),
      { type: 'date', range: { from: '1582-10-01', to: '1583-01-17' } },
      { type: 'date', range: { from: '1582-10-01', to: '1583-01-18' } },
    ],
    [
      'a range with few dates of its first year, which stays clear',
      FEW_DATES('1 date of 1999'),
      { type: 'date', dateInClear: 'year', range: { from: '1999-12-31', to: '2005-12-31' } },
      { type: 'date', dateInClear: 'year', range: { from: '2000-01-01', to: '2005-12-31' } },
    ],
    [
      'a range with few dates of a month, which stays clear',
      FEW_DATES('85 dates of month 02'),
      { type: 'date', dateInClear: 'month', range: { from: '2000-01-01', to: '2002-12-31' } },
      { type: 'date', dateInClear: 'month', range: { from: '2000-01-01', to: '2003-12-31' } },
    ],
    [
      'a range of distinguishable dates',
      NO_RANGE,
      { type: 'date', distinguishable: true, range: { from: '1900-01-01', to: '2000-12-31' } },
      { type: 'date', range: { from: '1900-01-01', to: '2000-12-31' } },
    ],
    [
      'a date that stays clear and may be a distinguishable token',
      IS_TOKEN,
      { type: 'date', distinguishable: true, staysClear: ['9999-12-31', '3337-11-28'] },
      { type: 'date', distinguishable: true, staysClear: ['9999-12-31', '3337-11-27', '6075-10-25'] },
    ],
    [
      'a letter beside the Luhn mark',
      ALONE,
      { type: 'credit-card', alphabeticIndicator: 1, invalidLuhn: true },
      { type: 'credit-card', alphabeticIndicator: 1 },
    ],
    [
      'a letter beside the card type mark',
      ALONE,
      { ...fpeCard, alphabeticIndicator: 1, invalidCardType: true },
      { ...fpeCard, invalidLuhn: true, invalidCardType: true },
    ],
    [
      'a first digit in clear beside the card type mark',
      FIRST,
      { type: 'credit-card', fromLeft: 1, invalidCardType: true },
      { type: 'credit-card', fromRight: 1, invalidCardType: true },
    ],
    [
      'a first digit in clear beside the card type mark',
      FIRST,
      { ...fpeCard, fromLeft: 6, invalidCardType: true },
      { ...fpeCard, fromLeft: 6, invalidLuhn: true },
    ],
    [
      'card options without creditCard',
      NO_CARD,
      { type: 'fpe-numeric', invalidLuhn: true },
      { ...fpeCard, invalidLuhn: true },
    ],
    [
      'a letter without creditCard',
      NO_CARD,
      { type: 'fpe-numeric', alphabeticIndicator: 2 },
      { ...fpeCard, alphabeticIndicator: 2 },
    ],
    [
      'a card number that may be short',
      NEVER_SHORT,
      { ...fpeCard, shortData: 'as-is' },
      { type: 'fpe-numeric', shortData: 'as-is' },
    ],
    ['a mask that masks nothing', NOTHING_MASKED, mask('mask', 0, 0), mask('clear', 0, 0)],
    ['a mask that masks nothing', NOTHING_MASKED, mask('mask', 0, 0), mask('mask', 0, 1)],
    ['a mask that masks nothing', NOTHING_MASKED, mask('mask', 0, 0), mask('mask', 1, 0)],
  ])('%s: %j', (_, problem, refused, taken) => {
    expect(problemsOf(refused)).toEqual([problem]);
    expect(problemsOf(taken)).toEqual([]);
  });

  test('an unknown alphabet is not reported here: the check of alphabet names reports it', () => {
    expect(problemsOf({ type: 'unicode', alphabet: 'gone', minLength: 1, maxLength: 2 })).toEqual([]);
  });

  test('several mistakes are all reported', () => {
    const element = { ...positions, externalIV: true, fromLeft: 1, preserveLength: false };
    expect(problemsOf(element)).toEqual([NO_CLEAR_PARTS, NO_IV, POSITIONS]);
  });
});

test.each<[Written, boolean]>([
  [{ type: 'numeric' }, true],
  [{ type: 'numeric', externalIV: false }, false],
  [{ type: 'integer', size: 4 }, true],
  [{ type: 'date' }, false],
  [{ type: 'decimal' }, false],
  [{ type: 'fpe-alpha' }, false],
  [{ type: 'fpe-alpha', tweakInput: 'argument' }, true],
  [{ type: 'monitor' }, false],
])('%j takes an external IV: %j', (facts, takes) => {
  const element = written(facts);
  expect(traitsOf(element).takesExternalIv(element)).toBe(takes);
});

/** Makes the method of an element. */
function methodOf(element: ElementDefinition): Method {
  const keyring = new Keyring(KEYRING);
  return compileMethod(element, {
    key: (purpose) => keyring.elementKey(element.id, purpose),
    elementId: element.id,
    keyVersion: 1,
    alphabets: ALPHABETS,
    meter: unmetered,
    random: () => new Uint8Array(0),
  });
}

/** Returns a Luhn-valid number of a card type, or the repeated symbol of another element. */
function valueOf({ type, creditCard, alphabet }: Written, length: number): string {
  if (type === 'credit-card' || creditCard === true) return luhnValid(length);
  if (type === 'unicode') return alphabet === 'two' ? 'A'.repeat(length) : '\u{10000}'.repeat(length);
  return (/numeric/.test(type) ? '7' : 'B').repeat(length);
}

/** Returns 4, zeros, and the digit that makes the Luhn sum a multiple of ten. */
function luhnValid(length: number): string {
  const four = length % 2 === 0 ? 8 : 4;
  return `4${'0'.repeat(length - 2)}${(10 - four) % 10}`;
}

type MeasuredElement = AlphabetElement | FpeElement | ElementOf<'credit-card'>;

/** Returns the effective minimum of an element, and the length from which its values are strong. */
function lengthsOf(element: MeasuredElement): [least: number, strong: number] {
  if (element.type === 'credit-card') return [leastCardDigits(element), strongCardDigits(element)];
  const facts = alphabetFacts(element, ALPHABETS);
  const radix = facts.size;
  return element.method === 'fpe'
    ? [fpe.leastLength(element, radix), fpe.strongLength(element, radix)]
    : [alphabets.leastLength(element, facts), alphabets.strongLength(element, facts)];
}

describe('the declared minimum of an element is what its method takes, and values below the strong length count as weak:', () => {
  test.each<[number, number, Written]>([
    [6, 6, { type: 'numeric' }],
    [7, 7, { type: 'numeric', leadingZero: 'preserve' }],
    [6, 6, { type: 'numeric', leadingZero: 'preserve', fromLeft: 1 }],
    [3, 7, { type: 'numeric', leadingZero: 'preserve', minLength: 3 }],
    [2, 6, { type: 'numeric', minLength: 2 }],
    [1, 1, { type: 'numeric', preserveLength: false }],
    [1, 1, { type: 'alpha', preserveLength: false, tokenizer: 'SLT_2_6' }],
    [3, 1, { type: 'alpha', preserveLength: false, minLength: 3 }],
    [4, 4, { type: 'alpha' }],
    [4, 4, { type: 'alpha', tokenizer: 'SLT_2_3' }],
    [6, 4, { type: 'alpha', tokenizer: 'SLT_2_6' }],
    [6, 4, { type: 'alpha', tokenizer: 'SLT_1_6' }],
    [5, 4, { type: 'alpha', tokenizer: 'SLT_1_6', minLength: 5 }],
    [5, 5, { type: 'upper-case-alpha' }],
    [4, 4, { type: 'lower-ascii' }],
    [3, 3, { type: 'printable' }],
    [20, 20, { type: 'unicode', alphabet: 'two' }],
    [2, 2, { type: 'unicode', alphabet: 'many' }],
    [6, 6, { type: 'credit-card' }],
    [7, 7, { type: 'credit-card', invalidLuhn: true }],
    [7, 7, { type: 'credit-card', invalidCardType: true }],
    [8, 8, { type: 'credit-card', invalidLuhn: true, invalidCardType: true }],
    [3, 6, { type: 'credit-card', minLength: 1 }],
    [4, 7, { type: 'credit-card', minLength: 4, invalidLuhn: true }],
    [8, 6, fpeCard],
    [8, 8, { ...fpeCard, invalidLuhn: true, invalidCardType: true }],
    [4, 6, { ...fpeCard, minLength: 4 }],
    [6, 6, { type: 'fpe-numeric' }],
    [4, 4, { type: 'fpe-alpha' }],
    [4, 4, { type: 'fpe-alpha-numeric' }],
    [3, 3, { type: 'fpe-latin1-alpha' }],
    [3, 3, { type: 'fpe-latin1-alpha-numeric' }],
    [2, 4, { type: 'fpe-alpha', minLength: 2 }],
  ])('%i and %i of %j', (least, strong, facts) => {
    const element = written(facts) as MeasuredElement;
    expect(lengthsOf(element)).toEqual([least, strong]);

    const method = methodOf(element);
    const clear = '9'.repeat(Number(facts.fromLeft ?? 0));
    const protect = (length: number) => method.protect([clear + valueOf(facts, length)], undefined);
    expect(protect(least).weakCount).toBe(least < strong ? 1 : 0);
    expect(protect(Math.max(least, strong)).weakCount).toBe(0);
    expect(protect(Math.max(least, strong - 1)).weakCount).toBe(least < strong ? 1 : 0);
    const tooShort = least === 1 ? 'not refused' : { code: 'INPUT_TOO_SHORT', row: 0 };
    expect(refusalOf(() => protect(least - 1))).toEqual(tooShort);
  });

  test.each<[number, string, string, Written]>([
    [4, 'abcd', 'abc', positions],
    [5, 'abcde', 'abcd', capitals],
  ])('%i for letters alone, 6 for digits: %s', (least, letters, short, facts) => {
    const element = written(facts) as MeasuredElement;
    expect(lengthsOf(element)).toEqual([least, 6]);
    const method = methodOf(element);
    expect(method.protect([letters, '123456', `${letters}123456`], undefined).weakCount).toBe(0);
    for (const value of [short, '12345', `${letters}1`, `${short}123456`]) {
      expect(refusalOf(() => method.protect([value], undefined))).toEqual({ code: 'INPUT_TOO_SHORT', row: 0 });
    }
  });
});
