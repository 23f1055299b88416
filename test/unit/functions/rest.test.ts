import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { redshiftHandler } from '../../../functions/runtime/protect/redshift.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import type { RedshiftReply } from '../../../lib/wire/redshift.ts';
import { compiledPolicy, lambdaContext, redshiftEvent, testEnvironment } from '../../support/policy.ts';
import { restUnderTest, type RestUnderTest } from '../../support/rest.ts';
import { readWirePolicy, type WireResponse } from '../../support/wire-vectors.ts';

/** In every value, name and token that is sent; in nothing that comes out but a result or a record's own fields. */
const CANARY = 'CANARY';
const SSN = '944-07-4214';
const COLUMN = { user: 'admin', data_element: 'ssn', data: [SSN] };

let under: RestUnderTest;
beforeEach(() => {
  under = restUnderTest();
});

function error({ status, body }: WireResponse): readonly [number, string] {
  return [status, (JSON.parse(body) as { error_msg: string }).error_msg];
}

const audited = (): (readonly [number, number])[] =>
  under.records().map(({ cnt, protection }) => [protection.audit_code, cnt]);

test('a request leaves a record with every field, the address of the caller included', async () => {
  const requestContext = { identity: { sourceIp: '192.0.2.7' } };
  const body = JSON.stringify({ user: 'admin', query_id: 'q1', data_element: 'SSN', data: [SSN, null] });
  await under.send({ httpMethod: 'POST', path: '/v1/protect', headers: {}, requestContext, body });
  expect(under.records()).toMatchObject([
    {
      additional_info: { query_id: 'q1', request_id: 'request-1', policy_version: '7' },
      client: { ip: '192.0.2.7' },
      cnt: 1,
      correlationid: 'q1',
      level: 'SUCCESS',
      protection: { audit_code: 6, dataelement: 'ssn', operation: 'Protect', policy_user: 'admin' },
      protector: { vendor: 'aws.rest', datastore: 'WIRE_STORE' },
    },
  ]);
  expect(under.log).toEqual([]);
});

test('bytes in base64 have room for as much of a reply as their base64 takes', async () => {
  const data = Array.from({ length: 200 }, () => Buffer.alloc(1500, 'a').toString('base64'));
  const request = { user: 'admin', query_id: 'q', data_element: 'text', encoding: 'base64' };
  const tokens = await under.post('/v1/protect', { ...request, data });
  expect(tokens.status).toBe(200);
  const { results } = JSON.parse(tokens.body) as { results: string[] };
  const back = await under.post('/v1/unprotect', { ...request, data: results });
  expect([back.status, JSON.parse(back.body)]).toEqual([200, expect.objectContaining({ results: data })]);
});

describe('a request shows no content in errors, records or the log', () => {
  const settings = { authorization: 'JWT', jwt_secret_base64: Buffer.alloc(32, CANARY).toString('base64') };
  const column = { user: 'admin', data_element: 'ssn', data: [SSN, CANARY] };
  test.each<[string, unknown, Record<string, string>?, Record<string, string>?]>([
    ['a value that is too short', column],
    ['a body that is cut off', `{"user":"admin","data":["${CANARY}"`],
    ['a value that is none', { ...column, data: [{ [CANARY]: CANARY }] }],
    ['values in no array', { ...column, data: CANARY }],
    ['values that are no hexadecimal text', { ...column, encoding: 'hex' }],
    ['values that are no base64', { ...column, encoding: 'base64', data: [`*${CANARY}`] }],
    ['an unknown encoding', { ...column, encoding: CANARY }],
    ['an IV that is too long', { ...column, external_iv: CANARY.repeat(50) }],
    ['an IV that is none', { ...column, external_iv: [CANARY] }],
    ['unknown members', { ...column, [CANARY]: CANARY }],
    ['columns that are none', { user: 'admin', arguments: [CANARY, { data: [CANARY] }] }],
    [
      'legacy values that are no base64',
      { protect: { policyusername: 'admin', bulk: { data: [{ content: CANARY }] } } },
    ],
    ['a token that is none', column, { authorization: `Bearer ${CANARY}` }, settings],
    ['a token without scheme', column, { authorization: CANARY }, settings],
    ['credentials of another scheme', column, { authorization: `Basic ${CANARY}` }, settings],
    [
      'a secret in place of a scheme',
      column,
      { authorization: `${CANARY}${CANARY}${CANARY}${CANARY}${CANARY} x` },
      settings,
    ],
    ['a setting that is wrong', column, {}, { authorization: CANARY }],
    ['claims that are wrong', column, {}, { ...settings, jwt_user_claim: CANARY }],
  ])('with %s', async (_, body, headers = {}, variables = {}) => {
    under = restUnderTest({ variables });
    const response = await under.post('/v1/protect', body, headers);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(under.sink.lines.length).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify([response, under.sink.lines, under.log])).not.toContain(CANARY);
    expect(JSON.stringify(under.log)).not.toContain(settings.jwt_secret_base64);
  });
});

test('a setting that is wrong is named in the log, and nowhere else', async () => {
  under = restUnderTest({ variables: { authorization: 'IAM' } });
  const response = await under.post('/v1/protect', COLUMN);
  expect(error(response)).toEqual([500, 'The protector is not configured']);
  expect(under.log).toMatchObject([
    { level: 'ERROR', code: 'NOT_CONFIGURED', cause: [{ message: 'authorization must be JWT, None or empty' }] },
  ]);
  expect((await under.send({ httpMethod: 'GET', path: '/v1/version' })).status).toBe(200);
});

describe('a refused caller', () => {
  const variables = { authorization: 'JWT', jwt_secret_base64: Buffer.alloc(32, 1).toString('base64') };
  test('is recorded before the refusal leaves, and learns no reason while no record can be written', async () => {
    under = restUnderTest({ variables });
    under.sink.down = true;
    expect(error(await under.post('/v1/unprotect', COLUMN))).toEqual([
      503,
      'Failed to send logs, connection refused !',
    ]);
    under.sink.down = false;
    expect(error(await under.post('/v1/unprotect', COLUMN))).toEqual([400, 'Authorization header was not found.']);
    expect(under.records()).toMatchObject([
      { level: 'ERROR', cnt: 0, protection: { audit_code: 1, operation: 'Unprotect', policy_user: '' } },
      { level: 'ERROR', cnt: 0, protection: { audit_code: 1, operation: 'Unprotect', policy_user: '' } },
    ]);
    expect((await under.verify()).valid).toBe(true);
  });

  test.each<[string, unknown]>([
    ['is cut off', '{"user":"admin"'],
    ['is no JSON', 'user=admin'],
    ['names another user', { ...COLUMN, user: 'admin' }],
  ])('is refused for its token, and not for its body, which %s', async (_, body) => {
    under = restUnderTest({ variables });
    expect(error(await under.post('/v1/protect', body))).toEqual([400, 'Authorization header was not found.']);
    expect(under.records()).toMatchObject([{ cnt: 0, protection: { audit_code: 1, policy_user: '' } }]);
  });

  test('has one record for its address in half a minute, before the refusal leaves; a summary without it counts the others', async () => {
    under = restUnderTest({ variables });
    for (let i = 0; i < 50; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect(error(await under.post('/v1/unprotect', COLUMN))[1]).toBe('Authorization header was not found.');
      expect(under.records()).toHaveLength(1);
    }
    const elsewhere = gatewayEvent('POST', '/v1/unprotect', [], JSON.stringify(COLUMN), '192.0.2.7');
    await under.send(elsewhere);
    expect(under.records().map(({ client, additional_info: info }) => [client?.ip, info.request_cnt])).toEqual([
      ['127.0.0.1', undefined],
      ['192.0.2.7', undefined],
      [undefined, 49],
    ]);
    expect((await under.verify()).valid).toBe(true);
  });

  test('is counted for its token alone: a known caller has a record of each request that cannot be read', async () => {
    under = restUnderTest({ variables: {} });
    for (let i = 0; i < 3; i++) await under.post('/v1/protect', '{"user":"test_user"'); // oxlint-disable-line no-await-in-loop -- one after another
    expect(under.records().map(({ protection }) => protection.audit_code)).toEqual([44, 44, 44]);
  });

  test('leaves one small record, however large the request', async () => {
    under = restUnderTest({ variables });
    const columns = Array.from({ length: 256 }, (_, id) => ({ id, data_element: 'x'.repeat(9000), data: [] }));
    await under.post('/v1/protect', { user: 'y'.repeat(100_000), query_id: 'z'.repeat(100_000), arguments: columns });
    expect(under.sink.lines.map(({ length }) => length < 2000)).toEqual([true]);
  });
});

describe('several columns', () => {
  const column = { data_element: 'ssn', data: [SSN] };

  test('are answered under their ids where those are texts or numbers', async () => {
    const ids = ['a', 7, '', null, true, { a: 1 }, [1], undefined];
    const { body } = await under.post('/v1/protect', {
      user: 'admin',
      arguments: ids.map((id) => ({ ...column, id })),
    });
    const { results } = JSON.parse(body) as { results: object[] };
    expect(results.map((result) => ('id' in result ? [result.id] : []))).toEqual([
      ['a'],
      [7],
      [''],
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  test('leave at most as many records as there may be columns', async () => {
    const list = Array.from({ length: 257 }, (_, id) => ({ ...column, id }));
    expect((await under.post('/v1/protect', { user: 'admin', arguments: list.slice(1) })).status).toBe(200);
    expect(under.sink.lines).toHaveLength(256);
    expect((await under.post('/v1/protect', { user: 'admin', arguments: list })).status).toBe(400);
    expect(under.sink.lines).toHaveLength(257);
  });

  test('that are too much for one reply are all refused, and none is recorded as answered', async () => {
    const large = { data_element: 'clear', data: ['"'.repeat(1_000_000)] };
    const response = await under.post('/v1/protect', { user: 'admin', arguments: [column, large, large] });
    expect(error(response)).toEqual([400, 'Input or output buffer is too small.']);
    expect(audited()).toEqual([
      [21, 1],
      [21, 2],
    ]);
  });
});

describe('a reply as Lambda returns it', () => {
  // Each quotation mark takes two bytes in the body and two times two in the reply that the body is a text of.
  test.each([
    ['fits', 1_572_800, 200],
    ['does not fit', 1_572_900, 400],
  ])('%s in 6 MB with %i quotation marks', async (_, count, status) => {
    const response = await under.post('/v1/protect', {
      user: 'admin',
      data_element: 'clear',
      data: ['"'.repeat(count)],
    });
    expect(response.status).toBe(status);
    const { status: statusCode, headers, body } = response;
    const bytes = Buffer.byteLength(JSON.stringify({ statusCode, headers, body, isBase64Encoded: false }));
    expect(bytes).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(audited()).toEqual([[status === 200 ? 6 : 21, 1]]);
  });
});

describe('a body', () => {
  const column = COLUMN;

  test('may be gzip in base64, as a gateway with binary media types sends it', async () => {
    const body = gzipSync(JSON.stringify(column)).toString('base64');
    const { status } = await under.send({ httpMethod: 'POST', path: '/v1/protect', body, isBase64Encoded: true });
    expect(status).toBe(200);
  });

  test('of more values than a reply has room for is refused before it is parsed, and recorded', async () => {
    const body = gzipSync(`{"user":"admin","data":[${'1,'.repeat(4_000_000)} no JSON`).toString('base64');
    const { body: text } = await under.send({ httpMethod: 'POST', path: '/v1/protect', body });
    expect(text).toContain('buffer is too small');
    expect(audited().map(([code]) => code)).toEqual([21]);
  });

  test.each([
    [
      'of a million values of the wrong kind',
      `{"user":"admin","data_element":"ssn","data":[${'true,'.repeat(1e6)}true]}`,
    ],
    ['nested a million deep', `{"user":"admin","data_element":"ssn","data":${'['.repeat(1e6)}${']'.repeat(1e6)}}`],
    [
      'nested a million deep beside a number',
      `{"user":"admin","data_element":"number","data":[1234567],"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`,
    ],
    ['with __proto__ for a user', '{"__proto__":{"user":"admin"},"data_element":"ssn","data":["944-07-4214"]}'],
  ])('%s is refused like any other', async (_, body) => {
    expect((await under.post('/v1/protect', body)).status).toBe(400);
    expect(under.sink.lines).toHaveLength(1);
  });

  test('is refused with the row of a bad value behind thousands of good ones', async () => {
    const data: unknown[] = Array.from({ length: 5000 }, () => SSN);
    data[4321] = false;
    const [, text] = error(await under.post('/v1/protect', { ...column, data }));
    expect(text).toBe('Protect failed. row 4321:Unsupported operation for that datatype');
  });

  test.each([undefined, null, 1, {}, [], { path: 7, body: {} }])(
    'gets status 404 when the event is %j',
    async (event) => {
      expect((await under.send(event)).status).toBe(404);
      expect(under.sink.lines).toEqual([]);
    },
  );
});

describe('Redshift and REST', () => {
  const mapping = { protect_hr: { Operation: 'protect', Element: 'ssn', ExternalIV: 'hr' } };
  const redshift = redshiftHandler(
    testEnvironment(async () => compiledPolicy(readWirePolicy('policy'), mapping)).environment,
  );

  test.each([
    ['pty_protect_ssn', {}],
    ['pty_protect_ssn', { external_iv: '' }],
    ['protect_hr', { external_iv: 'hr' }],
  ])('give the same tokens for %s and %j', async (name, members) => {
    const event = { ...redshiftEvent(name, [SSN, null, '']), user: 'admin' };
    const { results } = (await redshift(event, lambdaContext())) as Extract<RedshiftReply, { success: true }>;
    const { body } = await under.post('/v1/protect', {
      user: 'admin',
      data_element: 'ssn',
      data: [SSN, null, ''],
      ...members,
    });
    expect(JSON.parse(body)).toEqual({ encoding: 'utf8', results, success: true });
  });

  test('take the IV of a public client as a text: SQL has to name its base64 form', async () => {
    const iv = Buffer.from('hr').toString('base64');
    const asClient = await under.post('/v1/protect', { ...COLUMN, external_iv: iv });
    const asSql = await under.post('/v1/protect', { ...COLUMN, external_iv: 'hr' });
    expect(asClient.body).not.toBe(asSql.body);
  });
});
