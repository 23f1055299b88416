import type { Cell, Column } from '../base/cell.ts';
import type { Problem } from '../document/problem.ts';
import type { MaskDefinition } from './elements/parts.ts';

const SURROGATE = /[\ud800-\udfff]/;

/**
 * Masks a clear column. Positions are code points, delimiters are positions like any other, and a value no longer than
 * both ends together is masked whole. Null and the empty text stay; a number or boolean becomes null, because its
 * column cannot hold a masked value.
 */
export function applyMask(mask: MaskDefinition, column: Column): Cell[] {
  return column.map((value) => {
    if (value === '') return '';
    return typeof value === 'string' ? maskText(mask, value) : null;
  });
}

/** Checks that a mask changes some value at all. */
export function checkMask({ fromLeft, fromRight, mode }: MaskDefinition, path: string): Problem[] {
  const masksNothing = mode === 'mask' && fromLeft + fromRight === 0;
  return masksNothing ? [{ path, message: 'it masks nothing: set fromLeft or fromRight' }] : [];
}

/** Writes a mask as audit records and listings name it: `left=6,right=4,mode=clear,char=*`. */
export function maskSetting({ fromLeft, fromRight, mode, character }: MaskDefinition): string {
  return `left=${fromLeft},right=${fromRight},mode=${mode},char=${character}`;
}

function maskText({ fromLeft, fromRight, mode, character }: MaskDefinition, value: string): string {
  const points: string | string[] = SURROGATE.test(value) ? Array.from(value) : value;
  const middle = points.length - fromLeft - fromRight;
  if (middle <= 0) return character.repeat(points.length);
  if (mode === 'mask') {
    return character.repeat(fromLeft) + cut(points, fromLeft, fromLeft + middle) + character.repeat(fromRight);
  }
  return cut(points, 0, fromLeft) + character.repeat(middle) + cut(points, fromLeft + middle, points.length);
}

function cut(points: string | string[], from: number, to: number): string {
  const part = points.slice(from, to);
  return typeof part === 'string' ? part : part.join('');
}
