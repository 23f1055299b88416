import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tenantSinks } from '../../../functions/runtime/forward/tenant-sinks.ts';
import { Secret } from '../../../lib/base/secret.ts';
import type { Parcel } from '../../../lib/delivery/ports.ts';
import type { Sink, SinkSettings } from '../../../lib/tenants/model.ts';
import { startFakeBucket } from '../../support/fake-bucket.ts';
import { serve } from '../../support/http-server.ts';
import { startDatadog } from '../../support/siem/datadog.ts';
import type { Receiver } from '../../support/siem/receiver.ts';
import { startReceiver } from '../../support/siem/start.ts';
import { startSyslog } from '../../support/siem/syslog.ts';

const parcel = (id: string, timeMs = Date.now()): Parcel => ({
  id,
  timeMs,
  body: JSON.stringify({ iclFields: { eventId: id } }),
  about: { tenantId: 't', event: 'USER_LOGIN', severity: 'notice', sequence: 1, content: 'json' },
});
const sinkOf = (settings: SinkSettings, name = 's'): Sink => ({
  name,
  enabled: true,
  format: 'native',
  include: [],
  exclude: [],
  settings,
});
const splunk = (changes: Partial<SinkSettings & { kind: 'splunk' }> = {}): SinkSettings => ({
  kind: 'splunk',
  url: 'https://siem.example.com:8088',
  token: new Secret(Buffer.from('token')),
  acknowledge: false,
  ...changes,
});

const environment = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'own', AWS_REGION: 'us-east-1' });
});
afterEach(() => {
  process.env = { ...environment };
});

describe('the sink of a tenant', () => {
  test('is kept as long as its settings are equal', () => {
    const open = tenantSinks();
    const first = open('t', sinkOf(splunk()));
    expect(open('t', sinkOf(splunk()))).toBe(first);
    expect(open('t', sinkOf(splunk(), 'other'))).not.toBe(first);
    expect(open('other', sinkOf(splunk()))).not.toBe(first);
  });

  test.each([
    ['a secret', { token: new Secret(Buffer.from('rotated')) }],
    ['an address', { url: 'https://siem.example.com:8089' }],
    ['a switch', { acknowledge: true }],
    ['an optional setting', { index: 'main' }],
  ])('is replaced when %s changes', (_, changes) => {
    const open = tenantSinks();
    expect(open('t', sinkOf(splunk(changes)))).not.toBe(open('t', sinkOf(splunk())));
  });

  test.each<[string, SinkSettings, string]>([
    ['no URL', splunk({ url: 'siem' }), 'unusable settings'],
    ['a URL in the clear', splunk({ url: 'http://siem.example.com' }), 'unusable settings'],
    ['another protocol', splunk({ url: 'file:///etc/passwd' }), 'unusable settings'],
    ['this machine', splunk({ url: 'https://127.0.0.1:8088' }), 'ADDRESS_FORBIDDEN'],
    ['a metadata service', splunk({ url: 'https://169.254.169.254' }), 'ADDRESS_FORBIDDEN'],
    ['a private network', { kind: 'syslog', host: '10.0.0.1', port: 6514 }, 'ADDRESS_FORBIDDEN'],
    ['a file', { kind: 'file', path: '/tmp/x' }, 'only on a laptop'],
    ['standard output', { kind: 'stdout' }, 'only on a laptop'],
    ['line ends in a secret', splunk({ token: new Secret(Buffer.from('a\r\nb: c')) }), 'ERR_INVALID_CHAR'],
  ])('answers config for %s', async (_, settings, reason) => {
    const open = tenantSinks();
    expect(await open('t', sinkOf(settings)).deliver([parcel('a')])).toEqual([{ kind: 'config', reason }]);
  });

  test('may be in an allowed private network', async () => {
    const receiver = await startReceiver('datadog');
    try {
      const open = tenantSinks({ allowedNetworks: ['127.0.0.0/8'] });
      expect(await open('t', sinkOf(receiver.settings)).deliver([parcel('a')])).toEqual([{ kind: 'delivered' }]);
    } finally {
      await receiver.close();
    }
  });
});

const answered = (expiresMs: number) =>
  `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIATENANT</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>session</SessionToken>
  <Expiration>${new Date(Date.now() + expiresMs).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

describe('a bucket or a log group of another account', () => {
  const role = { roleArn: 'arn:aws:iam::111122223333:role/siem', externalId: 'word of the tenant' };
  const settings: SinkSettings = { kind: 's3', region: 'us-east-1', bucket: 'b', prefix: 'p/', ...role };

  async function deliverTwice(expiresMs: number) {
    const asked: URLSearchParams[] = [];
    const sts = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      asked.push(new URLSearchParams(body));
      response.writeHead(200, { 'content-type': 'text/xml' }).end(answered(expiresMs));
    });
    const bucket = await startFakeBucket();
    Object.assign(process.env, { AWS_ENDPOINT_URL: bucket.endpoint, AWS_ENDPOINT_URL_STS: sts.endpoint });
    const sink = tenantSinks()('tenant-1', sinkOf(settings));
    const verdicts = [await sink.deliver([parcel('a')]), await sink.deliver([parcel('b')])].flat();
    await sts.close();
    await bucket.close();
    return { asked, verdicts, headers: bucket.headers };
  }

  test('is written to under the role, with its external id, in a session named after product and tenant', async () => {
    const { asked, verdicts, headers } = await deliverTwice(3_600_000);
    expect(verdicts).toEqual([{ kind: 'delivered' }, { kind: 'delivered' }]);
    expect(asked.map((form) => Object.fromEntries(form))).toMatchObject([
      {
        Action: 'AssumeRole',
        RoleArn: role.roleArn,
        ExternalId: role.externalId,
        RoleSessionName: expect.stringMatching(/^serverless-protector-[\da-f]{16}$/),
      },
    ]);
    for (const sent of headers) {
      expect(sent.authorization).toContain('Credential=ASIATENANT/');
      expect(sent['x-amz-security-token']).toBe('session');
    }
  });

  test('gets new credentials before the old ones expire', async () => {
    expect((await deliverTwice(60_000)).asked.length).toBeGreaterThan(1);
  });

  test.each([
    [403, 'AccessDenied', 'config'],
    [400, 'ExpiredTokenException', 'retry'],
    [503, 'ServiceUnavailable', 'retry'],
  ])('whose role is refused with %d %s answers %s', async (status, code, kind) => {
    const sts = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse><Error><Code>${code}</Code><Message>arn of a user</Message></Error></ErrorResponse>`,
      );
    });
    process.env['AWS_ENDPOINT_URL_STS'] = sts.endpoint;
    const [verdict] = await tenantSinks()('t', sinkOf(settings)).deliver([parcel('a')]);
    expect(verdict).toEqual({ kind, reason: code });
    await sts.close();
  });
});

describe('a sink that an earlier release sealed', () => {
  const ROLE = { roleArn: 'arn:aws:iam::111122223333:role/events' };
  const own = new Set(['forwarder-bucket', '/our/group']);

  test.each<[string, SinkSettings, string]>([
    [
      'a bucket without a role',
      { kind: 's3', region: 'us-east-1', bucket: 'b', prefix: '' },
      'no role to assume: "roleArn" is missing',
    ],
    [
      'a log group without a role',
      { kind: 'cloudwatch-logs', region: 'us-east-1', logGroup: 'g' },
      'no role to assume: "roleArn" is missing',
    ],
    [
      'our own bucket',
      { kind: 's3', region: 'us-east-1', bucket: 'forwarder-bucket', prefix: 'backlog/', ...ROLE },
      'a bucket or log group of this deployment',
    ],
    [
      'our own log group',
      { kind: 'cloudwatch-logs', region: 'us-east-1', logGroup: '/our/group', ...ROLE },
      'a bucket or log group of this deployment',
    ],
  ])('with %s takes nothing and says why', async (_, settings, reason) => {
    const verdicts = await tenantSinks({ own })('t', sinkOf(settings)).deliver([parcel('a')]);
    expect(verdicts).toEqual([{ kind: 'config', reason }]);
  });
});

describe('objects in a bucket', () => {
  const HOUR_22 = Date.parse('2026-11-24T22:15:02.123Z');

  test('hold compressed lines under their hour; a repeat is the same object', async () => {
    const bucket = await startFakeBucket();
    process.env['AWS_ENDPOINT_URL'] = bucket.endpoint;
    const settings = { kind: 's3', region: 'us-east-1', bucket: 'b', prefix: 'events/', kmsKey: 'alias/siem' } as const;
    const sink = tenantSinks({ laptop: true })('t', sinkOf(settings));
    const parcels = [parcel('b', HOUR_22 + 5), parcel('a', HOUR_22)];
    await sink.deliver(parcels);
    await sink.deliver(parcels);
    await sink.deliver(parcels.slice(1));
    const keys = [...bucket.objects.keys()];
    expect(keys).toEqual([
      expect.stringMatching(/^events\/2026\/11\/24\/22\/20261124T221502123Z-[\da-f]{32}\.jsonl\.gz$/),
      expect.stringMatching(/^events\/2026\/11\/24\/22\/20261124T221502123Z-[\da-f]{32}\.jsonl\.gz$/),
    ]);
    expect(gunzipSync(bucket.objects.get(keys[0]!)!).toString()).toBe(parcels.map(({ body }) => `${body}\n`).join(''));
    for (const headers of bucket.headers) {
      expect(headers).toMatchObject({
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'alias/siem',
      });
    }
    await bucket.close();
  });
});

const onLaptop = (settings: SinkSettings) => tenantSinks({ laptop: true, timeoutMs: 5_000 })('t', sinkOf(settings));

/** Resolves when the receiver has so many events; rejects when they do not come. */
async function arrived(receiver: Receiver, count: number): Promise<void> {
  for (const endMs = Date.now() + 4_000; receiver.accepted().length < count; ) {
    if (Date.now() > endMs) throw new Error(`${receiver.accepted().length} of ${count} events arrived`);
    // oxlint-disable-next-line no-await-in-loop -- looks again after each turn
    await new Promise(setImmediate);
  }
}

describe('a connection for syslog', () => {
  test('is kept, and replaced after the receiver hangs up', async () => {
    const receiver = await startSyslog();
    const sink = onLaptop(receiver.settings);
    await sink.deliver([parcel('a')]);
    await sink.deliver([parcel('b'), parcel('c')]);
    await arrived(receiver, 3);
    expect(receiver.connections).toBe(1);
    await receiver.hangUp();
    expect(await sink.deliver([parcel('d')])).toEqual([{ kind: 'delivered' }]);
    await arrived(receiver, 4);
    expect(receiver.connections).toBe(2);
    expect(receiver.accepted().map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    await receiver.close();
  });

  test('is refused to a receiver whose certificate another authority signed', async () => {
    const [receiver, other] = [await startSyslog(), await startSyslog()];
    const settings = { ...receiver.settings, ca: (other.settings as { ca: string }).ca } as SinkSettings;
    const [verdict] = await onLaptop(settings).deliver([parcel('a')]);
    expect(verdict?.kind).toBe('config');
    expect(receiver.accepted()).toEqual([]);
    await Promise.all([receiver.close(), other.close()]);
  });
});

describe('Datadog', () => {
  const HOUR = 3_600_000;
  test.each([-40, -18, -16, 0, 1.5, 24])('keeps an event that happened %d hours from now', async (hours) => {
    const receiver = await startDatadog();
    const sink = tenantSinks({ laptop: true })('t', sinkOf(receiver.settings));
    expect(await sink.deliver([parcel('a', Date.now() + hours * HOUR)])).toEqual([{ kind: 'delivered' }]);
    expect(receiver.accepted().map(({ id }) => id)).toEqual(['a']);
    await receiver.close();
  });
});

test('a file sink writes one line per event', async () => {
  const receiver = await startReceiver('file');
  const sink = tenantSinks({ laptop: true })('t', sinkOf(receiver.settings));
  await sink.deliver([parcel('a'), parcel('b')]);
  const { path } = receiver.settings as { path: string };
  expect(await readFile(path, 'utf8')).toBe(`${parcel('a').body}\n${parcel('b').body}\n`);
  await receiver.close();
  const broken = tenantSinks({ laptop: true })('t', sinkOf({ kind: 'file', path: '/dev/null/x' }));
  expect(await broken.deliver([parcel('a')])).toEqual([{ kind: 'retry', reason: 'AUDIT_SINK_UNAVAILABLE' }]);
});
