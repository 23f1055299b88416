// Secrets that are read at run time, over HTTP, and the REST function that verifies tokens with one.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { secretText, secretVersion } from '../../lib/adapters/secrets-manager/secret-text.ts';
import { type FakeAws, type Fault, startFakeAws } from '../support/fake-aws.ts';
import { restUnderTest } from '../support/rest.ts';

const NAME = 'prod/jwt-hs256';
const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;

let fake: FakeAws;
let client: SecretsManagerClient;
beforeAll(async () => {
  fake = await startFakeAws();
  client = new SecretsManagerClient({
    endpoint: fake.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 2,
    retryMode: 'standard',
    requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true },
  });
});
afterAll(() => fake.close());

let asked: number;
const calls = (): number => fake.calls.length - asked;
beforeEach(() => {
  fake.heal();
  fake.putSecret(NAME, undefined);
  asked = fake.calls.length;
});

const read = () => secretText({ id: NAME, client })();

describe('a secret', () => {
  test('is read as its text, with each use', async () => {
    fake.putSecret(NAME, 'first');
    expect(await read()).toBe('first');
    fake.putSecret(NAME, 'second');
    expect(await read()).toBe('second');
  });

  test('has an id for each version, which does not come from its text', async () => {
    const readVersion = secretVersion({ id: NAME, client });
    fake.putSecret(NAME, 'first');
    const first = await readVersion();
    expect(await readVersion()).toEqual(first);
    fake.putSecret(NAME, 'first');
    const again = await readVersion();
    expect([again.text, again.id === first.id]).toEqual(['first', false]);
  });

  test('outlives one fault of the service', async () => {
    fake.putSecret(NAME, 'first');
    fake.fail({ kind: 'status500', times: 1 });
    expect(await read()).toBe('first');
  });

  const all = Number.POSITIVE_INFINITY;
  test.each<[string, Fault, string]>([
    ['throttles', { kind: 'throttle', times: all }, 'SECRET_UNAVAILABLE'],
    ['fails', { kind: 'status503', times: all }, 'SECRET_UNAVAILABLE'],
    ['hangs', { kind: 'hang', times: all }, 'SECRET_UNAVAILABLE'],
    ['breaks the connection', { kind: 'reset', times: all }, 'SECRET_UNAVAILABLE'],
    ['denies', { kind: 'deny', times: all }, 'SECRET_REFUSED'],
    ['cannot decrypt', { kind: 'error', times: all, error: { type: 'DecryptionFailure' } }, 'SECRET_REFUSED'],
    [
      'knows it as deleted',
      { kind: 'error', times: all, error: { type: 'InvalidRequestException' } },
      'SECRET_REFUSED',
    ],
  ])('is an error where the service %s', async (_, fault, code) => {
    fake.putSecret(NAME, 'first');
    fake.fail(fault);
    const error = await read().catch((failure: unknown) => failure as Error);
    expect(error).toMatchObject({ name: 'SecretError', code });
    expect(String(error)).not.toContain(NAME);
  });

  test.each([
    ['absent', undefined],
    ['of bytes', randomBytes(32)],
  ])('is an error when it is %s', async (_, content) => {
    fake.putSecret(NAME, content);
    await expect(read()).rejects.toMatchObject({ code: 'SECRET_REFUSED' });
  });
});

const [OLD, NEW] = [randomBytes(32), randomBytes(32)];
const put = (secret: Uint8Array): void => fake.putSecret(NAME, Buffer.from(secret).toString('base64'));

describe('a shared secret of tokens in Secrets Manager', () => {
  let nowMs: number;
  beforeEach(() => {
    nowMs = START_MS;
  });
  const rest = () =>
    restUnderTest({
      variables: { authorization: 'JWT', jwt_secret_arn: NAME },
      world: { nowMs: () => nowMs, secrets: client },
    });
  async function statusOf(under: ReturnType<typeof rest>, secret: Uint8Array): Promise<number> {
    const payload = { sub: 'admin', exp: Math.floor(nowMs / 1000) + 600 };
    const token = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    const body = { data_element: 'ssn', data: ['944-07-4214'] };
    return (await under.post('/v1/protect', body, { authorization: `Bearer ${token}` })).status;
  }

  test('is read with the first token, and kept for five minutes', async () => {
    put(OLD);
    const under = rest();
    expect(await under.post('/v1/protect', {})).toMatchObject({ status: 400 });
    expect(calls()).toBe(0);
    expect(await statusOf(under, OLD)).toBe(200);
    nowMs += 5 * MINUTE_MS - 1;
    expect(await statusOf(under, OLD)).toBe(200);
    expect(calls()).toBe(1);
    nowMs += 1;
    expect(await statusOf(under, OLD)).toBe(200);
    expect(calls()).toBe(2);
  });

  test('that was rotated verifies at once, without a deployment, and forged tokens cost no more calls', async () => {
    put(OLD);
    const under = rest();
    await statusOf(under, OLD);
    put(NEW);
    nowMs += 30_000;
    expect(await statusOf(under, NEW)).toBe(200);
    expect(await statusOf(under, OLD)).toBe(403);
    for (let i = 0; i < 10; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one token after the other
      expect(await statusOf(under, randomBytes(32))).toBe(403);
    }
    expect(calls()).toBe(2);
  });

  test('serves a quarter of an hour while it cannot be read, and no longer', async () => {
    put(OLD);
    const under = rest();
    await statusOf(under, OLD);
    fake.fail({ kind: 'status500', times: Number.POSITIVE_INFINITY });
    nowMs += 15 * MINUTE_MS - 1;
    expect(await statusOf(under, OLD)).toBe(200);
    nowMs += 30_000;
    expect(await statusOf(under, OLD)).toBe(503);
    fake.heal();
    nowMs += 1_000;
    expect(await statusOf(under, OLD)).toBe(200);
  });

  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const pem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
  test.each([
    ['DER of a public key', spki.toString('base64')],
    ['a PEM public key', pem],
    ['base64 of a PEM public key', Buffer.from(pem).toString('base64')],
    ['a JSON object of a console', JSON.stringify({ secret: OLD.toString('base64') })],
    ['a short secret', randomBytes(31).toString('base64')],
  ])('is refused when it is %s: the protector is not configured', async (_, content) => {
    fake.putSecret(NAME, content);
    const under = rest();
    expect(await statusOf(under, Buffer.from(content, 'base64'))).toBe(500);
    expect(await statusOf(under, Buffer.from(content))).toBe(500);
    expect(JSON.stringify([under.log, under.sink.lines])).not.toContain(content.slice(0, 20));
    expect(under.log).toMatchObject(
      Array.from({ length: 2 }, () => ({
        code: 'NOT_CONFIGURED',
        cause: [{ message: expect.stringMatching(/^the secret of jwt_secret_arn /) }],
      })),
    );
  });

  test('that may not be read is a matter of the operator', async () => {
    const under = rest();
    expect(await statusOf(under, OLD)).toBe(500);
    expect(under.log).toMatchObject([{ code: 'NOT_CONFIGURED', cause: [{ code: 'SECRET_REFUSED' }] }]);
  });
});
