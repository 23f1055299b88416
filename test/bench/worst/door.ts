// A door of the benchmark of worst inputs: its usual input, and what costs most for each byte.

import type { Cell, Column } from '../../../lib/base/cell.ts';

/** An input, and the work on it. A refusal is an outcome as good as another. */
export interface Input {
  readonly name: string;
  /** Bytes of the request once it is unzipped. */
  readonly bytes: number;
  readonly run: () => unknown;
}

export interface OpenDoor {
  /** The door takes it: its work rejects nothing. */
  readonly usual: Input;
  readonly worst: readonly Input[];
}

export interface Door {
  readonly name: string;
  /** Whether it is a Lambda handler. */
  readonly isFrontEnd?: boolean;
  /** Bytes of the inputs whose memory is measured. @default - those of time */
  readonly memoryBytes?: number;
  /** Makes inputs of about so many bytes. */
  readonly open: (bytes: number) => OpenDoor | Promise<OpenDoor>;
}

/** Bytes around a value in a request. */
const AROUND = 5;

function bytesOfCell(cell: Cell): number {
  return AROUND + (typeof cell === 'string' ? Buffer.byteLength(cell) : 4);
}

export function bytesOf(column: Column): number {
  return column.reduce<number>((sum, cell) => sum + bytesOfCell(cell), 0);
}

/** Makes a column of about so many bytes. */
export function filled<T extends Cell>(bytes: number, value: (row: number) => T): T[] {
  const column: T[] = [];
  for (let size = 0; size < bytes; size += bytesOfCell(column.at(-1)!)) column.push(value(column.length));
  return column;
}

/** Repeats a part up to so many bytes. */
export function many(bytes: number, part: string): string {
  return part.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(part))));
}

/** Makes parts, each with its number, up to so many bytes. */
export function numbered(bytes: number, part: (i: number) => string): string {
  const parts: string[] = [];
  for (let size = 0; size < bytes; size += parts.at(-1)!.length) parts.push(part(parts.length));
  return parts.join('');
}
