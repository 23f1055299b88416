// The sink of the audit mode `kinesis`, in a file of its own next to each bundle: the client of Kinesis is a tenth of a function,
// and only this mode needs it.
import { kinesisAuditSink } from '../lib/adapters/kinesis/audit-sink.ts';
import { kinesisClient } from '../lib/adapters/kinesis/client.ts';
import type { AuditSink } from '../lib/audit/ports.ts';

export function openKinesisSink(streamName: string, chainId: string): AuditSink {
  return kinesisAuditSink({ client: kinesisClient(), streamName, chainId });
}
