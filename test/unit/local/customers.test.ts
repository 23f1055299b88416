import { describe, expect, test } from '@jest/globals';
import {
  type CustomersOptions,
  customers,
  SENSITIVE_COLUMNS,
  type SensitiveColumn,
} from '../../../lib/local/sample/customers.ts';
import { customersCsv } from '../../../lib/local/sample/customers-csv.ts';
import { LOCALES } from '../../../lib/local/sample/locales.ts';
import { SAMPLE_ELEMENTS, samplePolicy } from '../../bench/environment.ts';

const COUNT = 20_000;

function columnsOf(options: CustomersOptions): Record<SensitiveColumn, (string | null)[]> {
  const chunks = [...customers(options)];
  const column = (name: SensitiveColumn): (string | null)[] => chunks.flatMap(({ columns }) => columns[name]);
  return {
    name: column('name'),
    email: column('email'),
    ssn: column('ssn'),
    card: column('card'),
    phone: column('phone'),
    birth_date: column('birth_date'),
    address: column('address'),
    city: column('city'),
    zip: column('zip'),
    iban: column('iban'),
  };
}

const sample = columnsOf({ count: COUNT });
const present = (column: SensitiveColumn): readonly string[] =>
  sample[column].filter((value): value is string => value !== null && value !== '');
const digitsOf = (value: string): string => value.replaceAll(/\D/g, '');

const luhnSum = (card: string): number =>
  Array.from(card)
    .toReversed()
    .reduce((sum, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return sum + Math.floor(value / 10) + (value % 10);
    }, 0);

/** SWIFT IBAN registry. */
const IBAN_LENGTHS =
  'AE23 AT20 BE16 BG22 CH21 CZ24 DE22 ES24 FR27 GB22 GR27 IL23 IT27 NL18 PL28 PT25 SA24 SE24 TR26 UA29'.split(' ');

const mod97 = (iban: string): bigint =>
  BigInt((iban.slice(4) + iban.slice(0, 4)).replaceAll(/[A-Z]/g, (letter) => String(Number.parseInt(letter, 36)))) %
  97n;

describe('the sample customers', () => {
  test('are the same for the same seed, whatever the chunk size', () => {
    expect(columnsOf({ count: COUNT, chunkRows: 777 })).toEqual(sample);
  });

  test('of a smaller sample begin a larger one', () => {
    expect(columnsOf({ count: 10 }).iban).toEqual(sample.iban.slice(0, 10));
  });

  test('differ for another seed', () => {
    expect(columnsOf({ count: 100, seed: 2 }).card).not.toEqual(sample.card.slice(0, 100));
  });

  test('have ids that count from 1 across chunks', () => {
    const ids = [...customers({ count: 5, chunkRows: 2 })].map(({ customerIds }) => customerIds);
    expect(ids).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('come in no chunk when none are asked for', () => {
    expect([...customers({ count: 0 })]).toEqual([]);
  });
});

describe('the column', () => {
  test.each(SENSITIVE_COLUMNS)('%s is NULL in about 2 %% and empty in about 1 %% of the rows', (column) => {
    const nulls = sample[column].filter((value) => value === null).length / COUNT;
    const empty = sample[column].filter((value) => value === '').length / COUNT;
    expect(nulls).toBeGreaterThan(0.015);
    expect(nulls).toBeLessThan(0.025);
    expect(empty).toBeGreaterThan(0.006);
    expect(empty).toBeLessThan(0.014);
  });

  test.each(SENSITIVE_COLUMNS)(
    '%s is well-formed Unicode in normal form C, with nothing left of a pattern',
    (column) => {
      const odd = present(column).filter(
        (value) =>
          !value.isWellFormed() || value !== value.normalize('NFC') || /[#%|]/.test(value) || value !== value.trim(),
      );
      expect(odd).toEqual([]);
    },
  );

  test.each<[SensitiveColumn, RegExp]>([
    ['name', /\p{L}.*\p{L}/u],
    ['email', /^[A-Za-z0-9._+-]{6,}@(?:mail\.)?example\.(?:com|org|net)$/],
    ['ssn', /^(?:9\d\d|000|666)-(?:0[1-9]|[1-4]\d)-\d{4}$/],
    ['card', /^\d{15,16}$/],
    ['phone', /^(?:\D*\d){8,15}$/],
    ['birth_date', /^(?:19[3-9]\d|200[0-7])-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/],
    ['address', /\p{L}.*\d|\d.*\p{L}/u],
    ['city', /\p{L}.*\p{L}/u],
    ['zip', /^(?=(?:[^A-Z0-9]*[A-Z0-9]){4})[A-Z0-9 -]+$/],
    ['iban', /^[A-Z]{2}\d{2}[A-Z0-9 ]+$/],
  ])('%s has the shape %s', (column, shape) => {
    expect(present(column).filter((value) => !shape.test(value))).toEqual([]);
  });
});

describe('the sample', () => {
  test('has cards of 15 and 16 digits that pass the Luhn check', () => {
    const cards = present('card').map(digitsOf);
    expect(luhnSum('4242424242424242') % 10).toBe(0);
    expect(cards.filter((card) => luhnSum(card) % 10 !== 0)).toEqual([]);
    expect(new Set(cards.map(({ length }) => length))).toEqual(new Set([15, 16]));
  });

  test('has IBANs that leave 1 modulo 97 and have the length of their country', () => {
    const ibans = present('iban').map((iban) => iban.replaceAll(' ', ''));
    expect(mod97('GB82WEST12345698765432')).toBe(1n);
    expect(ibans.filter((iban) => mod97(iban) !== 1n)).toEqual([]);
    expect(new Set(ibans.map((iban) => iban.slice(0, 2) + iban.length))).toEqual(new Set(IBAN_LENGTHS));
  });

  test('has birth dates that are days of the calendar', () => {
    const impossible = present('birth_date').filter(
      (date) => new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date,
    );
    expect(impossible).toEqual([]);
  });

  test('has North American phone numbers of 555-01XX alone, which are kept for fiction', () => {
    const american = present('phone').filter((phone) => /^\+1\D|^\(?\d{3}\)?[ -]\d{3}-/.test(phone));
    expect(american.length).toBeGreaterThan(100);
    expect(american.filter((phone) => !/555[- ]01\d\d$/.test(phone))).toEqual([]);
  });
});

describe('the locales', () => {
  test.each(['Latin', 'Greek', 'Cyrillic', 'Arabic', 'Hebrew', 'Devanagari', 'Thai', 'Han', 'Hiragana', 'Hangul'])(
    'give names in %s',
    (script) => {
      const letter = new RegExp(`\\p{Script=${script}}`, 'u');
      expect(present('name').some((name) => letter.test(name))).toBe(true);
    },
  );

  test('have no word twice, no empty word and at least 50 full names each', () => {
    for (const { country, given, family, streets, cities } of LOCALES) {
      for (const words of [given, family, streets, cities]) {
        expect({ country, words: new Set(words).size }).toEqual({ country, words: words.length });
        expect(words).not.toContain('');
      }
      expect(given.length * family.length).toBeGreaterThanOrEqual(50);
    }
  });
});

describe('the sample policy', () => {
  const policy = samplePolicy();

  test.each(SAMPLE_ELEMENTS)('%s takes every %s, and gives it back', (element, column) => {
    const method = policy.method(element);
    const tokens = method.protect(sample[column], undefined);
    const back = method.unprotect(tokens.column, undefined).column;
    expect(back.filter((value, row) => value !== sample[column][row])).toEqual([]);
    // No value is so short that it stays clear.
    expect(tokens.clearCount).toBe(0);
  });
});

describe('the CSV file', () => {
  test('has a header and one line per customer, with nothing for NULL and two quotes for an empty text', () => {
    const lines = [...customersCsv({ count: 3000, chunkRows: 1000 })].join('').split('\n');
    expect(lines[0]).toBe('customer_id,name,email,ssn,card,phone,birth_date,address,city,zip,iban');
    expect(lines).toHaveLength(3000 + 2);
    for (const [row, name] of sample.name.slice(0, 3000).entries()) {
      const field = name === null ? '' : `"${name}"`;
      expect(lines[row + 1]?.startsWith(`${row + 1},${field},`)).toBe(true);
    }
  });
});
