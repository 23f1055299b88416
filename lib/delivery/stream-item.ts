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
  /** The number of the line in its record, from 0. */
  readonly at: number;
  readonly position: string;
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

/** Yields the lines of a record, each with a position of its own. */
export function* lineItems({ position, lines = [] }: StreamItem): Generator<LineItem> {
  for (const [at, line] of lines.entries()) {
    yield { at, position: `${position}-${String(at).padStart(LINE_DIGITS, '0')}`, line };
  }
}

/** Lines of a record that become dead letters of their own. A letter takes a hundred times the bytes of a short line. */
const MOST_LINES = 100;

/** Collects the dead letters of records and lines that cannot be read, with their original bytes. */
export class Unreadable {
  readonly #letters: Undelivered[] = [];
  #count = 0;

  /** The number of lines, and of records whose bytes are damaged. */
  get count(): number {
    return this.#count;
  }

  get letters(): readonly Undelivered[] {
    return this.#letters;
  }

  /** Adds a record whose bytes are damaged. */
  addRecord(item: StreamItem, reason: string): void {
    this.#count++;
    this.#letters.push(letterOf(item.id, item.timeMs, item.raw(), reason));
  }

  /** Adds lines of a record: a letter for each, or one of the whole record where there are more than a hundred. */
  addLines(item: StreamItem, lines: readonly UnreadableLine[]): void {
    this.#count += lines.length;
    if (lines.length > MOST_LINES) {
      this.#letters.push(letterOf(item.id, item.timeMs, item.raw(), `${lines.length} lines of it are unreadable`));
      return;
    }
    for (const { at, reason } of lines) {
      this.#letters.push(letterOf(`${item.id}/${at}`, item.timeMs, item.lines![at]!, reason));
    }
  }
}

/** A line by its number in its record, from 0. */
export interface UnreadableLine {
  readonly at: number;
  readonly reason: string;
}

function letterOf(id: string, timeMs: number, body: string, reason: string): Undelivered {
  return { parcel: { id, timeMs, body }, kind: 'data', reason, attempts: 0 };
}
