// The log forwarder as Lambda runs it: settings from the environment, sealed tenants, backlogs and a log group in the
// emulator, and a SIEM over a real socket.
import { randomBytes, randomUUID } from 'node:crypto';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readLogGroup } from '../../lib/adapters/cloudwatch-logs/read-log-group.ts';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { eventLine } from '../../lib/events/line.ts';
import { sealTenants } from '../../lib/tenants/bundle.ts';
import type { KinesisEvent, ScheduledEvent } from '../../lib/wire/kinesis.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-events.ts';
import { describeOverMoto, motoAws, motoEnvironment } from '../support/moto.ts';
import { lambdaContext } from '../support/policy.ts';
import { securityEvent } from '../support/siem/events.ts';
import { type OpenSearchReceiver, startOpenSearch } from '../support/siem/opensearch.ts';

jest.setTimeout(120_000);

const SETTINGS = {
  FORWARDER_BUCKET: 'bucket',
  ESA_URL: 'https://esa.example.com:9200',
  TENANTS_LOCATION: 's3://bucket/tenants.sealed.json',
  UNCONFIGURED_LOG_GROUP: '/protector/events',
  EVENT_STREAM: 'events',
};

describe('the settings of the log forwarder', () => {
  const before = { ...process.env };
  afterAll(() => {
    process.env = before;
  });

  async function environment(settings: Readonly<Record<string, string>>) {
    process.env = { ...before, AWS_REGION: 'us-east-1', ...settings };
    const { forwarderEnvironment } = await import('../../functions/runtime/forward/environment.ts');
    return forwarderEnvironment();
  }

  test.each<[string, string, Partial<typeof SETTINGS> & Record<string, string>]>([
    ['FORWARDER_BUCKET', 'is missing', { ...SETTINGS, FORWARDER_BUCKET: '' }],
    ['ESA_URL', 'is missing', { FORWARDER_BUCKET: 'bucket' }],
    ['UNCONFIGURED_LOG_GROUP', 'is missing', { ...SETTINGS, UNCONFIGURED_LOG_GROUP: '' }],
    [
      'ESA_AUTHORIZATION',
      'excludes ESA_AUTHORIZATION_SECRET_ARN',
      { ...SETTINGS, ESA_AUTHORIZATION: 'Basic secret', ESA_AUTHORIZATION_SECRET_ARN: 'esa' },
    ],
    ['SIEM_ALLOWED_NETWORKS', 'must be networks', { ...SETTINGS, SIEM_ALLOWED_NETWORKS: '10.0.0.0/8, secret' }],
  ])('are refused by name and never by value: %s, which %s', async (name, why, settings) => {
    const refused = environment(settings);
    await expect(refused).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining(why) });
    await expect(refused).rejects.toThrow(name);
    await expect(refused).rejects.not.toThrow('secret');
  });

  test('allow an audit store, tenants, or both', async () => {
    const { ESA_URL, FORWARDER_BUCKET, ...tenants } = SETTINGS;
    expect(await environment({ FORWARDER_BUCKET, ESA_URL })).toMatchObject({
      tenants: undefined,
      auditStore: { kind: 'esa' },
    });
    expect(await environment({ FORWARDER_BUCKET, ...tenants })).toMatchObject({
      auditStore: undefined,
      eventStream: 'events',
    });
    expect(await environment(SETTINGS)).toMatchObject({
      auditStore: { id: 'opensearch' },
      tenants: { standardOutput: { id: 'stdout' } },
    });
  });
});

async function invoke(event: KinesisEvent | ScheduledEvent): Promise<void> {
  const { handler } = await import('../../functions/log-forwarder.ts');
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 60_000 };
  expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
}

describeOverMoto('the log forwarder function', () => {
  const before = { ...process.env };
  const id = randomUUID();
  const s3 = s3Client({ ...motoAws, forcePathStyle: true });
  const kms = kmsClient(motoAws);
  const logs = new CloudWatchLogsClient(motoAws);
  const Bucket = `forwarder-${id}`;
  const logGroup = `/protector/${id}`;
  const written: string[] = [];
  let siem: OpenSearchReceiver;
  let next = 0;

  beforeAll(async () => {
    siem = await startOpenSearch();
    await s3.send(new CreateBucketCommand({ Bucket }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const settings = {
      kind: 'opensearch' as const,
      url: siem.endpoint,
      index: 'events',
      authorization: { secret: 'Basic dGVuYW50OnBhc3M=' },
    };
    const sink = { name: 'siem', enabled: true, format: 'native' as const, include: [], exclude: [], settings };
    const content = {
      apiKeys: [],
      unconfigured: 'stdout' as const,
      tenants: [{ id: 'acme', kms: [], secrets: [], dataStores: [], sinks: [sink] }],
      former: [],
    };
    const keys = kmsKeyService({ client: kms, keyId: KeyMetadata!.Arn! });
    const sealed = await sealTenants(keys, content, { version: 1, createdAt: new Date() }, randomBytes(12));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'tenants.sealed.json', Body: JSON.stringify(sealed) }));
    process.env = {
      ...before,
      ...motoEnvironment,
      FORWARDER_BUCKET: Bucket,
      TENANTS_LOCATION: `s3://${Bucket}/tenants.sealed.json`,
      EVENT_STREAM: 'events',
      UNCONFIGURED_LOG_GROUP: logGroup,
      SIEM_ALLOWED_NETWORKS: '127.0.0.0/8',
    };
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    jest.resetModules();
  });

  afterAll(async () => {
    process.env = before;
    jest.restoreAllMocks();
    await siem.close();
    for (const client of [s3, kms, logs]) client.destroy();
  });

  function batch(...about: readonly (readonly [eventId: string, tenantId: string])[]): KinesisEvent {
    return kinesisEvent(
      about.map(([eventId, tenantId]) => ({
        ...kinesisRecord(eventLine(securityEvent({ eventId, tenantId, timeMs: Date.now() })), next++),
        eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/events',
      })),
    );
  }

  async function waiting(): Promise<readonly string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'backlog/' }));
    return Contents.map(({ Key }) => Key!.split('/')[1]!);
  }

  test('the forwarder delivers events to the SIEM of their tenant, and the others to the log group', async () => {
    await invoke(batch(['1', 'acme'], ['2', 'nobody'], ['3', 'acme']));
    expect(siem.accepted().map((event) => event.id)).toEqual(['1', '3']);
    const logged: string[] = [];
    for await (const line of readLogGroup({ client: logs, logGroup })) logged.push(line);
    expect(logged.map((line) => JSON.parse(line) as object)).toMatchObject([{ tenantId: 'nobody' }]);
  });

  test('the forwarder keeps the events of a SIEM that is down, and delivers them at the next schedule', async () => {
    siem.fail({ kind: 'status503', times: 3 });
    await invoke(batch(['4', 'acme'], ['5', 'acme']));
    await invoke(batch(['6', 'acme']));
    expect(await waiting()).toEqual(['acme@siem', 'acme@siem']);
    await invoke({ 'detail-type': 'Scheduled Event' });
    expect(siem.accepted().map((event) => event.id)).toEqual(['1', '3', '4', '5', '6']);
    expect(await waiting()).toEqual([]);
  });

  test('the forwarder reports metrics and lanes, without the content of events', () => {
    const said = written.join('');
    expect(said).toContain('"EventsRetried":2');
    expect(said).toContain('"lane":"acme@siem"');
    expect(said).not.toMatch(/userId1|pokey|dGVuYW50/);
  });
});
