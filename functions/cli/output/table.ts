import Table from 'cli-table3';
import type { Output } from '../core/io.ts';
import { styled, visible } from './text.ts';

/** Draws a table with a header line. Control characters in cells are escaped, and cells cut at `width` characters. */
export function table(
  output: Output,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = 40,
): string {
  const drawn = new Table({
    head: head.map((title) => styled(output, 'bold', visible(title))),
    style: { head: [], border: [], compact: true },
    chars: {
      top: '─',
      'top-mid': '─',
      'top-left': '',
      'top-right': '',
      bottom: '─',
      'bottom-mid': '─',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '─',
      'mid-mid': '─',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  });
  for (const row of rows) drawn.push(row.map((cell) => cut(visible(cell), width)));
  return drawn.toString();
}

function cut(cell: string, width: number): string {
  return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
}
