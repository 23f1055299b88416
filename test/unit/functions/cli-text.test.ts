import { describe, expect, test } from '@jest/globals';
import { visible } from '../../../functions/cli/output/text.ts';

describe('text of others on a terminal', () => {
  test.each([
    ['an escape sequence', '\u001b[2J', String.raw`\u001b[2J`],
    ['an end of line', 'a\r\nb', String.raw`a\u000d\u000ab`],
    ['a control sequence of one byte', '\u009b2J', String.raw`\u009b2J`],
    ['a delete', '\u007f', String.raw`\u007f`],
    ['an override of the direction', '\u202eabc\u202c', String.raw`\u202eabc\u202c`],
    ['an isolate', '\u2066\u2069', String.raw`\u2066\u2069`],
    ['a mark of direction', '\u061c\u200e\u200f', String.raw`\u061c\u200e\u200f`],
    ['a separator of lines', '\u2028\u2029', String.raw`\u2028\u2029`],
    ['a space without width', 'a\u200bb\ufeff', String.raw`a\u200bb\ufeff`],
    ['a tag', '\u{e0041}', String.raw`\udb40\udc41`],
  ])('is escaped when it is %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
    expect(JSON.parse(`"${shown}"`)).toBe(text);
  });

  test.each(['Zoë Müller', 'محمد', '山田 太郎', 'שָׁרוֹן', '👍🏽', 'a\\b "c"'])('stays as it is: %s', (text) => {
    expect(visible(text)).toBe(text);
  });
});
