// Measures every protection method with its main options over a column of typical values, in both directions.

import { randomBytes } from 'node:crypto';
import { parsePolicy } from '../../lib/policy/parse.ts';
import type { Column } from '../../lib/base/cell.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import { Random } from '../fuzz/random.ts';
import { countingKeyring } from '../support/element-method.ts';
import { judged, type Section, speed } from './figures.ts';
import { interleave } from './measure.ts';

const ROWS = 10_000;
/** Values per second and core. */
const LEAST = 300_000;
const LEAST_ENCRYPTION = 100_000;

const DIGITS = Array.from('0123456789');
const UPPER = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const LOWER = Array.from('abcdefghijklmnopqrstuvwxyz');
const LETTERS = [...UPPER, ...Array.from('abcdefghijklmnopqrstuvwxyz')];
const HEX = Array.from('0123456789abcdef');
const ACCENTED = [...LETTERS, ...Array.from('àâçéèêëîïôûùüÿ')];
const GREEK = Array.from('αβγδεζηθικλμνξοπρστυφχψω');

const random = new Random(1);
const column = (value: () => string): Column => Array.from({ length: ROWS }, value);
const two = (number: number): string => String(number).padStart(2, '0');
const digits = (count: number): string => random.text(DIGITS, count);
const words = (letters: readonly string[]): string => {
  const length = random.between(6, 25);
  const first = length < 10 ? length : random.between(3, length - 4);
  return first === length
    ? random.text(letters, length)
    : `${random.text(letters, first)} ${random.text(letters, length - first - 1)}`;
};
const day = (): string => `${random.between(1930, 2020)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
const time = (): string => `${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`;

function card(): string {
  const front = random.pick(Array.from('3456')) + digits(14);
  let sum = 0;
  for (let i = 0; i < front.length; i++) {
    const digit = Number(front[i]) * (i % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return front + ((10 - (sum % 10)) % 10);
}

const NAMES = column(() => words(LETTERS));
const CARDS = column(card);
const PHONES = column(() => `${digits(3)}-${digits(3)}-${digits(4)}`);
const EMAILS = column(
  () => `${random.text(LETTERS, random.between(3, 8))}.${random.text(LETTERS, random.between(4, 10))}@example.com`,
);
const IBANS = column(() => random.pick(['DE', 'FR', 'GB']) + digits(2) + random.text(UPPER, 4) + digits(14));
const DATES = column(day);
const TIMES = column(() => `${day()} ${time()}`);
const FRENCH = column(() => words(ACCENTED));
const GREEKS = column(() => words(GREEK));
const NUMBERS_4 = column(() => String(random.below(2 ** 32) - 2 ** 31));
const NUMBERS_8 = column(() => random.pick(['', '-']) + random.between(1, 9) + digits(random.between(9, 17)));
const NUMBERS_2 = column(() => String(random.between(-32_768, 32_767)));
const DECIMALS = column(() => `${random.pick(['', '-'])}${digits(8)}.${digits(2)}`);
const TEXTS = column(() => random.text([...LETTERS, ' '], 32));
const BYTES = column(() => random.text(HEX, 64));
const capitalized = (length: number): string => random.text(UPPER, 1) + random.text(LOWER, length - 1);
const LETTERS_12 = column(() => capitalized(5) + ' ' + capitalized(6));
const SHORT = column(() => random.text(UPPER, 3));

interface Case {
  readonly name: string;
  readonly values: Column;
  readonly element: { readonly type: string; readonly [option: string]: unknown };
  readonly iv?: string;
}

const token = (type: string, options: object = {}): Case['element'] => ({ type, shortData: 'as-is', ...options });
const POSITIONS = { externalIV: false, preservePosition: true };

const CASES: readonly Case[] = [
  { name: 'numeric', values: PHONES, element: token('numeric') },
  { name: 'numeric, external IV', values: PHONES, element: token('numeric'), iv: 'iv' },
  { name: 'numeric, last 4 clear', values: PHONES, element: token('numeric', { fromRight: 4 }) },
  { name: 'numeric, length not preserved', values: PHONES, element: token('numeric', { preserveLength: false }) },
  { name: 'numeric, leading zero preserved', values: PHONES, element: token('numeric', { leadingZero: 'preserve' }) },
  { name: 'alpha', values: NAMES, element: token('alpha') },
  { name: 'upper-case-alpha', values: NAMES, element: token('upper-case-alpha') },
  {
    name: 'upper-case-alpha, 3 letters, weak',
    values: SHORT,
    element: token('upper-case-alpha', { shortData: 'weak-token' }),
  },
  { name: 'alpha-numeric', values: IBANS, element: token('alpha-numeric') },
  { name: 'alpha-numeric, positions preserved', values: IBANS, element: token('alpha-numeric', POSITIONS) },
  {
    name: 'alpha-numeric, case preserved',
    values: IBANS,
    element: token('alpha-numeric', { ...POSITIONS, preserveCase: true }),
  },
  { name: 'upper-case-alpha-numeric', values: IBANS, element: token('upper-case-alpha-numeric') },
  { name: 'lower-ascii', values: NAMES, element: token('lower-ascii') },
  { name: 'printable', values: NAMES, element: token('printable') },
  { name: 'printable, length not preserved', values: NAMES, element: token('printable', { preserveLength: false }) },
  { name: 'unicode, french letters', values: FRENCH, element: token('unicode', { alphabet: 'french letters' }) },
  { name: 'unicode, greek', values: GREEKS, element: token('unicode', { alphabet: 'greek' }) },
  { name: 'unicode, all letters', values: FRENCH, element: token('unicode', { alphabet: 'letters' }) },
  { name: 'unicode, all letters, 12 letters', values: LETTERS_12, element: token('unicode', { alphabet: 'letters' }) },
  { name: 'unicode-script', values: FRENCH, element: token('unicode-script') },
  { name: 'unicode-script, 12 letters', values: LETTERS_12, element: token('unicode-script') },
  { name: 'integer, 2 bytes', values: NUMBERS_2, element: { type: 'integer', size: 2 } },
  { name: 'integer, 4 bytes', values: NUMBERS_4, element: { type: 'integer', size: 4 } },
  { name: 'integer, 8 bytes', values: NUMBERS_8, element: { type: 'integer', size: 8 } },
  { name: 'credit-card', values: CARDS, element: { type: 'credit-card' } },
  { name: 'credit-card, 6 and 4 clear', values: CARDS, element: { type: 'credit-card', fromLeft: 6, fromRight: 4 } },
  { name: 'credit-card, Luhn', values: CARDS, element: { type: 'credit-card', invalidLuhn: true } },
  {
    name: 'credit-card, Luhn and type',
    values: CARDS,
    element: { type: 'credit-card', invalidLuhn: true, invalidCardType: true },
  },
  { name: 'credit-card, indicator', values: CARDS, element: { type: 'credit-card', alphabeticIndicator: 7 } },
  { name: 'decimal', values: DECIMALS, element: { type: 'decimal' } },
  { name: 'date', values: DATES, element: { type: 'date' } },
  { name: 'date, distinguishable', values: DATES, element: { type: 'date', distinguishable: true } },
  { name: 'date, year clear', values: DATES, element: { type: 'date', dateInClear: 'year' } },
  { name: 'date, month clear', values: DATES, element: { type: 'date', dateInClear: 'month' } },
  { name: 'datetime, time clear', values: TIMES, element: { type: 'datetime' } },
  { name: 'datetime, time tokenized', values: TIMES, element: { type: 'datetime', tokenizeTime: true } },
  { name: 'email', values: EMAILS, element: token('email') },
  { name: 'email, length not preserved', values: EMAILS, element: token('email', { preserveLength: false }) },
  { name: 'binary, 32 bytes', values: BYTES, element: { type: 'binary' } },
  { name: 'unicode-bytes', values: NAMES, element: { type: 'unicode-bytes' } },
  { name: 'unicode-base64', values: NAMES, element: { type: 'unicode-base64' } },
  { name: 'fpe-numeric', values: PHONES, element: token('fpe-numeric') },
  { name: 'fpe-numeric, card', values: CARDS, element: token('fpe-numeric', { shortData: 'error', creditCard: true }) },
  {
    name: 'fpe-alpha, tweak argument',
    values: NAMES,
    element: token('fpe-alpha', { tweakInput: 'argument' }),
    iv: 'iv',
  },
  { name: 'fpe-alpha-numeric', values: IBANS, element: token('fpe-alpha-numeric') },
  { name: 'fpe-latin1-alpha', values: FRENCH, element: token('fpe-latin1-alpha') },
  { name: 'fpe-latin1-alpha-numeric', values: FRENCH, element: token('fpe-latin1-alpha-numeric') },
  { name: 'aes-256-gcm, 32 bytes', values: TEXTS, element: { type: 'aes-256-gcm' } },
  { name: 'aes-256-siv, 32 bytes', values: TEXTS, element: { type: 'aes-256-siv' } },
  { name: 'hmac-sha256, 32 bytes', values: TEXTS, element: { type: 'hmac-sha256' } },
  { name: 'no-encryption', values: TEXTS, element: { type: 'no-encryption' } },
];

export async function methodsSection(rounds: number): Promise<Section> {
  const tasks = benchCases().flatMap(({ name, element, method, values, iv }) => {
    const protect = { name, units: ROWS, run: () => method.protect(values, iv) };
    if (element.type === 'hmac-sha256') return [protect];
    const tokens = method.protect(values, iv).column;
    return [protect, { name: `${name}, back`, units: ROWS, run: () => method.unprotect(tokens, iv) }];
  });
  const measured = await interleave(tasks, rounds);
  const figures = tasks.map(({ name }) =>
    judged(speed(measured, name), { least: name.startsWith('aes-') ? LEAST_ENCRYPTION : LEAST }),
  );
  return { title: `Methods, ${ROWS} typical values, protect and back`, figures };
}

/** The cases with their methods, under one policy. */
export function benchCases() {
  const elements = CASES.map(({ element }, i) => ({
    id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    name: `de${i}`,
    method: methodName(element.type),
    ...element,
  }));
  const policy = parsePolicy({ name: 'BENCH', dataStore: 'BENCH', elements, roles: [] });
  const content = { policy, mapping: {}, keyring: countingKeyring() };
  const compiled = compilePolicy({ version: '1', content }, randomBytes);
  return CASES.map((each, i) => ({ ...each, method: compiled.method(`de${i}`) }));
}

function methodName(type: string): string {
  if (type.startsWith('fpe-')) return 'fpe';
  if (type.startsWith('aes-')) return 'encryption';
  if (type === 'hmac-sha256') return 'hash';
  return type === 'no-encryption' ? 'clear' : 'tokenization';
}
