// One record of a stream, whatever it holds.
import type { Undelivered } from './deliver.ts';

/** One record of the stream, as far as it could be read. */
export interface StreamItem {
  /** Unique in the stream. */
  readonly id: string;
  /** Its place in the stream: of a fixed length, and sorted as the stream is. */
  readonly position: string;
  readonly timeMs: number;
  /** Its lines; undefined when it holds none, because its bytes are damaged. */
  readonly lines: readonly string[] | undefined;
  /** The bytes as they came, as text, for the dead letters. */
  readonly raw: () => string;
}

export interface LineItem {
  readonly id: string;
  readonly position: string;
  readonly timeMs: number;
  readonly line: string;
}

/** Sink name of dead letters that never were parcels. */
export const UNREADABLE = 'unreadable';

/** The digits of a sequence number of Kinesis, and more than those of an offset in a file. */
const POSITION_DIGITS = 64;
/** The digits of the number of a line in its record. */
const LINE_DIGITS = 8;

/** The position of a record with this sequence number or offset. */
export function positionOf(number: string | number): string {
  return String(number).padStart(POSITION_DIGITS, '0');
}

/** The lines of a record, each with an id and a position of its own. */
export function lineItems({ id, position, timeMs, lines = [] }: StreamItem): readonly LineItem[] {
  return lines.map((line, i) => ({
    id: `${id}/${i}`,
    position: `${position}-${String(i).padStart(LINE_DIGITS, '0')}`,
    timeMs,
    line,
  }));
}

/** What nobody can read, for the dead letters, with the bytes as they came. */
export function unreadable(
  { id, timeMs, raw }: Pick<StreamItem, 'id' | 'timeMs' | 'raw'>,
  reason: string,
): Undelivered {
  return { parcel: { id, timeMs, body: raw() }, kind: 'data', reason, attempts: 0 };
}
