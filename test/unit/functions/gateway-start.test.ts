// The tenant gateway before its first invocation.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import { sealTenants } from '../../../lib/tenants/bundle.ts';
import { type FakeAws, startFakeAws } from '../../support/fake-aws.ts';

const before = { ...process.env };
let fake: FakeAws;
let directory: string;
let written: string[];

beforeEach(async () => {
  fake = await startFakeAws();
  directory = await mkdtemp(join(tmpdir(), 'gateway-'));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: fake.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9',
    TENANTS_LOCATION: join(directory, 'tenants.sealed.json'),
    EVENT_STREAM: 'events',
  });
  written = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  jest.resetModules();
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...before };
  await fake.close();
  await rm(directory, { recursive: true });
});

describe('the tenant gateway, before the first invocation,', () => {
  test('opens its tenants', async () => {
    const client = kmsClient();
    const keys = kmsKeyService({ client, keyId: fake.createKey() });
    const content = { apiKeys: [], unconfigured: 'stdout' as const, tenants: [], former: [] };
    const sealed = await sealTenants(keys, content, { version: 1, createdAt: new Date(0) }, new Uint8Array(12));
    client.destroy();
    await writeFile(join(directory, 'tenants.sealed.json'), JSON.stringify(sealed));
    fake.calls.length = 0;
    await (await import('../../../functions/tenant-gateway.ts')).ready;
    expect(fake.calls).toEqual(['Decrypt']);
    expect(written).toEqual([]);
  });

  test('starts without tenants and says so; the first request is refused with the reason', async () => {
    const { handler, ready } = await import('../../../functions/tenant-gateway.ts');
    await ready;
    expect(written.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'WARN', code: 'TENANTS_MISSING' }),
    ]);
    const reply = await handler(gatewayEvent('POST', '/api/1/document/wrap', [], '{}'), {
      awsRequestId: 'r',
    } as Context);
    expect(reply).toMatchObject({ statusCode: 503, body: expect.stringContaining('no tenants yet') });
  });
});
