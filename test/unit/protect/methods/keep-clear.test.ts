import { describe, expect, test } from '@jest/globals';
import { keepClear } from '../../../../lib/protect/methods/cipher/keep-clear.ts';

describe.each(['protect', 'unprotect'] as const)('%s of a clear element', (operation) => {
  test('returns a column of cells of every type as it is', () => {
    const column = ['text', '', null, 0, -1.5, true, false, '\ud83d', ' \u0000 '];
    const result = keepClear[operation](column, undefined);
    expect(result).toEqual({ column, weakCount: 0, clearCount: 7 });
    expect(result.column).toBe(column);
  });

  test('refuses an external IV, and takes an empty one as none', () => {
    expect(() => keepClear[operation](['a'], 'iv')).toThrow(expect.objectContaining({ code: 'IV_NOT_ALLOWED' }));
    expect(keepClear[operation](['a'], '').column).toEqual(['a']);
  });
});
