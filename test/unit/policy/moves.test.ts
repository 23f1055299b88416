import { describe, expect, test } from '@jest/globals';
import type { AlphabetDefinition } from '../../../lib/policy/elements/parts.ts';
import { misfitOf, Moves, type Sight } from '../../../lib/policy/moves.ts';
import { type ElementDefinition, elementSchema } from '../../../lib/policy/schema.ts';

type Written = { readonly type: string } & Readonly<Record<string, unknown>>;

const ALPHABETS: AlphabetDefinition[] = [
  { name: 'digits and dash', include: [], ranges: ['002D', '0030-0039'] },
  // The Kelvin sign, which becomes K in Unicode normal form C, and alpha.
  { name: 'kelvin', include: [], ranges: ['212A', '0391'] },
  // Behind the last character that has a kind.
  { name: 'private', include: [], ranges: ['10FF00-10FFFD'] },
];
const METHODS: Readonly<Record<string, string>> = {
  'no-encryption': 'clear',
  monitor: 'clear',
  masking: 'clear',
  'aes-256-gcm': 'encryption',
  'aes-256-siv': 'encryption',
  'hmac-sha256': 'hash',
};
const WITH_SHORT_DATA = /^(fpe-.*|.*alpha.*|numeric|lower-ascii|printable|unicode|unicode-script|email)$/;

function made({ type, ...options }: Written, name: string): ElementDefinition {
  const method = METHODS[type] ?? (type.startsWith('fpe-') ? 'fpe' : 'tokenization');
  const short = WITH_SHORT_DATA.test(type) ? { shortData: 'error' } : {};
  return elementSchema.parse({
    id: '00000000-0000-4000-8000-000000000001',
    name,
    method,
    type,
    ...short,
    ...options,
  });
}

function disclosure(from: Written, to: Written, seen: Sight = 'nothing', after: Sight = 'nothing'): string {
  const [old, next] = [made(from, 'old'), made(to, 'new')];
  return new Moves(ALPHABETS).disclosure(old, next, { seen, after }) ?? 'nothing';
}

const NUMERIC = { type: 'numeric' };
const ALPHA = { type: 'alpha' };
const ALNUM = { type: 'alpha-numeric' };
const SCRIPT = { type: 'unicode-script' };
const AES = { type: 'aes-256-siv' };
const DATE = { type: 'date' };
const DATETIME = { type: 'datetime', tokenizeTime: true };
const EMAIL = { type: 'email' };
const OUTSIDE = 'characters outside the alphabet';
const SETS = 'of which set a character is: a letter or a digit, a capital, a script';
const WEAK = 'tokens of less than a million alternatives, which can be guessed';

describe('a move by a user who may only reprotect', () => {
  test.each<[string, Written, Written]>([
    ['to the same kind', NUMERIC, NUMERIC],
    ['to fewer clear ends', { ...NUMERIC, fromLeft: 2, fromRight: 4 }, { ...NUMERIC, fromRight: 3 }],
    ['to an alphabet with more symbols', NUMERIC, ALNUM],
    ['to an alphabet that refuses the others', { ...ALNUM }, { ...ALNUM, fromLeft: 0 }],
    ['to FPE over the same alphabet', NUMERIC, { type: 'fpe-numeric' }],
    ['to text as a whole', SCRIPT, { type: 'unicode-bytes' }],
    ['to a cipher', EMAIL, AES],
    ['between ciphers', { type: 'aes-256-gcm' }, AES],
    ['from a cipher to whole numbers', AES, { type: 'integer', size: 8 }],
    ['from digits to dates', NUMERIC, DATE],
    ['from a date to a timestamp', DATE, { type: 'datetime' }],
    ['to dates that keep the same part', { ...DATE, dateInClear: 'year' }, { ...DATE, dateInClear: 'year' }],
    ['to fewer dates that stay', { ...DATE, staysClear: ['9999-12-31'] }, DATE],
    ['to the same short data', { ...NUMERIC, shortData: 'as-is' }, { ...NUMERIC, shortData: 'as-is' }],
    ['to fewer short values', { ...NUMERIC, shortData: 'as-is' }, { ...ALNUM, shortData: 'as-is' }],
    [
      'from short values in clear to weak tokens',
      { ...NUMERIC, shortData: 'as-is' },
      { ...NUMERIC, shortData: 'weak-token' },
    ],
    ['from weak tokens to weak tokens', { ...SCRIPT, shortData: 'weak-token' }, { ...SCRIPT, shortData: 'weak-token' }],
    ['from digits to kinds of characters', NUMERIC, SCRIPT],
    ['from kept capitals to places', { ...ALNUM, preserveCase: true }, { ...ALNUM, preservePosition: true }],
    ['from folded letters to both cases', { type: 'upper-case-alpha' }, ALPHA],
    ['from letters to folded ones', ALPHA, { type: 'upper-case-alpha' }],
    ['from an address to all its characters', EMAIL, { type: 'printable' }],
    ['from bytes to fewer clear bytes', { type: 'binary', fromLeft: 2 }, { type: 'binary', fromLeft: 1 }],
    ['from a stored clear value', { type: 'no-encryption' }, { ...NUMERIC, fromRight: 4, shortData: 'as-is' }],
    ['from card numbers to digits', { type: 'credit-card', fromRight: 4 }, { ...NUMERIC, fromRight: 4 }],
  ])('is allowed %s', (_, from, to) => {
    expect(disclosure(from, to)).toBe('nothing');
  });

  test.each<[string, Written, Written]>([
    ['characters at an end', NUMERIC, { ...NUMERIC, fromLeft: 1 }],
    ['characters at an end', { ...NUMERIC, fromLeft: 6 }, { ...NUMERIC, fromRight: 1 }],
    ['characters at an end', { type: 'binary' }, { type: 'binary', fromRight: 1 }],
    ['characters at an end', NUMERIC, { type: 'credit-card', fromRight: 4 }],
    [OUTSIDE, SCRIPT, NUMERIC],
    [OUTSIDE, SCRIPT, { ...SCRIPT, type: 'printable' }],
    [OUTSIDE, AES, { ...NUMERIC, otherCharacters: 'refuse' }],
    [OUTSIDE, AES, { type: 'decimal' }],
    [OUTSIDE, { type: 'unicode-bytes' }, DATE],
    [OUTSIDE, AES, SCRIPT],
    [OUTSIDE, { type: 'unicode', alphabet: 'private' }, SCRIPT],
    ['ASCII letters outside the alphabet', ALNUM, NUMERIC],
    ['ASCII digits outside the alphabet', ALNUM, ALPHA],
    ['ASCII digits outside the alphabet', DATE, { ...ALPHA }],
    ['ASCII signs outside the alphabet', { type: 'printable' }, { ...ALNUM }],
    ['ASCII signs outside the alphabet', { type: 'integer', size: 4 }, NUMERIC],
    ['ASCII signs outside the alphabet', { type: 'unicode', alphabet: 'digits and dash' }, NUMERIC],
    [
      'ASCII letters outside the alphabet',
      { type: 'unicode', alphabet: 'kelvin' },
      { type: 'unicode', alphabet: 'greek letters' },
    ],
    ['the domain', AES, EMAIL],
    ['the domain', { type: 'printable' }, EMAIL],
    ['the year', DATE, { ...DATE, dateInClear: 'year' }],
    ['the month', { ...DATE, dateInClear: 'year' }, { ...DATE, dateInClear: 'month' }],
    ['the time of day', DATETIME, { ...DATETIME, tokenizeTime: false }],
    ['the fraction and zone', NUMERIC, DATETIME],
    ['dates that stay clear', DATE, { ...DATE, staysClear: ['9999-12-31'] }],
    ['a leading zero', NUMERIC, { ...NUMERIC, leadingZero: 'preserve' }],
    ['short values', NUMERIC, { ...NUMERIC, shortData: 'as-is' }],
    ['short values', { ...SCRIPT, shortData: 'weak-token' }, { ...SCRIPT, shortData: 'as-is' }],
    ['short values', { ...NUMERIC, shortData: 'as-is' }, { ...NUMERIC, shortData: 'as-is', minLength: 7 }],
    ['short values', { ...ALNUM, shortData: 'as-is' }, { ...ALNUM, shortData: 'as-is', preserveCase: true }],
    ['short values', { ...EMAIL, preserveLength: false, shortData: 'as-is' }, { ...EMAIL, shortData: 'as-is' }],
    [WEAK, NUMERIC, { ...NUMERIC, shortData: 'weak-token' }],
    [WEAK, NUMERIC, { ...NUMERIC, minLength: 2 }],
    [WEAK, AES, { type: 'integer', size: 2 }],
    [WEAK, NUMERIC, { type: 'decimal' }],
    [WEAK, DATE, { ...DATE, range: { from: '1900-01-01', to: '2026-12-31' } }],
    [SETS, ALNUM, { ...ALNUM, preservePosition: true }],
    [SETS, { ...ALNUM, preservePosition: true }, { ...ALNUM, preserveCase: true }],
    [SETS, ALPHA, SCRIPT],
    [
      'the whole value',
      { type: 'masking', mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } },
      { type: 'no-encryption' },
    ],
  ])('is refused because it shows %s', (what, from, to) => {
    expect(disclosure(from, to)).toBe(what);
  });

  test.each([NUMERIC, SCRIPT, EMAIL, DATE, { type: 'no-encryption' }])('is allowed from $type to itself', (written) => {
    const element = made(written, 'same');
    const sights = { seen: 'nothing', after: 'nothing' } as const;
    expect(new Moves([]).disclosure(element, { ...element }, sights)).toBeUndefined();
  });
});

describe('what the user sees', () => {
  const mask = { fromLeft: 2, fromRight: 2, mode: 'clear', character: '*' } as const;
  test.each<[Sight, Sight, string]>([
    ['clear', 'clear', 'nothing'],
    ['clear', mask, 'nothing'],
    ['nothing', 'nothing', 'nothing'],
    [mask, 'nothing', 'nothing'],
    [mask, { ...mask }, 'nothing'],
    ['nothing', 'clear', 'the clear value, which the user may unprotect there'],
    [mask, 'clear', 'the clear value, which the user may unprotect there'],
    ['nothing', mask, 'what a mask leaves, which the user may unprotect there'],
    [mask, { ...mask, fromLeft: 3 }, 'what a mask leaves, which the user may unprotect there'],
  ])('of the old element %j and of the new one %j: a move discloses %s', (seen, after, what) => {
    expect(disclosure(NUMERIC, NUMERIC, seen, after)).toBe(what);
  });

  test('a user who sees the clear value may move it anywhere', () => {
    expect(disclosure(AES, { ...NUMERIC, fromLeft: 4, shortData: 'as-is' }, 'clear')).toBe('nothing');
  });

  test('a mask that shows the ends gives no right to clear ends', () => {
    expect(disclosure(NUMERIC, { ...NUMERIC, fromLeft: 1 }, mask)).toBe('characters at an end');
  });
});

test('elements that do not fit are left to the engine, which refuses them for every user', () => {
  const [token, clear] = [made(NUMERIC, 'token'), made({ type: 'no-encryption' }, 'clear')];
  expect(misfitOf(token, clear)).toBe('ELEMENT_UNFIT');
  expect(new Moves([]).disclosure(token, clear, { seen: 'nothing', after: 'nothing' })).toBeUndefined();
});
