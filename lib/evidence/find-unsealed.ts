// Finds the records of a copy that the log lacks, wherever both hold them: what a delivery lost, or has not brought
// yet. Compares bytes and checks no signature; verify-evidence.ts verifies a log.
import { toHex } from '../base/bytes.ts';
import { readEntries } from '../transparency/entries.ts';
import { sha256 } from '../transparency/hashes.ts';
import { readNewest, sizeBefore } from '../transparency/past-size.ts';
import type { TileReader } from '../transparency/ports.ts';
import { readSealable } from './record-id.ts';

/** A line of a copy of the trail. */
export interface CopiedLine {
  readonly line: string;
  /** When the line was written, epoch milliseconds: it was not sealed earlier. 0 where that is unknown. */
  readonly writtenMs: number;
}

/** A record that is no leaf. */
export interface UnsealedRecord extends CopiedLine {
  readonly chainId: string;
  readonly sequence: number;
}

/** One part of a comparison. */
export interface ComparedPart {
  /** Number of records compared, repeats within the part left out. */
  readonly records: number;
  /** Number of lines that are no signed records: no sealer takes them. */
  readonly rejected: number;
  /** In the order of the copy. */
  readonly unsealed: readonly UnsealedRecord[];
  /** Whether the copy has no further part. */
  readonly isLast: boolean;
  /** The time of the last line, epoch milliseconds; undefined in a part without lines. */
  readonly lastMs: number | undefined;
}

/** Limits of one part, whose lines are in memory together. */
const MAX_PART_LINES = 16_384;
const MAX_PART_CHARACTERS = 16 * 1024 * 1024;
/** Most by which the clocks of the copy and of the log may differ, seconds. */
const CLOCKS_DIFFER_S = 60;

/**
 * Compares a copy of the trail with its log, part by part, and yields each part once it is compared. Reads the leaves
 * that may hold the part: from the time of its oldest line on, and no further than to the last record found. Memory is
 * bounded by the limits of a part. Reads the newest checkpoint after the lines, so a record that was sealed meanwhile
 * counts as sealed. A log without a checkpoint holds nothing. Rejects with `LogError`.
 */
export async function* findUnsealed(
  lines: Iterable<CopiedLine> | AsyncIterable<CopiedLine>,
  log: TileReader,
): AsyncGenerator<ComparedPart> {
  let part = new Part();
  for await (const line of lines) {
    part.add(line);
    if (!part.isFull) continue;
    yield { ...(await part.compare(log)), isLast: false };
    part = new Part();
  }
  yield { ...(await part.compare(log)), isLast: true };
}

/** Splits messages of a log group into their lines, as a subscription's reader does. */
export async function* copiedLines(
  messages: AsyncIterable<{ readonly message: string; readonly writtenMs: number }>,
): AsyncGenerator<CopiedLine> {
  for await (const { message, writtenMs } of messages) {
    for (const line of message.split('\n')) yield { line, writtenMs };
  }
}

class Part {
  /** Records without a leaf so far, by the hexadecimal SHA-256 of their bytes. */
  readonly #records = new Map<string, UnsealedRecord>();
  #lines = 0;
  #characters = 0;
  #rejected = 0;
  #oldestMs = Number.POSITIVE_INFINITY;
  #lastMs: number | undefined;

  get isFull(): boolean {
    return this.#lines === MAX_PART_LINES || this.#characters >= MAX_PART_CHARACTERS;
  }

  add(copied: CopiedLine): void {
    const { line, writtenMs } = copied;
    this.#lines += 1;
    this.#characters += line.length;
    this.#lastMs = writtenMs;
    if (line.trim() === '') return;
    const record = readSealable(line);
    if (record === undefined) {
      this.#rejected += 1;
      return;
    }
    this.#oldestMs = Math.min(this.#oldestMs, writtenMs);
    const { chain_id: chainId, sequence } = record.read.record.signature;
    this.#records.set(record.digest, { ...copied, chainId, sequence });
  }

  async compare(log: TileReader): Promise<Omit<ComparedPart, 'isLast'>> {
    const records = this.#records.size;
    const newest = records === 0 ? undefined : await readNewest(log);
    if (newest !== undefined) {
      const from = await sizeBefore(log, newest, Math.floor(this.#oldestMs / 1000) - CLOCKS_DIFFER_S);
      for await (const { bytes } of readEntries(log, from, newest.size)) {
        this.#records.delete(toHex(sha256(bytes)));
        if (this.#records.size === 0) break;
      }
    }
    return { records, rejected: this.#rejected, unsealed: [...this.#records.values()], lastMs: this.#lastMs };
  }
}
