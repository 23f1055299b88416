import { describe, expect, test } from '@jest/globals';
import { checkParts, MOST_PARTS } from '../../../../lib/wire/rest/parts.ts';

const TOO_LARGE = expect.objectContaining({ code: 'REPLY_TOO_LARGE' });
const check = (text: string) => () => checkParts(Buffer.from(text));

describe('a body of REST', () => {
  test.each([
    ['items', `[${'0,'.repeat(MOST_PARTS)}0]`, `[${'0,'.repeat(MOST_PARTS + 1)}0]`],
    ['members', `{${'"":0,'.repeat(MOST_PARTS)}}`, `{${'"":0,'.repeat(MOST_PARTS + 1)}}`],
    ['items behind a text', `["\\\\",${'0,'.repeat(MOST_PARTS - 1)}`, `["\\"",${'0,'.repeat(MOST_PARTS)}`],
  ])('has at most as many parts as a reply has room for: %s', (_what, most, more) => {
    expect(check(most)).not.toThrow();
    expect(check(more)).toThrow(TOO_LARGE);
  });

  test('has as many commas in its texts as they have', () => {
    expect(check(`["${','.repeat(MOST_PARTS + 1)}"]`)).not.toThrow();
    expect(check(`["\\"${','.repeat(MOST_PARTS + 1)}"]`)).not.toThrow();
  });
});
