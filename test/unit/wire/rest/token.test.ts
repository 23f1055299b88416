import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { RefusedError } from '../../../../lib/protect/refusal.ts';
import type { TokenSettings } from '../../../../lib/wire/rest/settings.ts';
import { userOfToken } from '../../../../lib/wire/rest/token.ts';

const NOW = 1_800_000_000;
const SKEW = 60;

interface Signer {
  readonly sign: KeyObject;
  readonly verify: KeyObject;
  readonly algorithms: readonly string[];
}

const secret = createSecretKey(Buffer.alloc(64, 1));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });

const SIGNERS: Readonly<Record<string, Signer>> = {
  secret: { sign: secret, verify: secret, algorithms: ['HS256', 'HS384', 'HS512'] },
  RSA: {
    sign: rsa.privateKey,
    verify: rsa.publicKey,
    algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  },
  'P-256': { sign: p256.privateKey, verify: p256.publicKey, algorithms: ['ES256'] },
  'P-521': { sign: p521.privateKey, verify: p521.publicKey, algorithms: ['ES512'] },
};
const names = Object.keys(SIGNERS);

function settings(signer = 'secret', change: Partial<TokenSettings> = {}): TokenSettings {
  const { verify, algorithms } = SIGNERS[signer]!;
  const verifier = { key: verify, algorithms };
  return { caller: 'token', assumeUser: false, claims: ['username', 'sub'], verifier, canary: true, ...change };
}

function token(claims: object, alg = 'HS256', signer = 'secret'): Promise<string> {
  const payload = { exp: NOW + 600, ...claims } as Record<string, unknown>;
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(SIGNERS[signer]!.sign);
}

/** A part of a token. */
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The user, or the code of the refusal. */
async function outcome(header: string | readonly string[], given = settings(), now = NOW): Promise<string | undefined> {
  try {
    return await userOfToken(typeof header === 'string' ? [header] : header, given, now * 1000);
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
}

describe('a key and an algorithm', () => {
  const pairs = names.flatMap((signer) =>
    SIGNERS[signer]!.algorithms.flatMap((alg) => names.map((verifier) => [alg, signer, verifier] as const)),
  );
  test.each(pairs)('%s of %s, verified with %s', async (alg, signer, verifier) => {
    const header = `Bearer ${await token({ sub: 'alice' }, alg, signer)}`;
    expect(await outcome(header, settings(verifier))).toBe(signer === verifier ? 'alice' : 'TOKEN_ALGORITHM');
  });

  test('a token signed with the public key as a secret is refused by its algorithm', async () => {
    const published = createSecretKey(Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string));
    const forged = await new SignJWT({ sub: 'alice', exp: NOW + 600 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(published);
    expect(await outcome(`Bearer ${forged}`, settings('RSA'))).toBe('TOKEN_ALGORITHM');
  });

  test.each(['none', 'None', 'NONE', ''])('an unsigned token of algorithm %j is refused', async (alg) => {
    const header = `Bearer ${part({ alg })}.${part({ sub: 'alice', exp: NOW + 600 })}.`;
    const refused = await outcome(header);
    expect(['TOKEN_ALGORITHM', 'AUTHORIZATION_MALFORMED']).toContain(refused);
  });

  test('changed claims, a changed signature and a key in the header are refused', async () => {
    const [head, , signature] = (await token({ sub: 'alice' })).split('.') as [string, string, string];
    const changed = `Bearer ${head}.${part({ sub: 'root', exp: NOW + 600 })}.${signature}`;
    expect(await outcome(changed)).toBe('TOKEN_SIGNATURE');
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = own.publicKey.export({ format: 'jwk' }) as Record<string, string>;
    const withKey = await new SignJWT({ sub: 'root', exp: NOW + 600 })
      .setProtectedHeader({ alg: 'ES256', jwk })
      .sign(own.privateKey);
    expect(await outcome(`Bearer ${withKey}`, settings('P-256'))).toBe('TOKEN_SIGNATURE');
  });

  test('an unknown critical header is refused', async () => {
    const critical = await new SignJWT({ sub: 'alice', exp: NOW + 600 })
      .setProtectedHeader({ alg: 'HS256', crit: ['x'], x: 1 })
      .sign(secret, { crit: { x: true } });
    expect(await outcome(`Bearer ${critical}`)).toBe('TOKEN_SIGNATURE');
  });
});

describe('time', () => {
  test.each<[string, object, number, string]>([
    ['just before it ends', { exp: NOW }, NOW - 1, 'alice'],
    ['within the skew after it ended', { exp: NOW }, NOW + SKEW - 1, 'alice'],
    ['at the end of the skew', { exp: NOW }, NOW + SKEW, 'TOKEN_EXPIRED'],
    ['without an end', { exp: undefined }, NOW, 'TOKEN_EXPIRED'],
    ['with an end that is no time', { exp: '2100' }, NOW, 'TOKEN_EXPIRED'],
    ['as it begins', { nbf: NOW }, NOW, 'alice'],
    ['within the skew before it begins', { nbf: NOW }, NOW - SKEW, 'alice'],
    ['before that', { nbf: NOW }, NOW - SKEW - 1, 'TOKEN_EARLY'],
    ['with a beginning that is no time', { nbf: 'now' }, NOW, 'TOKEN_EARLY'],
    ['issued in the future, which decides nothing', { iat: NOW + 500 }, NOW, 'alice'],
  ])('%s', async (_, claims, now, expected) => {
    expect(await outcome(`Bearer ${await token({ sub: 'alice', ...claims })}`, settings(), now)).toBe(expected);
  });
});

describe('the user', () => {
  test.each<[readonly string[], object, string | undefined]>([
    [['username', 'sub'], { username: 'a', sub: 'b' }, 'a'],
    [['username', 'sub'], { sub: 'b' }, 'b'],
    [['username', 'sub'], { username: '', sub: 'b' }, 'b'],
    [['username', 'sub'], { username: ['a'], sub: 'b' }, 'b'],
    [['upn'], { sub: 'b' }, undefined],
    [['toString', 'constructor', '__proto__'], { sub: 'b' }, undefined],
  ])('claims %j of %j name %j', async (claims, payload, user) => {
    expect(await outcome(`Bearer ${await token(payload)}`, settings('secret', { claims }))).toBe(user);
    const unverified = settings('secret', { claims, verifier: undefined });
    expect(await outcome(`Bearer ${await token(payload)}`, unverified)).toBe(user);
  });
});

describe('the header', () => {
  test.each([
    [[], 'AUTHORIZATION_MISSING'],
    ['', 'AUTHORIZATION_MISSING'],
    ['  ', 'AUTHORIZATION_MISSING'],
    ['Bearer', 'AUTHORIZATION_MALFORMED'],
    ['Bearer a b', 'AUTHORIZATION_MALFORMED'],
    ['Bearer a', 'AUTHORIZATION_MALFORMED'],
    ['Bearer a.b.c', 'AUTHORIZATION_MALFORMED'],
    ['Basic YWxpY2U6cGFzcw==', 'AUTHORIZATION_SCHEME'],
    ['AWS4-HMAC-SHA256 Credential=x, Signature=y', 'AUTHORIZATION_SCHEME'],
    ['eyJhbGciOiJIUzI1NiJ9.e30.c2VjcmV0 x', 'AUTHORIZATION_MALFORMED'],
    [['Bearer a.b.c', 'Bearer d.e.f'], 'AUTHORIZATION_MALFORMED'],
    ['Bearer a.b.c,Bearer d.e.f', 'AUTHORIZATION_MALFORMED'],
  ])('%j: %s', async (header, code) => {
    expect(await outcome(header)).toBe(code);
  });

  test.each(['bearer', 'Bearer', 'BEARER'])('%s in any case, and any blanks between', async (scheme) => {
    expect(await outcome(`  ${scheme} \t ${await token({ sub: 'alice' })} `)).toBe('alice');
  });
});
