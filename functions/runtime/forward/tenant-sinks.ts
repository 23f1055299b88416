// A sink as a tenant's configuration describes it → the adapter that delivers to it.
import { createHash, randomUUID } from 'node:crypto';
import { cloudWatchLogsClient } from '../../../lib/adapters/cloudwatch-logs/client.ts';
import { cloudWatchDeliverySink } from '../../../lib/adapters/cloudwatch-logs/delivery-sink.ts';
import { fileDeliverySink, lineSink } from '../../../lib/adapters/file/delivery-sink.ts';
import { datadogSink } from '../../../lib/adapters/http/datadog.ts';
import { googleLoggingSink } from '../../../lib/adapters/http/google-logging.ts';
import { bulkUrl, openSearchBulkSink } from '../../../lib/adapters/http/opensearch-bulk.ts';
import { otlpLogsSink, otlpLogsUrl } from '../../../lib/adapters/http/otlp-logs.ts';
import { postTo } from '../../../lib/adapters/http/post.ts';
import { splunkHecSink } from '../../../lib/adapters/http/splunk-hec.ts';
import { type OutboundGuard, outboundGuard } from '../../../lib/adapters/outbound/guard.ts';
import { s3Client } from '../../../lib/adapters/s3/client.ts';
import { s3DeliverySink } from '../../../lib/adapters/s3/delivery-sink.ts';
import { assumedRole } from '../../../lib/adapters/sts/assume-role.ts';
import { syslogSink } from '../../../lib/adapters/tls/syslog.ts';
import { unreachable } from '../../../lib/base/errors.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { DeliverySink, Pace } from '../../../lib/delivery/ports.ts';
import type { Sink, SinkSettings } from '../../../lib/tenants/model.ts';

export interface TenantSinkOptions {
  /** Networks in CIDR notation that tenants' sinks may be in although they are private. @default none */
  readonly allowedNetworks?: readonly string[];
  /** Sinks of this machine are allowed: its own addresses, its files, its standard output. @default false */
  readonly laptop?: boolean;
  /** Of one call. @default 10,000 */
  readonly timeoutMs?: number;
  /** For sinks that ask a service several times. @default the system's clock and timer */
  readonly clock?: Pick<Pace, 'nowMs' | 'sleep'>;
}

/**
 * Settings that were not seen before get a client of their own, which is kept as long as the tenant has them. Settings that no
 * client can be made of give a sink that takes nothing (`config`): they stop nobody else.
 */
export type TenantSinks = (tenantId: string, sink: Sink) => DeliverySink;

/** Throws `RangeError` for networks that are none. */
export function tenantSinks(options: TenantSinkOptions = {}): TenantSinks {
  const { allowedNetworks = [], laptop = false, timeoutMs, clock } = options;
  const world: World = { guard: outboundGuard({ allowedNetworks, loopback: laptop }), laptop, timeoutMs, clock };
  const open = new Map<string, { readonly settings: string; readonly sink: DeliverySink }>();
  return (tenantId, { name, settings }) => {
    const key = JSON.stringify([tenantId, name]);
    const digest = digestOf(settings);
    const found = open.get(key);
    if (found?.settings === digest) return found.sink;
    const sink = usable(settings, () => openSink(tenantId, settings, world));
    open.set(key, { settings: digest, sink });
    return sink;
  };
}

interface World {
  readonly guard: OutboundGuard;
  readonly laptop: boolean;
  readonly timeoutMs: number | undefined;
  readonly clock: TenantSinkOptions['clock'];
}

/** One stream of a log group per environment, which is one writer. */
const LOG_STREAM = `serverless-protector/${process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? randomUUID()}`;

function openSink(tenantId: string, settings: SinkSettings, world: World): DeliverySink {
  const { guard, timeoutMs, laptop, clock } = world;
  switch (settings.kind) {
    case 'splunk': {
      const connection = { ca: settings.ca, guard, timeoutMs };
      return splunkHecSink({
        ...settings,
        token: textOf(settings.token),
        connection,
        acknowledgeWithinMs: timeoutMs,
        clock,
      });
    }
    case 'google-logging': {
      const connection = { guard, timeoutMs };
      return googleLoggingSink({ ...settings, serviceAccount: textOf(settings.serviceAccount), connection });
    }
    case 'cloudwatch-logs': {
      const client = cloudWatchLogsClient(awsOf(tenantId, settings, timeoutMs));
      return cloudWatchDeliverySink({ client, logGroup: settings.logGroup, logStream: LOG_STREAM });
    }
    case 's3':
      return s3DeliverySink({ ...settings, client: s3Client(awsOf(tenantId, settings, timeoutMs)) });
    case 'opensearch': {
      const { url, index, ca, authorization } = settings;
      const headers = authorization === undefined ? {} : { authorization: textOf(authorization) };
      return openSearchBulkSink({ post: postTo({ url: bulkUrl(url, index), headers, ca, guard, timeoutMs }) });
    }
    case 'otlp': {
      const headers = Object.fromEntries(
        Object.entries(settings.headers).map(([name, value]) => [name, textOf(value)]),
      );
      const { url, ca } = settings;
      return otlpLogsSink({ post: postTo({ url: otlpLogsUrl(url), headers, ca, guard, timeoutMs }) });
    }
    case 'datadog': {
      const { site, url = `https://http-intake.logs.${site}` } = settings;
      const headers = { 'dd-api-key': textOf(settings.apiKey) };
      return datadogSink({
        ...settings,
        post: postTo({ url: new URL('/api/v2/logs', url), headers, guard, timeoutMs }),
      });
    }
    case 'syslog':
      return syslogSink({ ...settings, key: settings.key && textOf(settings.key), guard, timeoutMs });
    case 'file':
      return laptop ? fileDeliverySink(settings.path) : refusing('file', 'only on a laptop');
    case 'stdout':
      return laptop ? lineSink('stdout', printed) : refusing('stdout', 'only on a laptop');
    default:
      return unreachable(settings);
  }
}

/** One attempt: what comes of it is for the lane to decide. Credentials are the role's, where the tenant has one. */
function awsOf(
  tenantId: string,
  { region, roleArn, externalId }: SinkSettings & { kind: 'cloudwatch-logs' | 's3' },
  timeoutMs = 10_000,
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

/** Of settings, secrets included: the same settings, read anew, are the same client. */
function digestOf(settings: SinkSettings): string {
  const hash = createHash('sha256');
  const add = (value: unknown): void => {
    if (value instanceof Secret) hash.update(value.expose()).update('\0');
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        add(name);
        add(member);
      }
    } else hash.update(`${JSON.stringify(value)}\0`);
  };
  add(settings);
  return hash.digest('hex');
}

function textOf(secret: Secret): string {
  return secret.exposeText('utf8');
}

function printed(lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''), (error) =>
      error instanceof Error ? reject(error) : resolve(),
    );
  });
}

function usable({ kind }: SinkSettings, open: () => DeliverySink): DeliverySink {
  try {
    return open();
  } catch {
    return refusing(kind, 'unusable settings');
  }
}

function refusing(name: string, reason: string): DeliverySink {
  return {
    name,
    maxParcels: 1_000,
    maxBytes: 1_000_000,
    deliver: (parcels) => Promise.resolve(parcels.map(() => ({ kind: 'config', reason }))),
  };
}
