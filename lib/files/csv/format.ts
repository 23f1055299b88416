import type { Cell } from '../../base/cell.ts';
import { FilesError } from '../errors.ts';
import { Kind } from '../spans.ts';
import type { TextFormat } from '../text-piece.ts';
import { type Dialect, dialectBytes } from './dialect.ts';
import { type RecordShape, scanRecords } from './scan-records.ts';

/** Makes the format of CSV records of a dialect and shape. */
export function csvFormat(dialect: Dialect, shape: RecordShape): TextFormat {
  const bytes = dialectBytes(dialect);
  const { quote, nulls } = dialect;
  const escape = dialect.escape ?? quote;
  const written = nulls.filter((text) => text !== '');
  return {
    scan: (piece, from, to, isLast, table) => scanRecords(piece, from, to, isLast, bytes, shape, table),
    unescape: (text) => unescaped(text.slice(1, -1), escape!),
    spell: (cell, kind) => spelled(cell, kind, quote, escape),
    inQuotes: allUnitsBut(quote, escape),
    bare: allUnitsBut(dialect.delimiter, '\r\n'),
    bareFirst: allUnitsBut(quote, dialect.comment),
    quote: bytes.quote,
    quotesText: false,
    isOther: written.length === 0 ? undefined : (text) => written.includes(text),
  };
}

function unescaped(text: string, escape: string): string {
  let clear = '';
  let from = 0;
  for (let at = text.indexOf(escape); at !== -1; at = text.indexOf(escape, from + 1)) {
    clear += text.slice(from, at);
    from = at + 1;
  }
  return clear + text.slice(from);
}

function spelled(cell: Cell, kind: number, quote: string | undefined, escape: string | undefined): string {
  if (cell === null) return '';
  const text = String(cell);
  if (quote === undefined || escape === undefined) {
    throw new FilesError(
      'FILES_LAYOUT',
      'A protected value holds a delimiter or line end, and the dialect has no quotes: set --quote',
    );
  }
  if (kind === Kind.plain && text === '') return quote + quote;
  let inside = text.replaceAll(quote, escape + quote);
  if (escape !== quote) inside = text.replaceAll(escape, escape + escape).replaceAll(quote, escape + quote);
  return quote + inside + quote;
}

/** Returns 1 for every UTF-16 unit that is not one of these. */
function allUnitsBut(...texts: readonly (string | undefined)[]): Uint8Array {
  const units = new Uint8Array(0x10000).fill(1);
  for (const unit of texts.join('')) units[unit.charCodeAt(0)] = 0;
  return units;
}
