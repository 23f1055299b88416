// Counts what a body holds without parsing it: one pass over its bytes that keeps nothing of them.

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LETTER_N = 0x6e;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** `{"data":[[` opens the third level, where rows have their cells. */
const ROW_LEVEL = 3;
/** Arguments whose nulls are counted: no function has more. */
const MAX_ARGUMENTS = 256;

/** The counts of a body of the documented form. Those of any other body mean little. */
export interface Tally {
  readonly rows: number;
  /** Values of all arguments, null included. */
  readonly cells: number;
  /** How many values of each argument are null. */
  readonly nulls: readonly number[];
}

/** Counts rows, cells and nulls of a body (UTF-8). */
export function tallyBody(bytes: Uint8Array): Tally {
  let level = 0;
  let rows = 0;
  let cells = 0;
  let argument = -1;
  const nulls: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at + 1);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++level !== ROW_LEVEL) break;
        rows++;
        argument = -1;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        level--;
        break;
      case COMMA:
        if (level !== ROW_LEVEL) break;
        cells++;
        argument++;
        break;
      case LETTER_N:
        if (level === ROW_LEVEL && argument >= 0 && argument < MAX_ARGUMENTS) {
          nulls[argument] = (nulls[argument] ?? 0) + 1;
        }
        break;
      default:
    }
  }
  return { rows, cells, nulls };
}

/** Returns the place of the quotation mark that ends a string, whose content begins at `from`. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
