// Starts a receiver for each kind of sink.
import type { SinkKind } from '../../../lib/tenants/model.ts';
import { startCloudWatchLogs, startS3 } from './aws.ts';
import { startDatadog } from './datadog.ts';
import { startFile } from './file.ts';
import { startGoogleLogging } from './google-logging.ts';
import { startOpenSearch } from './opensearch.ts';
import { startOtlp } from './otlp.ts';
import type { Receiver, ReceiverOptions } from './receiver.ts';
import { startSplunk } from './splunk.ts';
import { startSyslog } from './syslog.ts';

/** Every kind of sink but standard output, which is not a service. */
export type ReceiverKind = Exclude<SinkKind, 'stdout'>;

const STARTS: Readonly<Record<ReceiverKind, (options?: ReceiverOptions) => Promise<Receiver>>> = {
  splunk: startSplunk,
  'google-logging': startGoogleLogging,
  'cloudwatch-logs': startCloudWatchLogs,
  s3: startS3,
  opensearch: startOpenSearch,
  otlp: startOtlp,
  datadog: startDatadog,
  syslog: startSyslog,
  file: startFile,
};

export const RECEIVER_KINDS = Object.keys(STARTS) as readonly ReceiverKind[];

/** Serves on a free port of 127.0.0.1; its `settings` are those of a tenant. */
export function startReceiver(kind: ReceiverKind, options: ReceiverOptions = {}): Promise<Receiver> {
  return STARTS[kind](options);
}
