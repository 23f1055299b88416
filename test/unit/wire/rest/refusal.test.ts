import { describe, expect, test } from '@jest/globals';
import { RefusedError } from '../../../../lib/protect/refusal.ts';
import { statusOf } from '../../../../lib/wire/rest/refusal.ts';
import { refusals } from '../../../support/refusals.ts';

describe('the status of a refusal', () => {
  test.each(refusals())('says of $code whether a retry may succeed', ({ code }) => {
    const refusal = new RefusedError(code);
    const expected = refusal.isTransient ? [429, 503] : [400, 403, 500, 503];
    expect(expected).toContain(statusOf(refusal));
  });

  test.each([
    ['INPUT_TOO_SHORT', 400],
    ['USER_UNKNOWN', 400],
    ['TOKEN_EXPIRED', 403],
    ['ENGINE_FAILED', 500],
    ['KEY_THROTTLED', 429],
    ['KEY_UNAVAILABLE', 503],
    ['AUDIT_UNAVAILABLE', 503],
  ] as const)('of %s is %i', (code, status) => {
    expect(statusOf(new RefusedError(code))).toBe(status);
  });
});
