import { describe, expect, test } from '@jest/globals';
import { AUDIT_CODES, auditLevel, auditText } from '../../../lib/audit/codes.ts';

describe('audit codes', () => {
  test.each([
    ['SUCCESS', [6, 8, 10, 50]],
    ['WARNING', [11]],
    ['ERROR', [1, 2, 3, 4, 5, 7, 9, 12, 15, 16, 19, 21, 22, 23, 26, 44]],
    ['EXCEPTION', [13, 14, 17, 20, 31, 51]],
  ])('of level %s are %j', (level, codes) => {
    const found = [...AUDIT_CODES.keys()].filter((code) => auditLevel(code) === level);
    expect(found).toEqual(codes);
  });

  test.each([1, 3])('%d is a WARNING when a substitute was returned', (code) => {
    expect(auditLevel(code, true)).toBe('WARNING');
  });

  test.each([2, 8, 13])('%d keeps its level although a substitute is claimed', (code) => {
    expect(auditLevel(code, true)).toBe(auditLevel(code));
  });

  test.each([0, 18, 24, 25, 27, 28, 38, 43, 45, 47, 48, 49, 52, -1, Number.NaN])('%d is never emitted', (code) => {
    expect(() => auditLevel(code)).toThrow(expect.objectContaining({ code: 'AUDIT_CODE_UNKNOWN' }));
    expect(() => auditText(code)).toThrow(expect.objectContaining({ code: 'AUDIT_CODE_UNKNOWN' }));
  });

  test('a text names the row it is about, row 0 included', () => {
    expect(auditText(22)).toBe('Data is too short to be protected/unprotected.');
    expect(auditText(22, 0)).toBe('Data is too short to be protected/unprotected. (row 0)');
  });
});
