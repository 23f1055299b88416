// Random cells: of any kind for any element, and close to what an element accepts.

import { unreachable } from '../../lib/base/errors.ts';
import { traitsOf } from '../../lib/policy/element-types.ts';
import type { ElementDefinition } from '../../lib/policy/schema.ts';
import type { Cell } from '../../lib/base/cell.ts';
import type { Random } from './random.ts';

const LONGEST = 5000;

const DIGITS = Array.from('0123456789');
const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
const ALPHA_NUMERIC = [...DIGITS, ...LETTERS];
const PRINTABLE = [...ALPHA_NUMERIC, ...Array.from(' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~€ŠšŽžŒœŸÄÖÜßéñ×÷¤¦¨\u00a0')];
const HEX = Array.from('0123456789abcdefABCDEF');
const BASE_64 = [...ALPHA_NUMERIC, '+', '/', '='];
const FACES = [...Array.from('abcXYZ'), '\u{1f600}', '\u{1f610}', '\u{1f64f}', '\u{1f650}', '\u{1f5ff}'];
const SCRIPTS = [
  ...Array.from('αβγΩώЖжЯя漢字仮名張'),
  ...Array.from('กขฃ٣٤ابتأئ한글カタかなéÄßẞ'),
  '\u0300',
  '\u0301',
  '\u0e31',
  ' ',
];
const LATIN1 = [...LETTERS, ...Array.from('ÀÁÂÃÄÅÆÇÈÉÊÖØÜÝÞßàáöøüýþÿ×÷')];
/** Controls, NUL, bidirectional marks, byte order marks, noncharacters, joiners, case that changes length, halves of pairs. */
const ODD: readonly string[] = [
  '\ud800 \udbff \udc00 \udfff \u{10ffff} \u{10000} \u{2f800} \u{3ffff} ı İ ſ ﬁ K š ǅ ٠ ० ０ 𝟘 ² − ‐ ． ， ＠'.split(
    ' ',
  ),
  Array.from('\0\u0001\t\n\r\u001b\u007f\u0085\u00ad\u061c\u200b\u200d\u200e\u200f\u202a\u202e\u2066\u2069\u2028'),
  Array.from('\ufe0f\ufeff\ufffd\ufffe\uffff'),
].flat();
const SEQUENCES = [
  '👩‍👩‍👧',
  '🇩🇪',
  '👍🏽',
  '❤️',
  'e\u0301',
  '\u00e9',
  'A\u030a',
  '\u212b',
  '\u1112\u1161\u11ab',
  '한',
  'ﷺ',
];
const OTHER_DIGITS = [...Array.from('٠١٢٣٤٥٦٧٨٩०१२३४५６７８９'), '𝟘', '𝟙', '²', '½', 'Ⅳ'];

const NUMBERS: readonly number[] = [
  [0, -0, 1, -1, 7, 0.1, -0.5, 1.5, 100.25, 1e21, 1e-7, -1e300, 5e-324, Number.MAX_VALUE, Number.EPSILON],
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53) + 1, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 64],
  [32_767, 32_768, -32_768, -32_769, 2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649, 4_294_967_296],
  [99_999_999_999_999, 999_999_999_999_999, 0.1 + 0.2, 123_456.789, 1_234_567_890, 4_111_111_111_111_111],
].flat();

const INTEGERS: readonly string[] = [
  '0|-0|+1|-1|01| 1|1 |1.0|1e3|0x10||-|--1|１|99999999999999999999|10000000000|999999999|1000000000|65536|-65536',
  '32767|32768|-32768|-32769|2147483647|2147483648|-2147483648|-2147483649|9007199254740993|-9007199254740993',
  '9223372036854775807|9223372036854775808|-9223372036854775808|-9223372036854775809',
].flatMap((line) => line.split('|'));

/** A cell of any kind. */
export function anyCell(random: Random): Cell {
  switch (random.below(16)) {
    case 0:
      return random.onceIn(2) ? null : '';
    case 1:
      return random.onceIn(4) ? random.onceIn(2) : anyNumber(random);
    case 2:
      return anyNumber(random);
    case 3:
      return random.text(random.pick([ODD, SEQUENCES, OTHER_DIGITS]), random.between(1, 12));
    case 4:
      return random.text(HEX, 2 * random.between(1, 40) + (random.onceIn(4) ? 1 : 0));
    case 5:
      return random.text(BASE_64, random.between(1, 60)) + random.pick(['', '=', '==']);
    case 6:
      return dateText(random);
    case 7:
      return cardText(random);
    case 8:
      return emailText(random);
    case 9:
      return decimalText(random);
    case 10:
      return integerText(random);
    case 11:
      return random.onceIn(100) ? longText(random) : mixedText(random);
    case 12:
      return damaged(random, random.text(PRINTABLE, random.between(1, 40)));
    case 13:
      return random
        .text([...ODD, ...SEQUENCES, ...PRINTABLE], random.between(1, 30))
        .normalize(random.pick(['NFC', 'NFD']));
    case 14:
      return random.text(SCRIPTS, random.between(1, 20));
    default:
      return String(anyNumber(random));
  }
}

/** A cell that the element accepts, or nearly accepts. */
export function fittingCell(element: ElementDefinition, random: Random): Cell {
  const cell = nearCell(element, random);
  return typeof cell === 'string' && random.onceIn(12) ? damaged(random, cell) : cell;
}

function nearCell(element: ElementDefinition, random: Random): Cell {
  switch (element.type) {
    case 'numeric':
      if (element.leadingZero === 'preserve' && random.onceIn(3)) return random.below(10 ** random.between(1, 15));
      return withDelimiters(random, DIGITS, [...Array.from('- ./'), '٣']);
    case 'alpha':
    case 'upper-case-alpha':
    case 'fpe-alpha':
      return withDelimiters(random, LETTERS, Array.from(' -.1é'));
    case 'alpha-numeric':
    case 'upper-case-alpha-numeric':
    case 'fpe-alpha-numeric':
      return withDelimiters(random, ALPHA_NUMERIC, [...Array.from(' -.é'), '漢']);
    case 'lower-ascii':
      return withDelimiters(random, PRINTABLE.slice(0, 90), [' ', 'é', '\0']);
    case 'printable':
      return withDelimiters(random, PRINTABLE, ['\n', '漢', '¤', '\ud800']);
    case 'unicode':
      return withDelimiters(random, unicodeSymbols(element.alphabet), [
        '-',
        '\u{10ffff}',
        '\ud83d',
        '\ude00',
        '\u0301',
      ]);
    case 'unicode-script':
      return withDelimiters(random, [...LATIN1, ...SCRIPTS], ['-', ' ', '\u0301', '\u093c', '😀', '\u{10ffff}']);
    case 'integer':
      return integerCell(element.size, random);
    case 'credit-card':
      return cardText(random);
    case 'fpe-numeric':
      return element.creditCard ? cardText(random) : withDelimiters(random, DIGITS, Array.from('- .'));
    case 'fpe-latin1-alpha':
      return withDelimiters(random, LATIN1, Array.from(' -1漢'));
    case 'fpe-latin1-alpha-numeric':
      return withDelimiters(random, [...LATIN1, ...DIGITS], Array.from(' -漢'));
    case 'decimal':
      return random.onceIn(3) ? decimalNumber(random) : decimalText(random);
    case 'date':
    case 'datetime':
      return dateText(random, element.type === 'date' ? 0 : 2);
    case 'email':
      return emailText(random);
    case 'binary':
      return random.text(HEX, 2 * random.pick([1, 3, 4, 5, 16, random.between(2, 50)]));
    case 'unicode-bytes':
    case 'unicode-base64':
    case 'aes-256-gcm':
    case 'aes-256-siv':
    case 'hmac-sha256':
      return mixedText(random);
    case 'no-encryption':
    case 'monitor':
    case 'masking':
      return anyCell(random);
    default:
      return unreachable(element);
  }
}

function unicodeSymbols(alphabet: string): readonly string[] {
  if (alphabet === 'faces') return FACES;
  if (alphabet === 'two') return ['0', '1', '0', '1', '2'];
  return SYMBOLS.get(alphabet) ?? SCRIPTS;
}

/** Symbols of an alphabet, and perhaps a character that is none. */
const SYMBOLS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cyrillic', [...Array.from('ЖжЯяабвгдАБВГД'), '\u0301']],
  ['hebrew letters', Array.from('אבגשתו\u05b7\u05bc\u05c1\u05b8ם')],
  ['bengali letters', Array.from('রহিমকউদ\u09bc\u09c7\u09be\u09cd\u09d7য')],
  ['hangul letters', Array.from('김민준ㅋ\u1100\u1161\u11a8\u3163')],
  ['street', Array.from('กขค\u0e49\u0e39\u{1e922}\u{1e944}\u{1e94a} 042')],
]);

function withDelimiters(random: Random, symbols: readonly string[], delimiters: readonly string[]): string {
  const length = random.onceIn(4) ? random.between(1, 4) : random.between(4, 24);
  let text = '';
  for (let i = 0; i < length; i++) text += random.onceIn(8) ? random.pick(delimiters) : random.pick(symbols);
  if (random.onceIn(1500)) return text.repeat(Math.ceil(4096 / text.length)).slice(0, random.between(4000, 4100));
  return text;
}

function mixedText(random: Random): string {
  let text = '';
  for (let left = random.between(1, 6); left > 0; left--) {
    const [kind, most] = random.pick([
      [PRINTABLE, 12],
      [PRINTABLE, 8],
      [SCRIPTS, 6],
      [SEQUENCES, 2],
      [OTHER_DIGITS, 4],
      [random.onceIn(3) ? ODD : DIGITS, 2],
    ] as const);
    text += random.text(kind, random.between(1, most));
  }
  return text;
}

function longText(random: Random): string {
  const kind = random.pick([DIGITS, LETTERS, HEX, BASE_64, PRINTABLE, SCRIPTS, FACES, ODD]);
  const piece = random.text(kind, 50);
  const length = random.pick([64, 256, 257, 3933, 3934, 4095, 4096, 4097, 8190, 8192, random.between(26, LONGEST)]);
  return piece.repeat(Math.ceil(length / 50)).slice(0, Math.min(length, LONGEST));
}

/** The text with one change: inserted, replaced, deleted, cut, doubled, re-cased or normalized. */
export function damaged(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const odd = random.pick([ODD, SEQUENCES, PRINTABLE, DIGITS]);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + random.pick(odd) + text.slice(at);
    case 1:
      return text.slice(0, at) + random.pick(odd) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(at);
    case 5:
      return random.onceIn(2) ? text.toUpperCase() : text.toLowerCase();
    case 6:
      return text + text.slice(at, at + 40);
    default:
      return text.normalize(random.pick(['NFC', 'NFD', 'NFKC', 'NFKD']));
  }
}

function anyNumber(random: Random): number {
  switch (random.below(5)) {
    case 0:
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.between(-100_000, 100_000);
    case 3:
      return (random.below(2 ** 32) - 2 ** 31) * 10 ** random.between(-12, 12);
    default:
      return decimalNumber(random);
  }
}

function decimalNumber(random: Random): number {
  const digits = random.between(1, 16);
  const sign = random.onceIn(3) ? -1 : 1;
  return (sign * random.below(10 ** Math.min(digits, 15))) / 10 ** random.below(digits + 1);
}

function decimalText(random: Random): string {
  const digits = random.text(DIGITS, random.onceIn(4) ? random.between(20, 40) : random.between(1, 14));
  const point = random.below(digits.length + 1);
  const separator = random.pick(['', '', '.', '.', ',', random.onceIn(9) ? '..' : '.']);
  return random.pick(['', '', '', '-', '+', '--', ' ', '−']) + digits.slice(0, point) + separator + digits.slice(point);
}

function integerText(random: Random): string {
  if (random.onceIn(3)) return random.pick(INTEGERS);
  return random.pick(['', '-']) + random.between(1, 9) + random.text(DIGITS, random.between(0, 19));
}

function integerCell(size: 2 | 4 | 8, random: Random): Cell {
  if (random.onceIn(4)) return integerText(random);
  const half = 2 ** (8 * Math.min(size, 6) - 1);
  if (size === 8) return random.pick(['', '-']) + random.between(1, 9) + random.text(DIGITS, random.between(0, 17));
  const value = random.onceIn(2) ? random.between(-half, half) : random.between(-1000, 1000);
  return random.onceIn(2) ? value : String(value);
}

function cardText(random: Random): string {
  const length = random.pick([8, 13, 15, 16, 16, 16, 19, random.between(1, 24)]);
  const digits = random.pick(Array.from('2345603')) + random.text(DIGITS, length - 1);
  if (random.onceIn(6)) return digits;
  let sum = 0;
  for (let i = 0; i < digits.length - 1; i++) {
    const digit = Number(digits[digits.length - 2 - i]);
    sum += i % 2 === 1 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  const valid = digits.slice(0, -1) + ((10 - (sum % 10)) % 10);
  return random.onceIn(30) ? valid.replaceAll(/(.{4})(?=.)/g, random.pick(['$1 ', '$1-'])) : valid;
}

/** `times` says how often a time follows the date: 0 rarely, 2 mostly. */
function dateText(random: Random, times: 0 | 1 | 2 = 1): string {
  const year =
    two(random.pick([random.between(1, 40), random.between(15, 20), random.between(5, 34)])) + two(random.below(100));
  const month = two(random.onceIn(20) ? random.between(0, 13) : random.between(1, 12));
  const day = two(random.onceIn(8) ? random.between(0, 32) : random.between(1, 28));
  const special = ['0600-01-01', '0599-12-31', '3337-11-27', '3337-11-28', '6075-10-24', '6075-10-25', '1582-10-04'];
  const shown = random.onceIn(12)
    ? random.pick([
        ...special,
        '9999-12-31',
        '31.12.9999',
        '15/10/1582',
        '1582-10-05',
        '1582-10-14',
        '1582-10-15',
        '1900-02-29',
        '2000-02-29',
        '0000-00-00',
      ])
    : random.pick([
        `${year}-${month}-${day}`,
        `${year}-${month}-${day}`,
        `${year}/${month}/${day}`,
        `${year}.${month}.${day}`,
        `${day}/${month}/${year}`,
        `${month}.${day}.${year}`,
        `${day}.${month}.${year}`,
        `${month}-${day}-${year}`,
        `${year}-${month}/${day}`,
      ]);
  if (times === 0 ? !random.onceIn(20) : random.onceIn(2 * times)) return shown;
  return shown + timeText(random);
}

function timeText(random: Random): string {
  const [hour, minute, second] = random.onceIn(10)
    ? [random.below(30), random.below(70), random.below(70)]
    : [random.below(24), random.below(60), random.below(60)];
  const fraction = random.onceIn(2)
    ? ''
    : random.pick(['.', ',', ' ']) + random.text(DIGITS, random.pick([3, 6, 9, 3, 6, 9, 0, 1, 2, 4, 7, 8, 10]));
  const hours = random.pick(['+', '-', ' +', ' -', 'Z']) + two(random.below(26));
  const zone = random.pick([hours, `${hours}${two(random.below(62))}`, 'Z', 'z', ' Z', ' UTC', `${hours}:60:00`]);
  const offset = random.onceIn(4) ? random.pick([`${hours}:${two(random.below(62))}`, zone]) : '';
  const seconds = random.onceIn(5) ? '' : `:${two(second)}${fraction}`;
  return `${random.pick(Array.from(' T T Tt'))}${two(hour)}:${two(minute)}${seconds}${offset}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function emailText(random: Random): string {
  const local = random.text(
    [...ALPHA_NUMERIC, ...Array.from('._+-')],
    random.onceIn(30) ? random.between(58, 70) : random.between(1, 20),
  );
  const most = random.onceIn(30) ? 256 : 20;
  const domain = random.text([...LETTERS, ...Array.from('.-1')], random.between(1, most));
  const odd = random.onceIn(20) ? random.pick(['@', 'é', '張', '\ud800', '😀', '']) : '';
  return `${local}${odd}${random.onceIn(40) ? '' : '@'}${random.onceIn(40) ? '' : domain}`;
}

/** An external IV, mostly one that the element accepts. */
export function anyIv(element: ElementDefinition, random: Random): string | undefined {
  const needed = 'tweakInput' in element && element.tweakInput === 'argument';
  if (!traitsOf(element).takesExternalIv(element) && !random.onceIn(20)) return random.pick([undefined, '']);
  if (!needed && random.onceIn(2)) return random.pick([undefined, '']);
  switch (random.below(12)) {
    case 0:
      return random.pick([
        '',
        'é'.repeat(128),
        `${'é'.repeat(128)}x`,
        'x'.repeat(256),
        'x'.repeat(257),
        '😀'.repeat(64),
      ]);
    case 1:
      return random.text([...ODD, ...SEQUENCES], random.between(1, 8));
    case 2:
      return random.text(ALPHA_NUMERIC, random.between(26, 40));
    default:
      return random.pick(['iv', '1234', '12', 'abc', ' ', '\0', '0']);
  }
}
