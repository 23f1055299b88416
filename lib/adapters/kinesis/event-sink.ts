// Writes security events as JSON lines to a Kinesis data stream: a stream record holds one tenant's lines, each ended
// by LF.
import { EventError } from '../../events/errors.ts';
import type { EventLine, EventSink } from '../../events/ports.ts';
import { packLines } from './pack-lines.ts';
import { MAX_RECORD_BYTES, partitionKeyOf, type StreamRecord } from './waves.ts';
import { type KinesisWriterOptions, writeRecords } from './writer.ts';

/** A stream record with the indexes of its lines. */
interface LinesRecord extends StreamRecord {
  readonly indexes: readonly number[];
}

/**
 * Writes events to a stream. The tenant is the partition key, so that its events stay in one shard and in order. Packs
 * a tenant's lines of an append into as few records as possible. Shards fail one by one: a failed append says for each
 * line whether its record is durable.
 */
export function kinesisEventSink(options: KinesisWriterOptions): EventSink {
  return {
    async append(lines: readonly EventLine[]): Promise<void> {
      if (lines.length === 0) return;
      const records = recordsOf(lines);
      const { accepted, failure } = await writeRecords(options, records);
      if (failure === undefined) return;
      const durable = lines.map(() => false);
      for (const [i, { indexes }] of records.entries()) for (const index of indexes) durable[index] = accepted[i]!;
      throw new EventError('EVENT_NOT_DURABLE', `Kinesis PutRecords failed: ${failure}`, { accepted: durable });
    },
  };
}

function recordsOf(lines: readonly EventLine[]): readonly LinesRecord[] {
  const byKey = Map.groupBy(lines.keys(), (index) => partitionKeyOf(lines[index]!.tenantId));
  return [...byKey].flatMap(([partitionKey, indexes]) => {
    const texts = indexes.map((index) => lines[index]!.line);
    let first = 0;
    return packLines(texts, MAX_RECORD_BYTES - Buffer.byteLength(partitionKey)).map(({ data, count }) => {
      const record = { partitionKey, data, indexes: indexes.slice(first, first + count) };
      first += count;
      return record;
    });
  });
}
