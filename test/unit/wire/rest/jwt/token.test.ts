import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { RefusedError } from '../../../../../lib/protect/refusal.ts';
import type { TokenKeys } from '../../../../../lib/wire/rest/jwt/keys.ts';
import type { TokenRules } from '../../../../../lib/wire/rest/jwt/settings.ts';
import { userOfToken } from '../../../../../lib/wire/rest/jwt/token.ts';

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

interface Given {
  readonly rules: TokenRules;
  readonly keys: TokenKeys | undefined;
}

const RULES: TokenRules = {
  claims: ['username', 'sub'],
  issuers: undefined,
  audiences: undefined,
  types: [undefined, 'jwt', 'at+jwt'],
};

function settings(signer = 'secret', rules: Partial<TokenRules> = {}): Given {
  const { verify: key, algorithms } = SIGNERS[signer]!;
  const keys = { current: async () => ({ key, algorithms }), newerThan: async () => undefined };
  return { rules: { ...RULES, ...rules }, keys };
}

function token(claims: object, alg = 'HS256', signer = 'secret', header: object = {}): Promise<string> {
  const payload = { exp: NOW + 600, ...claims } as Record<string, unknown>;
  return new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(SIGNERS[signer]!.sign);
}

/** A part of a token. */
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The user, or the code of the refusal. */
async function outcome(header: string | readonly string[], given = settings(), now = NOW): Promise<string | undefined> {
  try {
    const headers = typeof header === 'string' ? [header] : header;
    return await userOfToken(headers, given.rules, given.keys, now * 1000);
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
    const unverified = { ...settings('secret', { claims }), keys: undefined };
    expect(await outcome(`Bearer ${await token(payload)}`, unverified)).toBe(user);
  });
});

const typed = (typ: unknown): object => (typ === undefined ? {} : { typ });
/** The outcome where the function verifies the token, and where something in front has. */
const check = async (header: object, claims: object, rules: Partial<TokenRules>): Promise<(string | undefined)[]> => {
  const sent = `Bearer ${await token({ sub: 'alice', ...claims }, 'HS256', 'secret', header)}`;
  const given = settings('secret', rules);
  return [await outcome(sent, given), await outcome(sent, { ...given, keys: undefined })];
};

describe('what a token says of its purpose', () => {
  test.each([
    [undefined, 'alice'],
    ['JWT', 'alice'],
    ['jwt', 'alice'],
    ['at+jwt', 'alice'],
    ['application/at+jwt', 'alice'],
    ['AT+JWT', 'alice'],
    ['dpop+jwt', 'TOKEN_TYPE'],
    ['logout+jwt', 'TOKEN_TYPE'],
    ['secevent+jwt', 'TOKEN_TYPE'],
    ['application/jwk-set+json', 'TOKEN_TYPE'],
    ['JWT ', 'TOKEN_TYPE'],
    ['', 'TOKEN_TYPE'],
  ])('type %j by default: %s, whoever has verified it', async (typ, expected) => {
    expect(await check(typed(typ), {}, {})).toEqual([expected, expected]);
  });

  test.each([
    [undefined, 'TOKEN_TYPE'],
    ['JWT', 'TOKEN_TYPE'],
    ['at+jwt', 'alice'],
  ])('type %j where at+jwt is demanded: %s', async (typ, expected) => {
    expect(await check(typed(typ), {}, { types: ['at+jwt'] })).toEqual([expected, expected]);
  });

  test.each([
    [{ iss: 'https://idp' }, 'alice'],
    [{ iss: 'https://other' }, 'alice'],
    [{ iss: 'https://idp/' }, 'TOKEN_ISSUER'],
    [{ iss: 'HTTPS://idp' }, 'TOKEN_ISSUER'],
    [{ iss: ['https://idp'] }, 'TOKEN_ISSUER'],
    [{}, 'TOKEN_ISSUER'],
  ])('issuer %j of two: %s', async (claims, expected) => {
    const issuers = ['https://idp', 'https://other'];
    expect(await check({}, claims, { issuers })).toEqual([expected, expected]);
  });

  test.each([
    [{ aud: 'protector' }, 'alice'],
    [{ aud: ['x', 'protector'] }, 'alice'],
    [{ aud: 'Protector' }, 'TOKEN_AUDIENCE'],
    [{ aud: ['x'] }, 'TOKEN_AUDIENCE'],
    [{ aud: [] }, 'TOKEN_AUDIENCE'],
    [{ aud: { protector: 1 } }, 'TOKEN_AUDIENCE'],
    [{ client_id: 'protector' }, 'TOKEN_AUDIENCE'],
    [{}, 'TOKEN_AUDIENCE'],
  ])('audience %j: %s', async (claims, expected) => {
    expect(await check({}, claims, { audiences: ['protector'] })).toEqual([expected, expected]);
  });

  test('is looked at after the signature: a forged token learns nothing', async () => {
    const [head, content] = (await token({ sub: 'alice' }, 'HS256', 'secret', { typ: 'dpop+jwt' })).split('.');
    expect(await outcome(`Bearer ${head}.${content}.AAAA`)).toBe('TOKEN_SIGNATURE');
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
