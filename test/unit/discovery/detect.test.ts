import { describe, expect, test } from '@jest/globals';
import { detectKind } from '../../../lib/discovery/detect.ts';
import { GENERATORS } from '../../support/discovery/national-numbers.ts';
import { seeded } from '../../support/discovery/seeded.ts';
import { columnOf } from '../../support/discovery/tables.ts';

const below = seeded(3);
const many = (make: (row: number) => string | null, length = 100) => Array.from({ length }, (_, row) => make(row));
const kindOf = (name: string, cells: readonly (string | null)[], type = 'VARCHAR') =>
  detectKind(columnOf(name, type, cells)).kind;
const PLATE = ['4111111111111111', '5555555555554444', '378282246310005', '6011111111111117', '3530111333300000'];

describe('a column', () => {
  test.each([
    ['cards', 'card', PLATE],
    [
      'cards in groups',
      'card',
      ['4111 1111 1111 1111', '5555-5555-5555-4444', '6011 1111 1111 1117', '4242 4242 4242 4242'],
    ],
    [
      'IBANs in any case',
      'iban',
      ['DE89 3704 0044 0532 0130 00', 'gb82west12345698765432', 'FR1420041010050500013M02606', 'NL91ABNA0417164300'],
    ],
    ['IP addresses', 'ip-address', ['192.0.2.1', '2001:db8::1', '::1', '198.51.100.77']],
    ['e-mail addresses', 'email', ['ada@x.example', 'grace.hopper@navy.example', 'jürgen@bücher.example']],
    ['social security numbers by their hyphens', 'national-number', ['900-12-3456', '901-22-4567', '902-33-9999']],
    ['telephone numbers with a country code', 'phone', ['+44 20 7946 0958', '+1 212 555 0123', '+49 30 23125 014']],
    ['UUIDs', 'uuid', ['f991813c-a062-4b9d-890f-a063cd042b6f', '7fb77e3a-a15c-4c66-8742-f0b1b4ce8478']],
  ])('is known by its values alone: %s', (_, kind, cells) => {
    expect(kindOf('c1', cells)).toBe(kind);
  });

  test('of cards is one of cards whatever it is called', () => {
    for (const name of ['c1', 'email', 'city', 'note', 'ssn']) expect(kindOf(name, PLATE)).toBe('card');
  });

  test('of three numbers is one of cards where each is a card, and of two or with a fourth that is none it is not', () => {
    const [first, second, third] = PLATE as [string, string, string];
    expect(kindOf('c1', [first, second, third])).toBe('card');
    expect(kindOf('c1', [first, second])).not.toBe('card');
    expect(kindOf('c1', [first, second, third, '4111111111111112'])).not.toBe('card');
  });

  test('of random digits is no national number, card or telephone number, whatever their count', () => {
    for (const length of [6, 8, 9, 10, 11, 12, 13, 16]) {
      const cells = many(() => `${1 + below(9)}${Array.from({ length: length - 1 }, () => below(10)).join('')}`, 300);
      expect([length, kindOf('c1', cells)]).toEqual([length, 'number']);
    }
  });

  test('of numbers of an issuer whose Luhn digit is wrong holds no cards', () => {
    const cells = many(() => `4${Array.from({ length: 15 }, () => below(10)).join('')}`, 300);
    expect(kindOf('c1', cells)).toBe('number');
  });

  test('of digits alone is one of telephone numbers where a numbering plan takes them all, and not backwards', () => {
    const areas = ['212', '415', '617', '312', '503', '713', '907'];
    const cells = many((row) => `${areas[row % 7]}${2 + below(8)}${String(below(1_000_000)).padStart(6, '0')}`);
    expect(kindOf('c1', cells)).toBe('phone');
  });

  test('of nine random digits is a social security number only where its name says so', () => {
    const cells = many(() => String(100_000_000 + below(560_000_000)));
    expect(kindOf('customer', cells)).not.toBe('national-number');
    expect(kindOf('customerSSN', cells)).toBe('national-number');
  });

  test('names the national number that its values are', () => {
    const found = detectKind(
      columnOf(
        'c1',
        'VARCHAR',
        many(() => GENERATORS.DNI!(below)),
      ),
    );
    expect([found.kind, found.number?.label, found.sure]).toEqual(['national-number', 'DNI', 'certain']);
  });

  test('of dates of birth is told from one of recent events', () => {
    const births = many(() => `${1940 + below(60)}-0${1 + below(9)}-1${below(10)}`);
    const events = many(() => `${2024 + below(3)}-0${1 + below(9)}-1${below(10)}`);
    expect(kindOf('c1', births, 'DATE')).toBe('birth-date');
    expect(kindOf('c1', events, 'DATE')).toBe('date');
    expect(kindOf('date_of_birth', events, 'DATE')).toBe('birth-date');
  });

  test.each([
    ['e-mail addresses', (row: number) => `user${row}@x.example`],
    ['e-mail addresses within texts', (row: number) => `ask <user${row}@x.example>!`],
    ['cards in groups', (row: number) => PLATE[(row / 10) % 4]!.replaceAll(/\d{4}(?=\d)/g, '$& ')],
    ['social security numbers', (row: number) => `9${10 + row}-12-34${10 + row}`.slice(0, 11)],
    ['telephone numbers', (row: number) => `+49 30 23125 0${10 + row}`],
  ])('of short texts with %s among them is not left in clear', (_, make) => {
    const cells = many((row) => (row % 10 === 0 ? make(row % 90) : `ticket ${row} open`));
    expect(kindOf('c1', cells)).toBe('free-text');
  });

  test('of a few shared words is a category, and colours are no names', () => {
    const colours = ['Green', 'Brown', 'White', 'Gray', 'Black'];
    expect(
      kindOf(
        'colour',
        many((row) => colours[row % 5]!),
      ),
    ).toBe('category');
  });

  test.each([
    ['राजेश कुमार', 'प्रिया शर्मा'],
    ['김민준', '이서연'],
    ['佐藤 健', '鈴木 一郎'],
    ['王小明', '李丽'],
    ['محمد علي', 'فاطمة حسن'],
    ['Иван Петров', 'Ольга Смирнова'],
    ["Seán O'Neill", 'Mary-Jane Watson'],
  ])('of names is found in any script: %s', (...names) => {
    expect(kindOf('имя', names)).toBe('person-name');
    expect(kindOf('full_name', names)).toBe('person-name');
  });

  test('whose texts stand for no value is empty', () => {
    expect(kindOf('email', ['N/A', '', 'unknown', '-', null])).toBe('empty');
  });

  test('whose name speaks of personal data is not left in clear because its values have an odd form', () => {
    const odd = many((row) => `~${row}/${String.fromCharCode(97 + below(26))}~`);
    expect(kindOf('c1', odd)).toBe('code');
    for (const name of ['email', 'telefon', 'date_of_birth', 'numéro de carte', 'passport_no']) {
      expect([name, kindOf(name, odd)]).toEqual([name, 'personal-id']);
    }
  });

  test('of dates with names of months is one of dates', () => {
    const births = many((row) => `Jun ${1 + (row % 28)}, ${1940 + below(60)}`);
    expect(kindOf('c1', births)).toBe('birth-date');
    expect(
      kindOf(
        'geboren',
        many((row) => `${1 + (row % 28)}. Oktober ${1940 + below(60)}`),
      ),
    ).toBe('birth-date');
  });

  test('of codes of airports holds no names', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const code = (): string => Array.from({ length: 3 }, () => letters[below(26)]!).join('');
    expect(kindOf('origin', many(code, 300))).toBe('code');
  });

  test('of bytes, lists and structures is not looked into', () => {
    for (const type of ['BLOB', 'VARCHAR[]', 'STRUCT(a INTEGER)']) expect(kindOf('x', [], type)).toBe('unread');
  });

  test('gives reasons without a value', () => {
    const cells = [...PLATE, 'Zoltanqua Markerin', 'zoltanqua@marker.example', '917-53-8264'];
    for (const name of ['c1', 'card', 'email', 'name']) {
      const said = JSON.stringify(detectKind(columnOf(name, 'VARCHAR', cells)));
      for (const cell of cells) expect(said).not.toContain(cell);
    }
  });
});
