// The pictures of the documents against what the commands print now.
import { describe, expect, test } from '@jest/globals';
import { FIRST_LOOK, firstLook, shapeOf } from '../documents/first-look.ts';
import { textOf } from '../documents/pages.ts';
import { textsOf } from '../documents/svg.ts';

/** What holds no token is the same to the letter. */
const isSaid = (line: string): boolean => /^[$#]|^protector|[✓✗]/.test(line.trim());

describe('the picture of README', () => {
  const shown = textsOf(textOf(FIRST_LOOK));

  test('has the text of a run: npm run docs makes it', async () => {
    const run = (await firstLook()).map(({ text }) => text);
    expect(shown.map(shapeOf)).toEqual(run.map(shapeOf));
    expect(shown.filter(isSaid)).toEqual(run.filter(isSaid));
  });

  test('shows a table in clear, tokens, what the analyst gets, and that a changed record is found', () => {
    const text = shown.join('\n');
    expect(text.split('944-07-4214')).toHaveLength(2);
    expect(text).toContain('************1111');
    expect(text).toContain('modified');
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});
