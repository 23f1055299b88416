// The key set of an identity provider, over HTTPS on this machine.
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { openTokens, type Tokens, type TokenWorld } from '../../../functions/runtime/protect/tokens.ts';
import { type CertificateAuthority, certificateAuthority } from '../../support/certificates.ts';
import { serve, type TestServer } from '../../support/http-server.ts';
import { restUnderTest } from '../../support/rest.ts';

const ISSUER = 'https://idp.example.com';
const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000;

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

function keyOf(kid: string, alg = 'ES256'): Key {
  const pair = alg.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { kid, alg, privateKey: pair.privateKey, jwk };
}

const [A, B, R] = [keyOf('a'), keyOf('b'), keyOf('r', 'RS256')];

let authority: CertificateAuthority;
let provider: TestServer;
let elsewhere: TestServer;
/** How the provider answers, and how often it was asked. */
let answer: (response: ServerResponse) => Promise<void> | void;
let asked: number;
let askedElsewhere: number;
let nowMs: number;

const json = (document: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(document));
const publish = (...keys: readonly Key[]): void => {
  answer = json({ keys: keys.map(({ jwk }) => jwk) });
};

beforeAll(async () => {
  authority = certificateAuthority();
  const certificate = authority.issue(['localhost']);
  provider = await serve((_, response) => {
    asked++;
    return answer(response);
  }, certificate);
  elsewhere = await serve((_, response) => {
    askedElsewhere++;
    response.end(JSON.stringify({ keys: [B.jwk] }));
  }, certificate);
});
afterAll(async () => {
  await provider.close();
  await elsewhere.close();
});
beforeEach(() => {
  [asked, askedElsewhere, nowMs] = [0, 0, START_MS];
  publish(A);
});

const world = (keySet: TokenWorld['keySet'] = {}): TokenWorld => ({
  nowMs: () => nowMs,
  keySet: { ca: authority.ca, rules: { loopback: true }, timeoutMs: 2_000, ...keySet },
});

async function tokensOf(keySet?: TokenWorld['keySet'], more: Readonly<Record<string, string>> = {}): Promise<Tokens> {
  const variables = { jwt_jwks_url: `${provider.endpoint}/keys`, jwt_issuer: ISSUER, ...more };
  const opened = await openTokens(variables, world(keySet));
  if (!opened.ok) throw new Error(`refused: ${opened.code} ${opened.cause?.message}`);
  return opened.value;
}

interface Sent {
  readonly alg?: string;
  readonly kid?: string | undefined;
  readonly header?: object;
  readonly claims?: object;
}

async function bearer(key: Key, { alg = key.alg, kid = key.kid, header = {}, claims = {} }: Sent = {}) {
  const payload = { sub: 'alice', iss: ISSUER, exp: Math.floor(nowMs / 1000) + 600, ...claims };
  const token = await new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(key.privateKey);
  return [`Bearer ${token}`];
}

/** The user, or the code of the refusal with the code of its cause. */
async function outcome(tokens: Tokens, authorization: readonly string[]): Promise<unknown> {
  const result = await tokens(authorization);
  if (result.ok) return result.value;
  return result.cause === undefined ? result.code : [result.code, result.cause.code, result.cause.message];
}

const unreachable = ['TOKEN_KEYS_UNAVAILABLE', 'KEY_SET_UNAVAILABLE', expect.stringMatching(/^The key set cannot be/)];

describe('keys of a provider', () => {
  test('are fetched with the first token, and kept for ten minutes', async () => {
    const tokens = await tokensOf();
    expect(asked).toBe(0);
    expect(await outcome(tokens, await bearer(A))).toBe('alice');
    nowMs += 10 * MINUTE_MS - 1;
    expect(await outcome(tokens, await bearer(A))).toBe('alice');
    expect(asked).toBe(1);
    nowMs += 1;
    expect(await outcome(tokens, await bearer(A))).toBe('alice');
    expect(asked).toBe(2);
  });

  test('that are new are fetched once a token names one, at most every thirty seconds', async () => {
    const tokens = await tokensOf();
    await outcome(tokens, await bearer(A));
    publish(A, B);
    nowMs += 29_999;
    expect(await outcome(tokens, await bearer(B))).toBe('TOKEN_KEY');
    expect(asked).toBe(1);
    nowMs += 1;
    expect(await outcome(tokens, await bearer(B))).toBe('alice');
    expect(await outcome(tokens, await bearer(A))).toBe('alice');
    const unknown = await Promise.all(
      Array.from({ length: 50 }, async () => outcome(tokens, await bearer(keyOf('c')))),
    );
    expect(new Set(unknown)).toEqual(new Set(['TOKEN_KEY']));
    expect(asked).toBe(2);
  });

  test('that are withdrawn verify nothing once the set is fetched again', async () => {
    const tokens = await tokensOf();
    await outcome(tokens, await bearer(A));
    publish(B);
    nowMs += 10 * MINUTE_MS;
    expect(await outcome(tokens, await bearer(A))).toBe('TOKEN_KEY');
    expect(await outcome(tokens, await bearer(B))).toBe('alice');
  });

  test('that are replaced under the same name, or have none, are fetched for a signature that does not fit', async () => {
    const same = keyOf('a');
    const tokens = await tokensOf();
    await outcome(tokens, await bearer(A));
    publish(same);
    expect(await outcome(tokens, await bearer(same))).toBe('TOKEN_SIGNATURE');
    nowMs += 30_000;
    expect(await outcome(tokens, await bearer(same))).toBe('alice');
    expect(await outcome(tokens, await bearer(same, { kid: undefined, header: { kid: undefined } }))).toBe('alice');
  });

  test('serve an hour while the provider cannot be reached, and no longer', async () => {
    const tokens = await tokensOf();
    await outcome(tokens, await bearer(A));
    answer = (response) => void response.socket?.destroy();
    nowMs += 60 * MINUTE_MS - 1;
    expect(await outcome(tokens, await bearer(A))).toBe('alice');
    nowMs += 1;
    expect(await outcome(tokens, await bearer(A))).toEqual(unreachable);
    nowMs += 1_000;
    publish(A);
    expect(await outcome(tokens, await bearer(A))).toBe('alice');
  });

  test('verify the algorithms of their own kind, and of their own name', async () => {
    publish(A, R);
    const tokens = await tokensOf();
    expect(await outcome(tokens, await bearer(R))).toBe('alice');
    expect(await outcome(tokens, await bearer(R, { alg: 'PS256' }))).toBe('TOKEN_KEY'); // its alg is RS256
    expect(await outcome(tokens, await bearer(R, { kid: 'a' }))).toBe('TOKEN_KEY');
    const published = JSON.stringify({ keys: [A.jwk, R.jwk] });
    const hmac = { ...A, privateKey: createSecretKey(Buffer.from(published)) };
    expect(await outcome(tokens, await bearer(hmac, { alg: 'HS256' }))).toBe('TOKEN_ALGORITHM');
  });

  test('are those of the set, whatever key or address a token brings', async () => {
    const tokens = await tokensOf();
    const { kid: _, ...jwk } = B.jwk;
    const jku = `${elsewhere.endpoint}/keys`;
    for (const header of [{ jwk }, { jku }, { x5u: jku }, { jku, jwk }]) {
      // oxlint-disable-next-line no-await-in-loop -- one token after the other
      expect(await outcome(tokens, await bearer(B, { kid: 'a', header }))).toBe('TOKEN_SIGNATURE');
    }
    expect(askedElsewhere).toBe(0);
  });

  test('verify tokens of the issuer alone', async () => {
    const tokens = await tokensOf();
    expect(await outcome(tokens, await bearer(A, { claims: { iss: 'https://other' } }))).toBe('TOKEN_ISSUER');
    expect(await outcome(tokens, await bearer(A, { header: { typ: 'dpop+jwt' } }))).toBe('TOKEN_TYPE');
  });

  test('are asked of nobody for a header without a token', async () => {
    const tokens = await tokensOf();
    expect(await outcome(tokens, [])).toBe('AUTHORIZATION_MISSING');
    expect(await outcome(tokens, ['Basic x'])).toBe('AUTHORIZATION_SCHEME');
    expect(asked).toBe(0);
  });
});

const large = JSON.stringify({ keys: [A.jwk], x: 'x'.repeat(300 * 1024) });
const SECRET_JWK = { kty: 'oct', k: 'AAAA', kid: 'a' };
const [MALFORMED, PRIVATE, UNAVAILABLE] = ['KEY_SET_MALFORMED', 'KEY_SET_PRIVATE', 'KEY_SET_UNAVAILABLE'];

describe('a key set is refused, and no token is verified,', () => {
  test.each<[string, (response: ServerResponse) => Promise<void> | void, string, RegExp?]>([
    ['with a shared secret', json({ keys: [A.jwk, SECRET_JWK] }), PRIVATE],
    ['with a private key', json({ keys: [{ ...A.jwk, ...A.privateKey.export({ format: 'jwk' }) }] }), PRIVATE],
    ['with a secret under another type', json({ keys: [A.jwk, { ...SECRET_JWK, kty: 'RSA' }] }), PRIVATE],
    ['without a key', json({ keys: [] }), MALFORMED],
    ['without keys for signatures', json({ keys: [{ ...A.jwk, use: 'enc' }] }), MALFORMED],
    ['with keys that may only sign', json({ keys: [{ ...A.jwk, key_ops: ['sign'] }] }), MALFORMED],
    ['with keys of other kinds alone', json({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }] }), MALFORMED],
    ['with a short RSA key alone', json({ keys: [{ ...R.jwk, n: 'f'.repeat(170) }] }), MALFORMED],
    ['with too many keys', json({ keys: Array.from({ length: 101 }, () => A.jwk) }), MALFORMED],
    ['as a list', json([A.jwk]), MALFORMED],
    ['as null', json(null), MALFORMED],
    ['as a page', (response) => void response.end('<html>'), MALFORMED],
    ['as gzip, which is not asked for', (response) => void response.end(gzipSync(large)), MALFORMED],
    ['deeply nested', (response) => void response.end('['.repeat(200_000)), MALFORMED],
    ['that is too long', (response) => void response.end(large), UNAVAILABLE, /no reply/],
    ['that never ends', flood, UNAVAILABLE, /no reply/],
    ['that is cut off', cutOff, UNAVAILABLE],
    ['with an error', (response) => void response.writeHead(500).end(large), UNAVAILABLE],
    [
      'with status 404',
      (response) => void response.writeHead(404).end(JSON.stringify({ keys: [A.jwk] })),
      UNAVAILABLE,
      /404/,
    ],
    ['with status 203', (response) => void response.writeHead(203).end(JSON.stringify({ keys: [A.jwk] })), UNAVAILABLE],
  ])('which is published %s', async (_, lie, cause, text = /^/) => {
    answer = lie;
    const refused = await outcome(await tokensOf(), await bearer(A));
    expect(refused).toEqual(['TOKEN_KEYS_UNAVAILABLE', cause, expect.stringMatching(text)]);
  });

  test.each([301, 302, 303, 307, 308])('that is elsewhere: status %i is not followed', async (status) => {
    answer = (response) => void response.writeHead(status, { location: `${elsewhere.endpoint}/keys` }).end();
    expect(await outcome(await tokensOf(), await bearer(B))).toEqual([
      'TOKEN_KEYS_UNAVAILABLE',
      UNAVAILABLE,
      `The key set was answered with status ${status}`,
    ]);
    expect(askedElsewhere).toBe(0);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['never answers', () => {}],
    ['answers byte by byte', trickle],
  ])('of a provider that %s: the time is bounded', async (_, hang) => {
    answer = hang;
    const tokens = await tokensOf({ timeoutMs: 150 });
    const startMs = performance.now();
    const token = await bearer(A);
    expect(await Promise.all([outcome(tokens, token), outcome(tokens, token)])).toEqual([
      ['TOKEN_KEYS_UNAVAILABLE', UNAVAILABLE, 'The key set cannot be fetched: time-out'],
      ['TOKEN_KEYS_UNAVAILABLE', UNAVAILABLE, 'The key set cannot be fetched: time-out'],
    ]);
    expect(performance.now() - startMs).toBeLessThan(1_500);
    expect(asked).toBe(1);
  });

  test('of a server whose certificate is not trusted', async () => {
    const { ca } = certificateAuthority('Another CA');
    expect(await outcome(await tokensOf({ ca }), await bearer(A))).toEqual(unreachable);
    expect(asked).toBe(0);
  });

  test('at an address that is not public, unless the settings have its network', async () => {
    const token = await bearer(A);
    expect(await outcome(await tokensOf({ rules: { loopback: false } }), token)).toEqual([
      'TOKEN_KEYS_UNAVAILABLE',
      UNAVAILABLE,
      'The key set cannot be fetched: ADDRESS_FORBIDDEN',
    ]);
    const allowed = { jwt_jwks_allowed_networks: '127.0.0.0/8, ::1/128' };
    expect(await outcome(await tokensOf({ rules: {} }, allowed), token)).toBe('alice');
  });
});

test('networks that are none are refused with the settings', async () => {
  const variables = { jwt_jwks_url: 'https://idp/keys', jwt_issuer: ISSUER, jwt_jwks_allowed_networks: 'all' };
  expect(await openTokens(variables, world())).toMatchObject({
    ok: false,
    code: 'NOT_CONFIGURED',
    cause: { message: expect.stringMatching(/^jwt_jwks_allowed_networks must be networks/) },
  });
});

const rest = () =>
  restUnderTest({
    variables: { authorization: 'JWT', jwt_jwks_url: `${provider.endpoint}/keys`, jwt_issuer: ISSUER },
    nowMs,
    world: world(),
  });

describe('the REST function', () => {
  const column = { user: 'nobody', data_element: 'ssn', data: ['944-07-4214'] };
  const send = async (under: ReturnType<typeof rest>, key: Key, claims: object) => {
    const [authorization = ''] = await bearer(key, { claims });
    const { status, body } = await under.post('/v1/protect', column, { authorization });
    const { error_msg: text } = JSON.parse(body) as { error_msg?: string };
    return [status, text];
  };

  test('answers the user of a provider’s token', async () => {
    const under = rest();
    expect(await send(under, A, { sub: 'ADMIN' })).toEqual([200, undefined]);
    expect(under.records().map(({ protection }) => protection.policy_user)).toEqual(['admin']);
  });

  test('answers 403 for other tokens, and records them without a name', async () => {
    const under = rest();
    expect(await send(under, A, { iss: 'x' })).toEqual([403, 'invalid issuer']);
    expect(await send(under, B, {})).toEqual([403, 'unknown signing key']);
    const recorded = under.records().map(({ protection }) => [protection.policy_user, protection.audit_code]);
    // The second one, of the same address, is in a summary.
    expect(recorded).toEqual([['', 1]]);
  });

  test('answers 503 without keys, records it, and tells its log why', async () => {
    answer = json({ keys: [SECRET_JWK] });
    const under = rest();
    expect(await send(under, A, {})).toEqual([503, 'The keys that verify tokens cannot be loaded']);
    expect(under.records().map(({ protection }) => protection.audit_code)).toEqual([1]);
    expect(under.log).toMatchObject([{ code: 'TOKEN_KEYS_UNAVAILABLE', cause: [{ code: 'KEY_SET_PRIVATE' }] }]);
  });
});

const waits: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of waits.splice(0)) clearInterval(timer);
});

function flood(response: ServerResponse): void {
  response.write('{"x":"');
  waits.push(setInterval(() => response.write('x'.repeat(64 * 1024)), 1));
}

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"keys":[');
  setTimeout(() => response.socket?.destroy(), 20);
}

function trickle(response: ServerResponse): void {
  waits.push(setInterval(() => response.write(' '), 20));
}
