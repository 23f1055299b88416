import { describe, expect, test } from '@jest/globals';
import { AUDIT_CODES, auditLevel, auditText } from '../../../lib/audit/codes.ts';

describe('audit codes', () => {
  test.each([
    ['SUCCESS', [6, 8, 10, 50]],
    ['WARNING', [11, 200]],
    ['ERROR', [1, 2, 3, 4, 5, 7, 9, 12, 15, 16, 19, 21, 22, 23, 26, 44, 201]],
    ['EXCEPTION', [13, 14, 17, 20, 31, 51, 202]],
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

  // Readers of the trail search for these texts: a changed one breaks their queries.
  const TEXTS: readonly (readonly [number, string])[] = [
    [1, 'The username could not be found in the policy.'],
    [2, 'The data element could not be found in the policy.'],
    [3, 'The user does not have the appropriate permissions to perform the requested operation.'],
    [4, 'Tweak is null.'],
    [5, 'Integrity check failed.'],
    [6, 'Data protect operation was successful.'],
    [7, 'Data protect operation failed.'],
    [8, 'Data unprotect operation was successful.'],
    [9, 'Data unprotect operation failed.'],
    [
      10,
      'The user has the appropriate permissions to perform the requested operation. This is just a policy check and no data has been protected nor unprotected.',
    ],
    [11, 'Data unprotect operation was successful with use of an inactive keyid.'],
    [12, 'Input is null or not within allowed limits.'],
    [13, 'Internal error occurring in a function call after the Core Provider has been opened.'],
    [14, 'Failed to load data encryption key'],
    [15, 'Tweak input is too long.'],
    [16, 'External IV is not supported in this version.'],
    [17, 'Failed to initialize the PEP - This is a fatal error'],
    [19, 'Unsupported tweak action for the specified fpe dataelement'],
    [20, 'Failed to allocate memory.'],
    [21, 'Input or output buffer is too small.'],
    [22, 'Data is too short to be protected/unprotected.'],
    [23, 'Data is too long to be protected/unprotected.'],
    [26, 'Unsupported algorithm or unsupported action for the specific data element.'],
    [31, 'Policy not available'],
    [44, 'The content of the input data is not valid.'],
    [50, 'Data reprotect operation was successful.'],
    [51, 'Failed to send logs, connection refused !'],
    [200, 'The operation was successful, but every value stayed clear, as the data element says.'],
    [201, 'The user has seen as many values as the policy allows for a day.'],
    [202, 'The values that the user is to see could not be counted.'],
  ];

  test.each(TEXTS)('%d has its published text', (code, text) => {
    expect(auditText(code)).toBe(text);
  });

  test('have a published text each', () => {
    expect(TEXTS.map(([code]) => code)).toEqual([...AUDIT_CODES.keys()]);
  });

  test('a text names the row it is about, row 0 included', () => {
    expect(auditText(22)).toBe('Data is too short to be protected/unprotected.');
    expect(auditText(22, 0)).toBe('Data is too short to be protected/unprotected. (row 0)');
  });
});
