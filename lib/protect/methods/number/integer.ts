import { scratch } from '../../../base/scratch.ts';
import type { Direction } from '../../../crypto/direction.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import type { Column, ExactNumber } from '../../../base/cell.ts';
import { refuseValue } from '../../refusal.ts';
import { ivBytes, sharedTweak } from '../../tweak.ts';
import { type ColumnText, cutColumn, joinColumn } from '../../columns/column-text.ts';
import { type IntegerSize, MAX_INTEGER_UNITS, readInteger, writeInteger } from './integer-text.ts';
import { elementFf1 } from '../element-ciphers.ts';
import type { ColumnResult, Method, MethodContext } from '../method.ts';
import { numbersAsText, numberText, textAsNumbers, unfitNumber } from '../../columns/number-cells.ts';

const RANGE_CODES = { 2: 'INTEGER_2_RANGE', 4: 'INTEGER_4_RANGE', 8: 'INTEGER_8_RANGE' } as const;

const byteScratch = scratch(Uint16Array);
const unitScratch = scratch(Uint16Array);
const endScratch = scratch(Uint32Array);

/**
 * Compiles an integer element: a permutation of all signed integers of 2, 4 or 8 bytes, FF1 over the bytes (radix 256).
 * Text becomes text and a number a number. Two bytes are weak.
 *
 * Throws `RefusedError`: `INTEGER_INVALID`, `INTEGER_2_RANGE`, `INTEGER_4_RANGE`, `INTEGER_8_RANGE`, `IV_NOT_ALLOWED`,
 * `IV_TOO_LONG`, `WRONG_DATATYPE`, and `NUMBER_UNFIT` for every number cell of 8 bytes: 1,023 of 1,024 tokens lie
 * beyond 2^53, so that a column would fail at its first rows or, worse, at its millionth.
 */
export function compileInteger(element: ElementOf<'integer'>, context: MethodContext): Method {
  const { size, externalIV } = element;
  const ff1 = elementFf1(context);

  function transform(direction: Direction, column: Column, externalIv: string | undefined): ColumnResult {
    const iv = ivBytes(externalIv, externalIV);
    const text = joinColumn(numbersAsText(column, size === 8 ? exactNumberText : numberText));
    const numerals = readColumn(text, size);
    const tweaks = sharedTweak(iv);
    const count = numerals.length / size;
    const batch = {
      radix: 256,
      length: size,
      numerals,
      tweaks,
      tweakLength: tweaks.length,
      acceptSmallDomain: true,
    };
    context.meter(count, () => ff1[direction](batch));
    const cells = cutColumn(writeColumn(text, numerals, size), column);
    return { column: textAsNumbers(column, cells), weakCount: size === 2 ? count : 0, clearCount: 0 };
  }

  return {
    protect: (column, iv) => transform('encrypt', column, iv),
    unprotect: (column, iv) => transform('decrypt', column, iv),
  };
}

function exactNumberText(cell: number | ExactNumber, row: number): string {
  if (typeof cell === 'number') throw unfitNumber(cell, row);
  return cell.text;
}

/** Reads the bytes of every integer, row after row. Empty rows have none. */
function readColumn({ units, ends }: ColumnText, size: IntegerSize): Uint16Array {
  const numerals = byteScratch(ends.length * size);
  let at = 0;
  for (let row = 0, from = 0; row < ends.length; row++) {
    const to = ends[row]!;
    if (to > from) {
      const fault = readInteger(units, from, to, size, numerals, at);
      if (fault !== undefined) {
        refuseValue(fault === 'form' ? 'INTEGER_INVALID' : RANGE_CODES[size], { row });
        numerals.fill(0, at, at + size);
      }
      at += size;
    }
    from = to;
  }
  return numerals.subarray(0, at);
}

function writeColumn({ ends }: ColumnText, numerals: Uint16Array, size: IntegerSize): ColumnText {
  const units = unitScratch(ends.length * MAX_INTEGER_UNITS);
  const outEnds = endScratch(ends.length);
  let end = 0;
  for (let row = 0, from = 0, at = 0; row < ends.length; row++) {
    const to = ends[row]!;
    if (to > from) {
      end = writeInteger(numerals, at, size, units, end);
      at += size;
    }
    outEnds[row] = end;
    from = to;
  }
  return { units, ends: outEnds };
}
