import { describe, expect, test } from '@jest/globals';
import { atLeast, atMost, type RefusalCode, RefusedError, type RefusalFacts } from '../../../lib/protect/refusal.ts';
import {
  explainRefusal,
  FAULTS,
  MAX_REASON_BYTES,
  reasonOf,
  refusalDetail,
} from '../../../lib/protect/refusal-text.ts';

type Place = Partial<Pick<RefusedError, 'element' | 'step' | 'bad' | 'operation' | 'rowName'>>;

function refusal(code: RefusalCode, facts: RefusalFacts, place: Place = {}): RefusedError {
  return Object.assign(new RefusedError(code, facts), { element: 'deSSN', operation: 'Protect', ...place });
}

const short = { row: 904, batchSize: 2048, limit: atLeast(6, 'digit') };

describe('the text of a refused value', () => {
  test('says element, position, limit, how many values are bad and what to do', () => {
    expect(explainRefusal(refusal('INPUT_TOO_SHORT', short, { bad: { count: 3, orMore: false } }))).toBe(
      'deSSN: value 905 of 2,048 is too short (at least 6 digits); 3 values of this batch are bad. Find every such value before the load: pty_check_deSSN(value) is NULL for a good value, else the reason',
    );
  });

  test.each<[string, Place, string]>([
    ['is the only bad one', { bad: { count: 1, orMore: false } }, '; no other value of this batch is bad. '],
    [
      'is one of many, of which not all were counted',
      { bad: { count: 1000, orMore: true } },
      '; at least 1,000 values of this batch are bad. ',
    ],
    ['is in a batch that was not counted', {}, 'at least 6 digits). Find'],
    ['has a row number of its own', { rowName: '7000' }, 'value 905 of 2,048 (row 7000) is too short'],
    ['has the row number of its place', { rowName: '904' }, 'value 905 of 2,048 is too short'],
    [
      'is a token',
      { operation: 'Unprotect' },
      '. Only what deSSN has protected can be unprotected with it: look for values that were loaded in clear, cut or changed',
    ],
    [
      'is a token to reprotect',
      { operation: 'Reprotect', step: 'Unprotect', element: 'deOld' },
      'deOld: value 905 of 2,048 is too short (at least 6 digits). Only what deOld has protected',
    ],
    [
      'does not fit the new element',
      { operation: 'Reprotect', step: 'Protect' },
      'deSSN: value 905 of 2,048, unprotected, is too short (at least 6 digits). The new element must take every value of the old one',
    ],
    ['has an element of a long name', { element: 'x'.repeat(5000) }, `${'x'.repeat(127)}…: value`],
  ])('that %s says so', (_, place, part) => {
    expect(explainRefusal(refusal('INPUT_TOO_SHORT', short, place))).toContain(part);
  });

  test('is a text of its own for each fault of a value', () => {
    const faults = Object.values(FAULTS);
    expect(faults.length).toBeGreaterThan(25);
    expect(new Set(faults).size).toBe(faults.length);
    for (const fault of faults) expect(fault).toMatch(/^(is|has|fails|begins|ends) [^ ].{5,}$/);
  });

  test.each([
    [atLeast(1, 'digit'), 'at least 1 digit'],
    [atLeast(4, 'letter', true), 'at least 4 letters besides the clear parts'],
    [atMost(4096, 'letter or digit'), 'at most 4,096 letters and digits'],
    [atMost(4095, 'byte'), 'at most 4,095 bytes'],
    [{ is: 'one of', forms: ['YYYY-MM-DD', 'DD/MM/YYYY'] } as const, 'forms taken: YYYY-MM-DD, DD/MM/YYYY'],
    [{ is: 'dates', from: '1582-10-05', to: '1582-12-31' } as const, 'dates taken: 1582-10-05 to 1582-12-31'],
    [{ is: 'dates', from: '1900-01-01', to: '2026-12-31' } as const, 'dates taken: 1900-01-01 to 2026-12-31'],
    [
      { is: 'dates', from: '1582-10-04', to: '2026-12-31' } as const,
      'dates taken: 1582-10-04 to 2026-12-31, without 1582-10-05 to 1582-10-14',
    ],
  ])('words its limit: %j', (limit, words) => {
    expect(reasonOf(refusal('INPUT_TOO_LONG', { row: 0, limit }))).toBe(`value is too long (${words})`);
  });

  test('names a detail behind the limit', () => {
    const facts = { ...short, detail: 'the day comes first' };
    expect(reasonOf(refusal('INPUT_TOO_SHORT', facts))).toBe(
      'value is too short (at least 6 digits; the day comes first)',
    );
  });

  test('asks for text where the data type is the fault, because a check would not find it', () => {
    for (const code of ['WRONG_DATATYPE', 'UNSAFE_NUMBER', 'NUMBER_UNFIT'] as const) {
      expect(explainRefusal(refusal(code, { row: 0 }))).toMatch(/\. Pass the column as VARCHAR/);
    }
  });

  test('says which cards invalidCardType takes', () => {
    expect(reasonOf(refusal('CARD_TYPE_MUST_BE_VALID', { row: 0 }))).toBe(
      'value begins with another digit than 2 to 6; under invalidCardType cards begin with 2 to 6',
    );
  });

  test('never misses: a code without words of its own has its canonical text', () => {
    expect(reasonOf(refusal('OUT_OF_LIMITS', { row: 0 }))).toBe(
      'value is refused: Input is null or not within allowed limits.',
    );
  });

  test('has a bounded reason, cut between characters', () => {
    const reason = reasonOf(refusal('INPUT_TOO_SHORT', { row: 0, detail: '𠮷'.repeat(200) }));
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(MAX_REASON_BYTES);
    expect(Buffer.byteLength(reason)).toBeGreaterThan(MAX_REASON_BYTES - 5);
    expect(reason).toMatch(/^value is too short \((𠮷)+…$/u);
  });

  test('holds the facts alone where clients classify by another text', () => {
    const refused = refusal('INPUT_TOO_SHORT', short, { bad: { count: 1, orMore: false } });
    expect(refusalDetail(refused)).toBe(
      'deSSN: value 905 of 2,048 is too short (at least 6 digits); no other value of this batch is bad',
    );
    expect(refused.describe(refused.canonicalText)).toBe('Protect failed. row 904:The input is too short');
  });
});

describe('the text of a refused batch', () => {
  test.each<[RefusalCode, string]>([
    ['NOT_AUTHORIZED', 'deSSN: User not authorized. Refer to audit log for details.'],
    ['ELEMENT_UNKNOWN', 'deSSN: Protect failed. Data element not found. Refer to audit log for details.'],
    ['REPLY_TOO_LARGE', 'deSSN: Response exceeds the 6 MB Lambda limit; lower MAX_BATCH_SIZE or MAX_BATCH_ROWS'],
    ['ENGINE_FAILED', 'deSSN: Crypto operation failed'],
    ['USER_UNKNOWN', 'The username could not be found in the policy in shared memory.'],
    ['KEY_UNAVAILABLE', 'Failed to load data encryption key'],
    ['AUDIT_UNAVAILABLE', 'Failed to send logs, connection refused !'],
    ['EVENT_MALFORMED', 'The content of the input data is not valid.'],
  ])('of %s names the element where it is about the element', (code, text) => {
    expect(explainRefusal(refusal(code, {}))).toBe(text);
    expect(refusalDetail(refusal(code, {}))).toBeUndefined();
  });

  test('does without an element that is not known', () => {
    const refused = refusal('NOT_AUTHORIZED', {}, { element: undefined });
    expect(explainRefusal(refused)).toBe('User not authorized. Refer to audit log for details.');
    const row = refusal('WRONG_DATATYPE', { row: 2 }, { element: undefined });
    expect(explainRefusal(row)).toBe('Protect failed. row 2:Unsupported operation for that datatype');
    expect(refusalDetail(row)).toBeUndefined();
  });
});
