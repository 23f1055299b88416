// The settings of a tenant's sink → the adapter that delivers to it, by kind.

import { createHash, randomUUID } from 'node:crypto';
import { cloudWatchLogsClient } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { cloudWatchDeliverySink } from '../../../lib/adapters/cloudwatch-logs/delivery-sink.ts';
import { fileDeliverySink, lineSink } from '../../../lib/adapters/file/delivery-sink.ts';
import { datadogLogsUrl, datadogSink } from '../../../lib/adapters/http/datadog.ts';
import { googleLoggingSink } from '../../../lib/adapters/http/google-logging.ts';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { otlpLogsSink, otlpLogsUrl } from '../../../lib/adapters/http/otlp-logs.ts';
import { postTo } from '../../../lib/adapters/http/post.ts';
import { splunkHecSink } from '../../../lib/adapters/http/splunk-hec.ts';
import type { OutboundGuard } from '../../../lib/adapters/outbound/guard.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3DeliverySink } from '../../../lib/adapters/s3/delivery-sink.ts';
import { assumedRole } from '../../../lib/adapters/sts/assume-role.ts';
import { syslogSink } from '../../../lib/adapters/tls/syslog.ts';
import type { Secret } from '../../../lib/base/secret.ts';
import type { DeliverySink, Pace } from '../../../lib/delivery/ports.ts';
import type { SinkKind, SinkSettings } from '../../../lib/tenants/model.ts';

/** What an adapter is opened with besides its settings. */
export interface SinkSurroundings {
  readonly tenantId: string;
  /** Rejects addresses that a tenant's sink must not reach. */
  readonly guard: OutboundGuard;
  /** Allows files and standard output of this machine. */
  readonly laptop: boolean;
  /** Limit of one call. @default that of the adapter */
  readonly timeoutMs: number | undefined;
  /** For sinks that ask a service several times. @default the system's clock and timer */
  readonly clock: Pick<Pace, 'nowMs' | 'sleep'> | undefined;
}

type Opener<Kind extends SinkKind> = (settings: SinkSettings<Kind>, surroundings: SinkSurroundings) => DeliverySink;

/** Log stream of this execution environment, so that each stream has one writer. */
const LOG_STREAM = `serverless-protector/${process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? randomUUID()}`;

const OPENERS: { readonly [Kind in SinkKind]: Opener<Kind> } = {
  splunk: (settings, { guard, timeoutMs, clock }) =>
    splunkHecSink({
      ...settings,
      token: textOf(settings.token),
      connection: { ca: settings.ca, guard, timeoutMs },
      acknowledgeWithinMs: timeoutMs,
      clock,
    }),

  'google-logging': (settings, { guard, timeoutMs }) =>
    googleLoggingSink({
      ...settings,
      serviceAccount: textOf(settings.serviceAccount),
      connection: { guard, timeoutMs },
    }),

  'cloudwatch-logs': (settings, surroundings) =>
    cloudWatchDeliverySink({
      client: cloudWatchLogsClient(awsOptions(settings, surroundings)),
      logGroup: settings.logGroup,
      logStream: LOG_STREAM,
    }),

  s3: (settings, surroundings) => s3DeliverySink({ ...settings, client: s3Client(awsOptions(settings, surroundings)) }),

  opensearch: ({ url, index, ca, authorization }, { guard, timeoutMs }) => {
    const headers = authorization === undefined ? {} : { authorization: textOf(authorization) };
    return openSearchBulkSink({ post: postTo({ url: bulkUrl(url, index), headers, ca, guard, timeoutMs }) });
  },

  otlp: ({ url, ca, encoding, headers: secrets }, { guard, timeoutMs }) => {
    const headers = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, textOf(value)]));
    return otlpLogsSink({ encoding, post: postTo({ url: otlpLogsUrl(url), headers, ca, guard, timeoutMs }) });
  },

  datadog: (settings, { guard, timeoutMs }) => {
    const { site, url = `https://http-intake.logs.${site}`, apiKey } = settings;
    const headers = { 'dd-api-key': textOf(apiKey) };
    return datadogSink({ ...settings, post: postTo({ url: datadogLogsUrl(url), headers, guard, timeoutMs }) });
  },

  syslog: (settings, { guard, timeoutMs }) =>
    syslogSink({
      ...settings,
      key: settings.key && textOf(settings.key),
      guard,
      timeoutMs,
    }),

  file: ({ path }, { laptop }) => (laptop ? fileDeliverySink(path) : refusingSink('file', LAPTOP_ONLY)),

  stdout: (_, { laptop }) => (laptop ? lineSink('stdout', printLines) : refusingSink('stdout', LAPTOP_ONLY)),
};

const LAPTOP_ONLY = 'only on a laptop';

/** Opens the adapter of a sink. Throws for settings that it cannot use. */
export function openSink<Kind extends SinkKind>(
  settings: SinkSettings<Kind>,
  surroundings: SinkSurroundings,
): DeliverySink {
  return OPENERS[settings.kind](settings, surroundings);
}

/** Returns a sink that takes nothing and answers `config` with the reason. */
export function refusingSink(name: string, reason: string): DeliverySink {
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 1_000_000,
    deliver: (parcels) => Promise.resolve(parcels.map(() => ({ kind: 'config', reason }))),
  };
}

/** Options of an AWS client: one attempt, since the lane retries; the tenant's role, where it has one. */
function awsOptions(
  { region, roleArn, externalId }: SinkSettings<'cloudwatch-logs' | 's3'>,
  { tenantId, timeoutMs = 10_000 }: SinkSurroundings,
) {
  const tenant = createHash('sha256').update(tenantId).digest('hex').slice(0, 16);
  const sessionName = `serverless-protector-${tenant}`;
  return {
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
    ...(roleArn !== undefined && { credentials: assumedRole({ roleArn, externalId, sessionName }) }),
  };
}

function textOf(secret: Secret): string {
  return secret.exposeText('utf8');
}

function printLines(lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''), (error) =>
      error instanceof Error ? reject(error) : resolve(),
    );
  });
}
