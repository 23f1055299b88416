import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { SqlValue } from '../../lib/local/duckdb/sql.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan';

/** Text in a style where the stream is a terminal that wants colour (NO_COLOR and FORCE_COLOR are honoured), else as it is. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream, validateStream: true });
}

export function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Progress, hints and errors: what a program that reads the output must not see. */
export function say(text = ''): void {
  process.stderr.write(`${text}\n`);
}

/** A table with a header line; cells are cut at `width` characters. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width = 40): string {
  const output = new Table({
    head: head.map((title) => styled('bold', title)),
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
  for (const row of rows) output.push(row.map((cell) => (cell.length > width ? `${cell.slice(0, width - 1)}…` : cell)));
  return output.toString();
}

/** A SQL value as a cell of a table. */
export function cellText(value: SqlValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `1 value`, `2,000 values`: for nouns whose plural ends in s. */
export function quantity(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A line of progress that a terminal shows in place, and that a log shows once, when it is done. */
export function progressLine(label: string): { update(done: number, total: number): void; finish(note: string): void } {
  const { isTTY } = process.stderr;
  let shown = -1;
  return {
    update(done, total) {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      if (!isTTY || percent === shown) return;
      shown = percent;
      process.stderr.write(`\r${label} … ${percent} %`);
    },
    finish(note) {
      process.stderr.write(`${isTTY ? '\r\u001b[K' : ''}${label}: ${note}\n`);
    },
  };
}
