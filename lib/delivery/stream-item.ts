// Records of a stream, readable or not.
import type { Undelivered } from './deliver.ts';

/** One record of a stream. */
export interface StreamItem {
  /** Unique in the stream. */
  readonly id: string;
  /** The place in the stream. Has a fixed length and sorts as the stream does. */
  readonly position: string;
  readonly timeMs: number;
  /** The lines of the record; undefined when its bytes are damaged. */
  readonly lines: readonly string[] | undefined;
  /** Returns the original bytes as text, for the dead letters. */
  readonly raw: () => string;
}

export interface LineItem {
  readonly id: string;
  readonly position: string;
  readonly timeMs: number;
  readonly line: string;
}

/** The sink name of dead letters that never were parcels. */
export const UNREADABLE = 'unreadable';

/** The digits of a Kinesis sequence number, and more than those of an offset in a file. */
const POSITION_DIGITS = 64;
/** The digits of a line's number in its record. */
const LINE_DIGITS = 8;

/** Returns the position of the record with this sequence number or offset. */
export function positionOf(number: string | number): string {
  return String(number).padStart(POSITION_DIGITS, '0');
}

/** Returns the lines of a record, each with an id and a position of its own. */
export function lineItems({ id, position, timeMs, lines = [] }: StreamItem): readonly LineItem[] {
  return lines.map((line, i) => ({
    id: `${id}/${i}`,
    position: `${position}-${String(i).padStart(LINE_DIGITS, '0')}`,
    timeMs,
    line,
  }));
}

/** Makes a dead letter of a record or line that cannot be read, with its original bytes. */
export function unreadable(
  { id, timeMs, raw }: Pick<StreamItem, 'id' | 'timeMs' | 'raw'>,
  reason: string,
): Undelivered {
  return { parcel: { id, timeMs, body: raw() }, kind: 'data', reason, attempts: 0 };
}
