// Kinesis Data Streams API, PutRecords: the quotas of one call, and the order it does not keep.
import { createHash } from 'node:crypto';

/** One record of a stream. Records of one key keep their order and share a shard. */
export interface StreamRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

const MAX_RECORDS = 500;
const MAX_CALL_BYTES = 5 * 1024 * 1024;
const MAX_KEY_CHARACTERS = 256;

/** The limit for partition key and data of one record together. Some streams are set to take more. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Returns a text as partition key: the text itself, or its hash when it is too long. */
export function partitionKeyOf(text: string): string {
  return text.length <= MAX_KEY_CHARACTERS ? text : createHash('sha256').update(text).digest('hex');
}

/** Returns the bytes of a record that count towards the quotas. */
export function sizeOf({ partitionKey, data }: StreamRecord): number {
  return Buffer.byteLength(partitionKey) + data.length;
}

/**
 * Splits records into PutRecords calls of at most 500 records and 5 MiB, none with two records of one key: PutRecords
 * may take some records and leave others, and a repeated record would then follow a later one of its key. Calls made
 * one after the other, each until it is complete, keep the order of every key. Returns indexes of `records`.
 */
export function wavesOf(records: readonly StreamRecord[]): readonly (readonly number[])[] {
  const waves: { indexes: number[]; bytes: number }[] = [];
  /** For each key, the first wave that its next record may be in. */
  const next = new Map<string, number>();
  /** The first wave with fewer than 500 records. */
  let open = 0;
  for (const [index, record] of records.entries()) {
    const size = sizeOf(record);
    let at = Math.max(open, next.get(record.partitionKey) ?? 0);
    while (waves[at] !== undefined && !hasRoom(waves[at]!, size)) at += 1;
    waves[at] ??= { indexes: [], bytes: 0 };
    waves[at]!.indexes.push(index);
    waves[at]!.bytes += size;
    next.set(record.partitionKey, at + 1);
    while ((waves[open]?.indexes.length ?? 0) === MAX_RECORDS) open += 1;
  }
  return waves.map(({ indexes }) => indexes);
}

function hasRoom(wave: { readonly indexes: readonly number[]; readonly bytes: number }, size: number): boolean {
  return wave.indexes.length < MAX_RECORDS && wave.bytes + size <= MAX_CALL_BYTES;
}
