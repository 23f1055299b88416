import type { Cell } from '../../base/cell.ts';
import type { TextFormat } from '../text-piece.ts';
import type { PathNode } from './paths.ts';
import { scanDocuments } from './scan-documents.ts';

/** Makes the format of JSON lines in which the values of some paths are protected. */
export function jsonFormat(root: PathNode): TextFormat {
  return {
    scan: (piece, from, to, isLast, table) => scanDocuments(piece, from, to, isLast, root, table),
    unescape: (text) => JSON.parse(text) as string,
    spell: (cell: Cell) => JSON.stringify(cell),
    inQuotes: PLAIN,
    bare: PLAIN,
    bareFirst: PLAIN,
    quote: 0x22,
    quotesText: true,
    isOther: undefined,
  };
}

/** Units that JSON writes as themselves (RFC 8259, section 7). */
const PLAIN = new Uint8Array(0x10000).fill(1, 0x20);
// An escape may have made a lone surrogate, which has no UTF-8: it stays an escape.
PLAIN.fill(0, 0xd800, 0xe000);
PLAIN[0x22] = 0;
PLAIN[0x5c] = 0;
