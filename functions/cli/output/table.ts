import Table from 'cli-table3';
import type { Output } from '../core/io.ts';
import { styled, visible } from './text.ts';
import { widthOf, wrap } from '../core/width.ts';

/** Columns beside a cell: a blank on either side, and two between cells. */
const PADDING = 2;
const BETWEEN = 2;
/** A column is not made narrower than this: then the table turns vertical. */
const LEAST = 12;

/**
 * Draws a table with a header line. Control characters in cells are escaped, and cells cut at `width` characters. Fits the
 * terminal: long cells are wrapped, and a table that is still too wide becomes a block of lines for each row.
 */
export function table(
  output: Output,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = 40,
): string {
  const titles = head.map(visible);
  const cells = rows.map((row) => row.map((cell) => cut(visible(cell), width)));
  const widths = titles.map((title, i) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[i] ?? ''))));
  const fitted = output.columns === undefined ? widths : fit(widths, output.columns);
  return fitted === undefined
    ? vertical(output, titles, cells, output.columns!)
    : drawn(
        output,
        wrapAll(titles, fitted),
        cells.map((row) => wrapAll(row, fitted)),
      );
}

/** Returns widths of the columns that fit into a line, or `undefined` where there are none. The widest ones give way. */
function fit(widths: readonly number[], columns: number): readonly number[] | undefined {
  const space = columns - widths.length * PADDING - (widths.length - 1) * BETWEEN;
  const fitted = [...widths];
  let excess = fitted.reduce((sum, width) => sum + width, 0) - space;
  while (excess > 0) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if (fitted[widest]! <= LEAST) return undefined;
    fitted[widest]! -= 1;
    excess -= 1;
  }
  return fitted;
}

function wrapAll(cells: readonly string[], widths: readonly number[]): string[] {
  return cells.map((cell, i) => (widthOf(cell) <= widths[i]! ? cell : wrap(cell, widths[i]!).join('\n')));
}

function drawn(output: Output, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = new Table({
    head: head.map((title) => styled(output, 'bold', title)),
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
  for (const row of rows) lines.push([...row]);
  return lines.toString();
}

/** Draws each row as a block: the name of a column and its value on each line. */
function vertical(
  output: Output,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): string {
  const names = Math.max(...head.map(widthOf));
  // Where the names leave no room, values have lines of their own.
  const indent = names + BETWEEN + LEAST <= columns ? names + BETWEEN : BETWEEN;
  const rule = '─'.repeat(columns);
  const blocks = rows.map((row) =>
    head.flatMap((name, i) => {
      const title = styled(output, 'bold', name);
      const lines = wrap(row[i] ?? '', columns - indent);
      const rest = lines.map((line) => `${' '.repeat(indent)}${line}`.trimEnd());
      if (indent === BETWEEN) return [title, ...rest];
      return [`${title}${' '.repeat(indent - widthOf(name))}${lines[0]!}`.trimEnd(), ...rest.slice(1)];
    }),
  );
  return [rule, ...blocks.flatMap((block) => [...block, rule])].join('\n');
}

function cut(cell: string, width: number): string {
  return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
}
