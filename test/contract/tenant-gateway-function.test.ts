// The tenant gateway as Lambda runs it: settings from the environment; sealed tenants in S3, each tenant's key in KMS, and events
// in Kinesis, all of the emulator.
import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { kmsTenantKms } from '../../lib/adapters/kms/tenant-kms.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import type { SecurityEvent } from '../../lib/events/event.ts';
import { readEventLine } from '../../lib/events/line.ts';
import { gatewayEvent } from '../../lib/local/gateway-event.ts';
import { apiKeyDigest } from '../../lib/tenants/api-keys.ts';
import { sealTenants } from '../../lib/tenants/bundle.ts';
import type { TenantContent } from '../../lib/tenants/content.ts';
import { parseEdek } from '../../lib/tenants/edek.ts';
import { newTenantSecret } from '../../lib/tenants/tenant-secret.ts';
import { describeOverMoto, motoAws, motoEnvironment } from '../support/moto.ts';
import { API_KEYS } from '../support/tsp.ts';

const METADATA = { iclFields: { requestingId: 'app' }, customFields: {} };

async function post<Reply>(route: string, body: object): Promise<Reply> {
  const { handler } = await import('../../functions/tenant-gateway.ts');
  const headers = Object.entries({ Authorization: `cmk ${API_KEYS[0]}`, 'x-icl-tsc-language': 'node' });
  const event = gatewayEvent('POST', `/prod/api/1/${route}`, headers, JSON.stringify({ ...METADATA, ...body }));
  const { statusCode, body: reply } = await handler(event, { awsRequestId: 'request-1' } as Context);
  expect([statusCode, reply]).toEqual([200, expect.any(String)]);
  return JSON.parse(reply) as Reply;
}

describeOverMoto('the tenant gateway function', () => {
  const before = { ...process.env };
  const id = randomUUID();
  const s3 = s3Client({ ...motoAws, forcePathStyle: true });
  const kms = kmsClient(motoAws);
  const kinesis = new KinesisClient({ ...motoAws, requestHandler: new NodeHttpHandler() });
  const StreamName = `events-${id}`;
  const Bucket = `tenants-${id}`;
  const written: string[] = [];

  const makeKey = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;

  /** A tenant with a KMS key of its own, and a secret under it. */
  async function tenant(name: string, leased: boolean): Promise<TenantContent> {
    const key = await makeKey();
    const edek = Buffer.from(await newTenantSecret(kmsTenantKms({ clientFor: () => kms }), name, { id: 1, key }));
    return {
      id: name,
      kms: [{ id: 1, key, state: 'active', primary: true }],
      secrets: [{ id: 7, edek: edek.toString('base64'), current: true }],
      ...(leased && { leasing: { maxAgeS: 600, maxUses: 1000, openS: 60 } }),
      dataStores: [],
      sinks: [],
    };
  }

  beforeAll(async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 20, minDelay: 1 }, { StreamName });
    await s3.send(new CreateBucketCommand({ Bucket }));
    const keys = kmsKeyService({ client: kms, keyId: await makeKey() });
    const content = {
      apiKeys: [{ id: 'app', digest: apiKeyDigest(API_KEYS[0]!).toString('base64') }],
      unconfigured: 'stdout' as const,
      tenants: [await tenant('acme', false), await tenant('lessor', true)],
      former: [],
    };
    const sealed = await sealTenants(keys, content, { version: 1, createdAt: new Date() }, randomBytes(12));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'tenants.sealed.json', Body: JSON.stringify(sealed) }));
    process.env = {
      ...before,
      ...motoEnvironment,
      TENANTS_LOCATION: `s3://${Bucket}/tenants.sealed.json`,
      EVENT_STREAM: StreamName,
    };
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
    jest.resetModules();
  });

  afterAll(() => {
    process.env = before;
    jest.restoreAllMocks();
    for (const client of [s3, kms, kinesis]) client.destroy();
  });

  /** Events of the stream, those of a tenant in order. */
  async function streamed(): Promise<SecurityEvent[]> {
    const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
    const lists = await Promise.all(
      Shards!.map(async ({ ShardId }) => {
        const at = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
        const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(at));
        const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
        return Records!.map(({ Data }) => Buffer.from(Data!).toString());
      }),
    );
    return lists.flat().flatMap((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => readEventLine(line)!),
    );
  }

  test.each([
    ['acme', 'direct', ['DEK encrypted via KMS.', 'EDEK decrypted via KMS.']],
    [
      'lessor',
      'leased',
      ['Leased a new key via KMS.', 'Encrypted a DEK using a leased key.', 'Decrypted an EDEK using a leased key.'],
    ],
  ])(
    'the gateway wraps and unwraps under the KMS key of %s (%s), with events in the stream',
    async (tenantId, mode, texts) => {
      const { dek, edek } = await post<{ dek: string; edek: string }>('document/wrap', { tenantId });
      expect(parseEdek(Buffer.from(edek, 'base64')).mode).toBe(mode);
      expect(await post('document/unwrap', { tenantId, encryptedDocumentKey: edek })).toEqual({ dek });
      const events = (await streamed()).filter((event) => event.tenantId === tenantId);
      expect(events.map(({ iclFields: { logMsg } }) => logMsg)).toEqual(texts);
      expect(events.map(({ sequence }) => sequence)).toEqual(texts.map((_, i) => i + 1));
    },
  );

  test('the gateway rekeys between tenants, derives keys and accepts events', async () => {
    const { dek, edek } = await post<{ dek: string; edek: string }>('document/wrap', { tenantId: 'acme' });
    const body = { tenantId: 'acme', encryptedDocumentKey: edek, newTenantId: 'lessor' };
    expect(await post('document/rekey', body)).toEqual({ dek, edek: expect.any(String) });
    const derivation = { derivationType: 'sha512', secretType: 'deterministic', paths: { p: ['d'] } };
    expect(await post('key/derive-with-secret-path', { tenantId: 'acme', ...derivation })).toEqual({
      hasPrimaryConfig: true,
      derivedKeys: { p: { d: [{ derivedKey: expect.any(String), tenantSecretId: 7, current: true }] } },
    });
    const login = { ...METADATA.iclFields, event: 'USER_LOGIN' };
    expect(await post('event/security-event', { tenantId: 'acme', iclFields: login })).toBeNull();
    const names = (await streamed()).map(({ iclFields: { event } }) => event);
    expect(names).toEqual(expect.arrayContaining(['CUSTOM_DERIVE_KEYS', 'USER_LOGIN']));
  });

  test('the gateway writes a line of metrics for each request, and nothing else', () => {
    expect(written.length).toBeGreaterThanOrEqual(8);
    for (const line of written) {
      expect(JSON.parse(line)).toMatchObject({
        client: 'node',
        outcome: 'success',
        EventsAccepted: expect.any(Number),
      });
    }
  });
});
