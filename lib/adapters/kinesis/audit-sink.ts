// Writes audit records as JSON lines to a Kinesis data stream: a stream record holds one or more lines, each ended by
// LF.
import { AuditError } from '../../audit/errors.ts';
import type { AuditLine, AuditSink } from '../../audit/ports.ts';
import { packLines } from './pack-lines.ts';
import { MAX_RECORD_BYTES, partitionKeyOf, type StreamRecord } from './waves.ts';
import { type KinesisWriterOptions, writeRecords } from './writer.ts';

export interface KinesisAuditSinkOptions extends KinesisWriterOptions {
  /** What the chains of these lines begin with. It is the partition key: each chain stays in one shard and in order. */
  readonly chainId: string;
}

/**
 * Writes audit lines to a stream. `append` resolves once the service has accepted every line. Packs the lines of an
 * append into as few records as possible, each of which arrives whole or not at all.
 */
export function kinesisAuditSink(options: KinesisAuditSinkOptions): AuditSink {
  const partitionKey = partitionKeyOf(options.chainId);
  return {
    async append(lines: readonly AuditLine[]): Promise<void> {
      if (lines.length === 0) return;
      const texts = lines.map(({ line }) => line);
      const packed = packLines(texts, MAX_RECORD_BYTES - Buffer.byteLength(partitionKey));
      const records = packed.map(({ data }): StreamRecord => ({ partitionKey, data }));
      const { accepted, failure } = await writeRecords(options, records);
      if (failure === undefined) return;
      const whole = accepted.indexOf(false);
      const durable = packed.slice(0, whole).reduce((sum, { count }) => sum + count, 0);
      throw new AuditError('AUDIT_SINK_UNAVAILABLE', `Kinesis PutRecords failed: ${failure}`, { durable });
    },
  };
}
