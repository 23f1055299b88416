// The wire vectors of every front end once more, over HTTP, through the front that `protector serve` listens with.
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { restHandler } from '../../functions/runtime/protect/rest.ts';
import { snowflakeHandler } from '../../functions/runtime/protect/snowflake.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { httpFront } from '../../lib/local/http-front.ts';
import { lambdaContext, redshiftEvent, testEnvironment, type TestEnvironment } from '../support/policy.ts';
import { NOW_MS } from '../support/rest.ts';
import { API_KEYS, expectEvents, tspBody, tspUnderTest, type TspUnderTest } from '../support/tsp.ts';
import { wireEnvironment } from '../support/wire-environment.ts';
import {
  expectRecords,
  expectResponse,
  readWireVectors,
  requestBody,
  type WireVector,
} from '../support/wire-vectors.ts';

/** What the functions work with; each vector brings its own. */
let current: TestEnvironment & { readonly variables: Readonly<Record<string, string>> };
let currentTsp: TspUnderTest;
const faults: unknown[] = [];

const environment = () => current.environment();
const front = httpFront({
  functions: {
    redshift: (event: object) => redshiftHandler(environment, current.write)(event, lambdaContext()),
    snowflake: (event: object) => snowflakeHandler(environment, current.write)(event, lambdaContext()),
    rest: (event: object) => rest()(event, lambdaContext()),
    broken: () => Promise.reject(new TypeError('Alice Example')),
  },
  snowflake: (event) => snowflakeHandler(environment, current.write)(event, lambdaContext()),
  rest: (event) => rest()(event, lambdaContext()),
  tenants: (event) => currentTsp.handler(event, lambdaContext()),
  onFault: (error) => faults.push(error),
  hosts: ['127.0.0.1', 'localhost'],
});
const rest = () => restHandler(environment, current.variables, current.write, { nowMs: () => NOW_MS });

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createAdaptorServer({ fetch: front.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function ask(
  vector: WireVector,
  body: string = requestBody(vector),
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const { method, path, headers } = vector.request;
  const response = await fetch(`${origin}${path}`, { method, headers, ...(body === '' ? {} : { body }) });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

describe.each(FRONT_ENDS)('the %s vectors over HTTP', (frontEnd) => {
  const vectors = readWireVectors(frontEnd);

  test('number more than 20', () => {
    expect(vectors.length).toBeGreaterThan(20);
  });

  test.each(vectors.map((vector) => [vector.name, vector] as const))('hold for %s', async (_, vector) => {
    current = { ...wireEnvironment(vector), variables: vector.environment };
    expectResponse(vector, await ask(vector));
    expect(faults).toEqual([]);
    expectRecords(vector, current.sink.lines);
  });
});

/** Node's own client sends a repeated header as it is. */
function statusOfHeaders(authorization: string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}/api/1/document/wrap`, { method: 'POST' }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.setHeader('Authorization', authorization);
    sent.on('error', reject);
    sent.end('{}');
  });
}

describe('the tsp vectors over HTTP', () => {
  test.each(readWireVectors('tsp').map((vector) => [vector.name, vector] as const))(
    'hold for %s',
    async (_, vector) => {
      currentTsp = await tspUnderTest(vector.fault);
      expectResponse(vector, await ask(vector, tspBody(vector, currentTsp.edeks)));
      expect(faults).toEqual([]);
      expectEvents(vector, currentTsp.lines);
    },
  );

  test('refuse two Authorization headers, whichever of them is right', async () => {
    currentTsp = await tspUnderTest();
    for (const keys of [
      [API_KEYS[0], 'x'],
      ['x', API_KEYS[0]],
      [API_KEYS[0], API_KEYS[0]],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const status = await statusOfHeaders(keys.map((key) => `cmk ${key}`));
      expect(status).toBe(401);
    }
    expect(await statusOfHeaders([`cmk ${API_KEYS[0]}`])).not.toBe(401);
  });
});

const client = () =>
  new LambdaClient({
    endpoint: origin,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

const invoke = (FunctionName: string, payload: unknown = {}, more: object = {}) =>
  client().send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload), ...more }));

describe('the Invoke API', () => {
  test.each([
    'redshift',
    'redshift:Production',
    'arn:aws:lambda:us-east-1:000000000000:function:redshift',
    'arn:aws:lambda:us-east-1:000000000000:function:redshift:Production',
  ])('answers the SDK for %s as Lambda does', async (name) => {
    current = { ...testEnvironment(), variables: {} };
    const reply = await invoke(name, redshiftEvent('pty_protect_dessn', ['944-07-4214']));
    expect(JSON.parse(reply.Payload!.transformToString())).toMatchObject({ success: true, num_records: 1 });
    expect([reply.StatusCode, reply.ExecutedVersion, reply.FunctionError]).toEqual([200, '$LATEST', undefined]);
  });

  test('reports a failed function as Lambda does, without its error', async () => {
    const reply = await invoke('broken');
    expect([reply.StatusCode, reply.FunctionError]).toEqual([200, 'Unhandled']);
    expect(reply.Payload!.transformToString()).toBe('{"errorType":"TypeError","errorMessage":"The function failed"}');
    expect(faults.pop()).toBeInstanceOf(TypeError);
  });

  test.each<[string, string, object, string, number]>([
    ['an unknown function', 'nothing', {}, 'ResourceNotFoundException', 404],
    ['an event that is no JSON', 'redshift', { Payload: '{"user":' }, 'InvalidRequestContentException', 400],
    ['an asynchronous invocation', 'redshift', { InvocationType: 'Event' }, 'InvalidParameterValueException', 400],
    [
      'an event above 6 MB',
      'redshift',
      { Payload: `"${'x'.repeat(6 * 1024 * 1024)}"` },
      'RequestTooLargeException',
      413,
    ],
  ])('refuses %s with the error that the SDK knows', async (_, name, more, error, status) => {
    const failure: unknown = await invoke(name, {}, more).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(LambdaServiceException);
    expect([
      (failure as LambdaServiceException).name,
      (failure as LambdaServiceException).$metadata.httpStatusCode,
    ]).toEqual([error, status]);
  });

  test('answers a dry run without running the function', async () => {
    expect((await invoke('redshift', {}, { InvocationType: 'DryRun' })).StatusCode).toBe(204);
  });
});

describe('the HTTP front', () => {
  test.each([
    ['a page of another site', { origin: 'https://site.example' }],
    ['a page without an origin of its own', { origin: 'null' }],
  ])('refuses the script of %s', async (_, headers) => {
    expect((await fetch(`${origin}/pty/v1/version`, { headers })).status).toBe(403);
  });

  test.each([
    'rebound.example',
    'localhost.example',
    '127.0.0.1.example',
    'localhost.',
    '127.0.0.2',
    '0.0.0.0',
    '[::2]',
    '[::ffff:127.0.0.1]',
  ])('refuses the name %s, which is none of its own though it may point at this machine', async (host) => {
    const reply = await front.request(`http://${host}/pty/v1/version`);
    expect(reply.status).toBe(403);
  });

  test('refuses a body that API Gateway would refuse', async () => {
    const reply = await fetch(`${origin}/pty/v1/protect`, { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(reply.status).toBe(413);
  });

  test('lists what it serves', async () => {
    expect(await (await fetch(`${origin}/`)).text()).toContain('POST /snowflake');
  });
});
