import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { ProtectorError } from '../../../../lib/base/errors.ts';
import { RefusedError } from '../../../../lib/protect/refusal.ts';
import { parseRestSettings } from '../../../../lib/wire/rest/settings.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SECRET = base64('a shared secret of thirty-two bytes or more');

function pem(key: KeyObject): string {
  return key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }) as string;
}

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

/** Code of the refusal, and what its cause says to the operator. */
function refusal(variables: Record<string, string>): { code: string; cause?: string } | 'taken' {
  try {
    parseRestSettings(variables);
    return 'taken';
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { cause, code } = error;
    return { code, ...(cause instanceof ProtectorError && { cause: cause.message }) };
  }
}

test.each([{}, { authorization: '' }, { authorization: 'None' }, { authorization: 'none', allow_assume_user: '1' }])(
  '%j: the body names the caller',
  (variables) => {
    expect(parseRestSettings(variables)).toEqual({ caller: 'body' });
  },
);

test.each(['JWT', 'jwt', 'Jwt'])(
  '%s: a token names the caller, by username or sub, and no other user is assumed',
  (word) => {
    expect(parseRestSettings({ authorization: word, jwt_secret_base64: SECRET })).toMatchObject({
      caller: 'token',
      canary: true,
      assumeUser: false,
      claims: ['username', 'sub'],
      verifier: { algorithms: ['HS256', 'HS384', 'HS512'] },
    });
  },
);

test.each([
  ['RSA', rsa(2048), ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
  ['P-256', ec('prime256v1'), ['ES256']],
  ['P-384', ec('secp384r1'), ['ES384']],
  ['P-521', ec('secp521r1'), ['ES512']],
])('a key on %s verifies its own algorithms, and no other', (_, { publicKey }, algorithms) => {
  const settings = { authorization: 'JWT', jwt_secret_base64: base64(pem(publicKey)) };
  expect(parseRestSettings(settings)).toMatchObject({ verifier: { algorithms } });
});

test('base64 in lines, as tools write it, is one text', () => {
  const lines = SECRET.replaceAll(/.{16}/g, '$&\n');
  expect(refusal({ authorization: 'JWT', jwt_secret_base64: lines })).toBe('taken');
});

test('without verification no secret is needed, and a wrong one does not matter', () => {
  expect(parseRestSettings({ authorization: 'JWT', jwt_verify: '0', jwt_secret_base64: '!' })).toMatchObject({
    caller: 'token',
    verifier: undefined,
  });
});

const JWT = { authorization: 'JWT', jwt_secret_base64: SECRET };
const NOT_A_KEY = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';

test.each<[string, Record<string, string>, string, string?]>([
  ['an unknown authorization', { authorization: 'IAM' }, 'NOT_CONFIGURED', 'authorization must'],
  ['an invalid flag', { ...JWT, allow_assume_user: 'true' }, 'NOT_CONFIGURED', 'allow_assume_user must'],
  ['an invalid flag that is not used', { jwt_verify: 'no' }, 'NOT_CONFIGURED', 'jwt_verify must'],
  ['no secret', { authorization: 'JWT' }, 'JWT_SECRET_MISSING'],
  ['a blank secret', { ...JWT, jwt_secret_base64: ' ' }, 'JWT_SECRET_MISSING'],
  ['a secret that is no base64', { ...JWT, jwt_secret_base64: 'sécret' }, 'NOT_CONFIGURED', 'must be base64'],
  ['a short secret', { ...JWT, jwt_secret_base64: base64('x'.repeat(31)) }, 'NOT_CONFIGURED', '32 bytes'],
  ['an unreadable PEM', { ...JWT, jwt_secret_base64: base64(NOT_A_KEY) }, 'NOT_CONFIGURED', 'cannot be read'],
  ['a private key', { ...JWT, jwt_secret_base64: base64(pem(ec('P-256').privateKey)) }, 'NOT_CONFIGURED', 'private'],
  ['a short RSA key', { ...JWT, jwt_secret_base64: base64(pem(rsa(1024).publicKey)) }, 'NOT_CONFIGURED', '2048'],
  ['another curve', { ...JWT, jwt_secret_base64: base64(pem(ec('secp256k1').publicKey)) }, 'NOT_CONFIGURED', 'P-256'],
  [
    'another kind of key',
    { ...JWT, jwt_secret_base64: base64(pem(generateKeyPairSync('ed25519').publicKey)) },
    'NOT_CONFIGURED',
    'RSA',
  ],
  ['a bare claim', { ...JWT, jwt_user_claim: 'upn' }, 'JWT_CLAIMS_MALFORMED'],
  ['a claim in quotes', { ...JWT, jwt_user_claim: '"upn"' }, 'JWT_CLAIMS_MALFORMED'],
  ['no claims', { ...JWT, jwt_user_claim: '[]' }, 'JWT_CLAIMS_MALFORMED'],
  ['a claim that is no name', { ...JWT, jwt_user_claim: '["upn",1]' }, 'JWT_CLAIMS_MALFORMED'],
])('%s is refused', (_, variables, code, cause = '') => {
  const refused = refusal(variables);
  expect(refused).toMatchObject({ code });
  expect(JSON.stringify(refused)).toContain(cause);
  expect(inspect(refused)).not.toContain(variables['jwt_secret_base64']?.trim() || 'no secret');
});

test('printed settings show no secret', () => {
  const shown =
    inspect(parseRestSettings(JWT), { depth: 9, showHidden: true }) + JSON.stringify(parseRestSettings(JWT));
  expect(shown).not.toContain(SECRET);
  expect(shown).not.toContain('shared secret of thirty');
});
