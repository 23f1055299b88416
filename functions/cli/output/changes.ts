// Changes of a policy, in words.
import type { Change } from '../../../lib/policy/diff-lists.ts';
import type { Io, Output } from '../core/io.ts';
import { print, styled, visible } from './text.ts';

const LEGEND = '+ more access   - less access   ! tokens become unreadable';

/** Prints changes, each with a mark for what it does to access and tokens, and what the marks mean. */
export function printChanges(io: Io, changes: readonly Change[]): void {
  for (const { effect, text } of changes) print(io, `${mark(io.stdout, effect)} ${visible(text)}`);
  if (changes.some(({ effect }) => effect !== 'neutral')) print(io, styled(io.stdout, 'dim', LEGEND));
}

function mark(output: Output, effect: Change['effect']): string {
  switch (effect) {
    case 'widens':
      return styled(output, 'cyan', '+');
    case 'narrows':
      return '-';
    case 'unreadable':
      return styled(output, 'red', '!');
    case 'neutral':
    default:
      return '·';
  }
}
