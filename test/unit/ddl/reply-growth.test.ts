import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { warehouseFunctions } from '../../../lib/ddl/functions.ts';
import { batchLimits, replyGrowth } from '../../../lib/ddl/reply-growth.ts';
import { ELEMENT_TYPE_NAMES, traitsOf } from '../../../lib/policy/element-types.ts';
import { newKeyring } from '../../../lib/policy/keyring.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import type { ElementDefinition } from '../../../lib/policy/schema.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { MAX_REASON_BYTES } from '../../../lib/protect/refusal-text.ts';
import { MAX_REPLY_BYTES } from '../../../lib/wire/limits.ts';

const OWN = [{ name: 'own', include: [], ranges: ['0020-007E', '00A1-00FF', '10000-10010'] }];
const word = fc.string({ unit: fc.constantFrom(...Array.from('abzABZ059')), minLength: 6, maxLength: 40 });
const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 6, maxLength: 40 });
const upper = fc.string({ unit: fc.constantFrom(...Array.from('AMZ')), minLength: 6, maxLength: 40 });
const latin = fc.string({ unit: fc.constantFrom(...Array.from('az"\\ ~ÿ¡')), minLength: 6, maxLength: 40 });
const ascii = fc.string({ unit: fc.constantFrom(...Array.from('az"\\!~')), minLength: 6, maxLength: 40 });
const anything = fc.string({ unit: 'grapheme-composite', maxLength: 40 }).map((text) => text.toWellFormed());
const control = fc.string({ unit: fc.constantFrom('\u0001', '\u001f', 'a'), minLength: 1, maxLength: 40 });
const hex = fc.uint8Array({ minLength: 3, maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('hex'));

const tokens = (type: string, more: object = {}) => ({ method: 'tokenization', type, shortData: 'as-is', ...more });

/** Elements of every type, with values that grow. */
const CASES: [string, object, fc.Arbitrary<string>][] = [
  ['numeric', tokens('numeric'), digits],
  [
    'numeric, longer',
    tokens('numeric', { preserveLength: false }),
    fc.string({ unit: fc.constantFrom(...Array.from('019')), minLength: 1, maxLength: 9 }),
  ],
  ['alpha', tokens('alpha'), word.map((text) => text.replaceAll(/\d/g, 'x'))],
  ['upper-case-alpha', tokens('upper-case-alpha'), upper],
  ['alpha-numeric', tokens('alpha-numeric'), word],
  ['upper-case-alpha-numeric', tokens('upper-case-alpha-numeric'), upper],
  ['lower-ascii', tokens('lower-ascii'), ascii],
  ['printable', tokens('printable'), latin],
  ['unicode', tokens('unicode', { alphabet: 'own' }), latin],
  ['unicode, longer', tokens('unicode', { alphabet: 'own', preserveLength: false }), latin],
  ['unicode-script', tokens('unicode-script'), fc.oneof(latin, fc.constantFrom('\u{1d160}\u{1d161}', 'שּׁ', 'क़ख़ग़'))],
  [
    'integer of 8',
    tokens('integer', { size: 8, shortData: undefined }),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
  ],
  [
    'integer of 8, small',
    tokens('integer', { size: 8, shortData: undefined }),
    fc.integer({ min: 0, max: 9 }).map(String),
  ],
  ['credit-card', tokens('credit-card', { shortData: undefined, fromRight: 4 }), fc.constant('4111111111111111')],
  ['decimal', tokens('decimal', { shortData: undefined }), fc.integer({ min: -99, max: 99 }).map((n) => `${n}.5`)],
  ['date', tokens('date', { shortData: undefined }), fc.constantFrom('1980-02-29', '01/02/1999')],
  [
    'datetime',
    tokens('datetime', { shortData: undefined, tokenizeTime: true }),
    fc.constant('1980-02-29T23:59:59.250'),
  ],
  [
    'date of a range, in the order of the month',
    tokens('date', {
      shortData: undefined,
      dateOrder: 'mdy',
      range: { from: '1900-01-01', to: '2026-12-31' },
      staysClear: ['9999-12-31'],
    }),
    fc.constantFrom('1980-02-29', '01.02.1999', '12-31-9999'),
  ],
  ['email', tokens('email'), word.map((text) => `${text}@example.com`)],
  ['email, longer', tokens('email', { preserveLength: false }), fc.constantFrom('a@b.c', 'ab@b.c')],
  ['binary', tokens('binary', { shortData: undefined }), hex],
  ['unicode-bytes', tokens('unicode-bytes', { shortData: undefined }), fc.oneof(anything, control)],
  ['unicode-base64', tokens('unicode-base64', { shortData: undefined }), fc.oneof(anything, control)],
  ['fpe-numeric', { method: 'fpe', type: 'fpe-numeric', shortData: 'as-is' }, digits],
  [
    'fpe-alpha',
    { method: 'fpe', type: 'fpe-alpha', shortData: 'as-is' },
    word.map((text) => text.replaceAll(/\d/g, 'x')),
  ],
  ['fpe-alpha-numeric', { method: 'fpe', type: 'fpe-alpha-numeric', shortData: 'as-is' }, word],
  [
    'fpe-latin1-alpha',
    { method: 'fpe', type: 'fpe-latin1-alpha', shortData: 'as-is' },
    fc.constantFrom('Lovelace', 'abcdefghij'),
  ],
  ['fpe-latin1-alpha-numeric', { method: 'fpe', type: 'fpe-latin1-alpha-numeric', shortData: 'as-is' }, word],
  ['aes-256-gcm', { method: 'encryption', type: 'aes-256-gcm', keyId: 7 }, fc.oneof(anything, control)],
  ['aes-256-siv', { method: 'encryption', type: 'aes-256-siv', keyId: 7 }, fc.oneof(anything, control)],
  ['hmac-sha256', { method: 'hash', type: 'hmac-sha256' }, anything],
  ['no-encryption', { method: 'clear', type: 'no-encryption' }, anything],
  ['monitor', { method: 'clear', type: 'monitor' }, anything],
  ['masking', { method: 'clear', type: 'masking', mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } }, anything],
];

function compiled(facts: object) {
  const element = { id: '0a4e7a52-5f0c-4a7e-9d0e-6f3a1b2c3d4e', name: 'e', ...facts };
  const elements = [Object.fromEntries(Object.entries(element).filter(([, value]) => value !== undefined))];
  const policy = parsePolicy({ name: 'p', dataStore: 's', alphabets: OWN, elements, roles: [] });
  const content = { policy, mapping: {}, keyring: newKeyring(randomBytes) };
  return { element: policy.elements[0]!, method: compilePolicy({ version: '1', content }, randomBytes).method('e') };
}

/** Bytes of a value in UTF-8. */
const plain = (value: unknown): number => Buffer.byteLength(value as string);

/** Bytes of a value as JSON text, without its quotation marks. */
const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value)) - 2;

function growth(element: ElementDefinition, operation: 'Protect' | 'Unprotect') {
  return replyGrowth({ target: { operation, element: 'e' }, from: element, to: element, maskBytes: 1 });
}

describe('a reply stays within the growth of its element', () => {
  test('for every element type', () => {
    const types = CASES.map(([, facts]) => (facts as Pick<ElementDefinition, 'type'>).type);
    expect(new Set(types)).toEqual(new Set(ELEMENT_TYPE_NAMES));
  });

  test.each(CASES)('of type %s', (_, facts, values) => {
    const { element, method } = compiled(facts);
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 20 }), (column) => {
        const { column: tokensOf } = method.protect(column, undefined);
        const protect = growth(element, 'Protect');
        const least = traitsOf(element).growth.least(element);
        for (const [row, value] of column.entries()) {
          if (value === '') continue;
          expect(size(tokensOf[row])).toBeLessThanOrEqual(protect.factor * size(value) + protect.more);
          expect(plain(tokensOf[row])).toBeGreaterThanOrEqual(least.protect * plain(value));
        }
        if (element.method === 'hash') return;
        const unprotect = growth(element, 'Unprotect');
        for (const [row, value] of column.entries()) {
          if (value === '') continue;
          expect(size(value)).toBeLessThanOrEqual(unprotect.factor * size(tokensOf[row]) + unprotect.more);
          expect(plain(value)).toBeGreaterThanOrEqual(least.unprotect * plain(tokensOf[row]));
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('the growth of unprotect covers a mask whose character has more bytes than what it hides', () => {
  const numeric = {
    id: '00000000-0000-4000-8000-000000000001',
    method: 'tokenization',
    type: 'numeric',
    shortData: 'error',
  };
  const mask = { name: 'stars', fromLeft: 0, fromRight: 4, mode: 'clear', character: '★' };
  const grants = [{ element: 'deSSN', permissions: ['unprotect'], mask: 'stars' }];
  const policy = parsePolicy({
    name: 'p',
    dataStore: 's',
    masks: [mask],
    elements: [{ ...numeric, name: 'deSSN' }],
    roles: [{ name: 'r', members: ['ann'], grants }],
  });
  const growths = warehouseFunctions(policy, {}, []).map(replyGrowth);
  expect(growths).toEqual([
    { factor: 1, more: 0 },
    { factor: 0, more: MAX_REASON_BYTES },
    { factor: 3, more: 0 },
  ]);
});

test('the growth of an e-mail element is none if its tokens keep the length', () => {
  const [kept, longer] = [{}, { preserveLength: false }].map((more) =>
    growth(compiled(tokens('email', more)).element, 'Protect'),
  );
  expect(kept).toEqual({ factor: 1, more: 0 });
  expect(longer!.more).toBeGreaterThan(0);
});

describe('the limits of a request', () => {
  test('do not exist where replies are not longer than requests', () => {
    expect(batchLimits({ factor: 1, more: 0 })).toEqual({});
    expect(batchLimits({ factor: 1, more: 2 })).toEqual({});
  });

  test('keep every reply within what Lambda returns', () => {
    const cases = fc.record({ factor: fc.double({ min: 0, max: 6, noNaN: true }), more: fc.nat(200) });
    fc.assert(
      fc.property(cases, (grown) => {
        const { sizeKb = 5 * 1024, rows: most = Infinity } = batchLimits(grown);
        expect(most).toBeGreaterThan(0);
        expect(sizeKb).toBeLessThanOrEqual(5 * 1024);
        // Each row costs 5 bytes of the request; the rest is values.
        const rows = Math.min(most, Math.floor((sizeKb * 1024) / 5));
        const bytes = sizeKb * 1024 - 5 * rows;
        const reply = grown.factor * bytes + (grown.more + 3) * rows + 100;
        expect(reply).toBeLessThanOrEqual(MAX_REPLY_BYTES + 1024);
      }),
    );
    expect(batchLimits({ factor: 2, more: 62 })).toEqual({ sizeKb: 1535, rows: 57_227 });
  });
});
