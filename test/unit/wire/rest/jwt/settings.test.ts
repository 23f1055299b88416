import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ProtectorError } from '../../../../../lib/base/errors.ts';
import { isKeyMaterial, publicKey, sharedSecret } from '../../../../../lib/contract/token-keys.ts';
import { RefusedError } from '../../../../../lib/protect/refusal.ts';
import { sharedSecretOf } from '../../../../../lib/wire/rest/jwt/keys.ts';
import { parseJwtSettings } from '../../../../../lib/wire/rest/jwt/settings.ts';
import { certificateAuthority } from '../../../../support/certificates.ts';

const base64 = (content: string | Buffer): string => Buffer.from(content).toString('base64');
const SECRET = base64('a shared secret of thirty-two bytes or more');

function pem(key: KeyObject): string {
  return key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }) as string;
}

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const RSA = rsa(2048);
const P256 = ec('prime256v1');

/** Code of the refusal, and what its cause says to the operator. */
function refusal(variables: Record<string, string>): { code: string; cause?: string } | 'taken' {
  try {
    parseJwtSettings(variables);
    return 'taken';
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const { cause, code } = error;
    return { code, ...(cause instanceof ProtectorError && { cause: cause.message }) };
  }
}

test('a shared secret verifies HMAC; claims and types have defaults', () => {
  expect(parseJwtSettings({ jwt_secret_base64: SECRET })).toMatchObject({
    claims: ['username', 'sub'],
    types: [undefined, 'jwt', 'at+jwt'],
    issuers: undefined,
    audiences: undefined,
    keys: { kind: 'here', keys: { algorithms: ['HS256', 'HS384', 'HS512'] } },
  });
});

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

describe.each([
  ['RSA', RSA, RSA_ALGORITHMS],
  ['P-256', P256, ['ES256']],
  ['P-384', ec('secp384r1'), ['ES384']],
  ['P-521', ec('secp521r1'), ['ES512']],
])('a public key on %s', (_, { publicKey: key }, algorithms) => {
  const spki = key.export({ type: 'spki', format: 'der' });
  test.each([
    ['PEM', 'jwt_public_key_base64', pem(key)],
    ['base64 of PEM', 'jwt_public_key_base64', base64(pem(key))],
    ['base64 of DER', 'jwt_public_key_base64', base64(spki)],
    ['base64 of DER in lines', 'jwt_public_key_base64', base64(spki).replaceAll(/.{64}/g, '$&\n')],
    ['base64 of PEM where a secret may be, as before', 'jwt_secret_base64', base64(pem(key))],
  ])('as %s in %s verifies its own algorithms, and no other', (_form, setting, text) => {
    const { keys } = parseJwtSettings({ [setting]: text });
    expect(keys).toMatchObject({ kind: 'here', keys: { algorithms } });
    const read = (keys as { keys: { key: KeyObject } }).keys.key;
    expect([read.type, read.equals(key)]).toEqual(['public', true]);
  });
});

/** A public or private key without its armour, and other forms that tools write. */
const jwk = RSA.publicKey.export({ format: 'jwk' });
const spki = RSA.publicKey.export({ type: 'spki', format: 'der' });
const body = pem(RSA.publicKey).replaceAll(/-----.*-----\n/g, '');
const { cert } = certificateAuthority().issue(['localhost']);
const point = createPublicKey(pem(P256.publicKey)).export({ type: 'spki', format: 'der' }).subarray(-65);
const ssh = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-rsa'), randomBytes(270)]);
const FORMS: Readonly<Record<string, string | Buffer>> = {
  'DER of SubjectPublicKeyInfo (RSA)': spki,
  'DER of SubjectPublicKeyInfo (P-256)': P256.publicKey.export({ type: 'spki', format: 'der' }),
  'DER of PKCS #1': RSA.publicKey.export({ type: 'pkcs1', format: 'der' }),
  'DER of X.509': Buffer.from(cert.replaceAll(/-----.*-----\n/g, ''), 'base64'),
  'DER of a private key (PKCS #8)': RSA.privateKey.export({ type: 'pkcs8', format: 'der' }),
  'DER of a private key (SEC 1)': P256.privateKey.export({ type: 'sec1', format: 'der' }),
  'DER of a private key (PKCS #1)': RSA.privateKey.export({ type: 'pkcs1', format: 'der' }),
  'DER with a line end behind it': Buffer.concat([spki, Buffer.from('\n')]),
  'the body of a PEM': body,
  'the body of a PEM without line ends': body.replaceAll('\n', ''),
  'the body of a PEM, encoded once more': base64(body),
  'hexadecimal DER': spki.toString('hex'),
  'a JWK': JSON.stringify(jwk),
  'a JWK in lines': JSON.stringify(jwk, null, 2),
  'a JWK of a secret': JSON.stringify({ kty: 'oct', k: base64(randomBytes(32)) }),
  'a JWKS': JSON.stringify({ keys: [jwk] }),
  'an OpenSSH line': `ssh-rsa ${base64(ssh)} me@host`,
  'an OpenSSH key': ssh,
  'a point on P-256': point,
  'a private PEM': pem(P256.privateKey),
};

describe('a setting of a shared secret refuses a key of another kind', () => {
  test.each(Object.keys(FORMS))('%s', (form) => {
    const text = base64(FORMS[form]!);
    const refused = refusal({ jwt_secret_base64: text });
    expect(refused).toMatchObject({ code: 'NOT_CONFIGURED', cause: expect.stringMatching(/^jwt_secret_base64 /) });
    expect(inspect(refused)).not.toContain(text.slice(0, 16));
    expect(sharedSecret(text)).toMatchObject({ kind: 'unfit' });
  });

  test('PEM itself, whatever its line ends', () => {
    for (const text of [pem(RSA.publicKey), pem(RSA.publicKey).replaceAll('\n', '\r\n'), cert]) {
      expect(refusal({ jwt_secret_base64: text })).toMatchObject({ code: 'NOT_CONFIGURED' });
    }
  });

  test('PEM in UTF-16, as Windows tools write it: it is read as PEM or not at all', () => {
    const text = base64(Buffer.from(pem(RSA.publicKey), 'utf16le'));
    expect(sharedSecret(text).kind).not.toBe('secret');
    expect(refusal({ jwt_secret_base64: text })).toMatchObject({ code: 'NOT_CONFIGURED' });
  });

  test('a PEM public key from Secrets Manager, where it never was', () => {
    expect(() => sharedSecretOf(base64(pem(RSA.publicKey)), 'the secret')).toThrow(RefusedError);
    expect(sharedSecretOf(SECRET, 'the secret').algorithms).toEqual(['HS256', 'HS384', 'HS512']);
  });
});

test('takes shared secrets of any bytes and of any text', () => {
  const honest = [
    ...Array.from({ length: 500 }, (_, i) => randomBytes(32 + (i % 33))),
    Buffer.alloc(40),
    'x'.repeat(64),
    '0'.repeat(64),
    'Correct-Horse_Battery/Staple+2026 and more',
    randomBytes(48).toString('base64'),
    Buffer.concat([Buffer.from([0x30, 0x26]), Buffer.alloc(38, 0xff)]),
  ];
  for (const secret of honest) expect([secret, sharedSecret(base64(secret)).kind]).toEqual([secret, 'secret']);
});

describe('a setting of a public key refuses', () => {
  test.each([
    ['a shared secret', SECRET],
    ['a private key', pem(RSA.privateKey)],
    ['base64 of a private key', base64(pem(RSA.privateKey))],
    ['DER of a private key', base64(RSA.privateKey.export({ type: 'pkcs8', format: 'der' }))],
    ['a JWK', base64(JSON.stringify(jwk))],
    ['an OpenSSH line', `ssh-rsa ${base64(ssh)}`],
    ['text', 'not a key'],
    ['an unreadable PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    ['a short RSA key', pem(rsa(1024).publicKey)],
    ['another curve', pem(ec('secp256k1').publicKey)],
    ['another kind of key', pem(generateKeyPairSync('ed25519').publicKey)],
  ])('%s', (_, text) => {
    const refused = refusal({ jwt_public_key_base64: text });
    expect(refused).toMatchObject({ code: 'NOT_CONFIGURED', cause: expect.stringMatching(/^jwt_public_key_base64 /) });
    expect(inspect(refused)).not.toContain(text.slice(0, 12));
  });
});

test('tells key material from the name of a secret', () => {
  for (const text of [pem(RSA.publicKey), base64(spki), base64(pem(RSA.publicKey)), body, base64(randomBytes(32))]) {
    expect(isKeyMaterial(text)).toBe(true);
  }
  for (const name of ['jwt-hs256', 'prod/jwt', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:jwt-AbCdEf']) {
    expect(isKeyMaterial(name)).toBe(false);
  }
  expect(publicKey(pem(RSA.publicKey)).kind).toBe('pem');
});

test('base64 in lines, as tools write it, is one text', () => {
  const lines = SECRET.replaceAll(/.{16}/g, '$&\n');
  expect(refusal({ jwt_secret_base64: lines })).toBe('taken');
});

test('without verification no key is needed, and a wrong one does not matter', () => {
  const { keys } = parseJwtSettings({ jwt_verify: '0', jwt_secret_base64: '!' });
  expect(keys).toEqual({ kind: 'verified-before' });
});

const JWT = { jwt_secret_base64: SECRET };
const JWKS = { jwt_jwks_url: 'https://idp.example.com/keys', jwt_issuer: 'https://idp.example.com' };

test('the keys may be elsewhere', () => {
  expect(parseJwtSettings({ jwt_secret_arn: 'prod/jwt' }).keys).toEqual({ kind: 'secret', id: 'prod/jwt' });
  expect(parseJwtSettings({ ...JWKS, jwt_jwks_allowed_networks: '10.0.0.0/8, fd00::/8' }).keys).toEqual({
    kind: 'key-set',
    url: new URL(JWKS.jwt_jwks_url),
    allowedNetworks: ['10.0.0.0/8', 'fd00::/8'],
  });
});

test('issuers, audiences and types are a text, or a JSON array of texts', () => {
  expect(
    parseJwtSettings({
      ...JWT,
      jwt_issuer: 'https://a',
      jwt_audience: '["x","y"]',
      jwt_type: '["application/AT+JWT"]',
    }),
  ).toMatchObject({ issuers: ['https://a'], audiences: ['x', 'y'], types: ['at+jwt'] });
});

test.each<[string, Record<string, string>, string, string?]>([
  ['no key', {}, 'JWT_SECRET_MISSING'],
  ['a blank secret', { jwt_secret_base64: ' ' }, 'JWT_SECRET_MISSING'],
  ['a secret that is no base64', { jwt_secret_base64: 'sécret' }, 'NOT_CONFIGURED', 'must be base64'],
  ['a short secret', { jwt_secret_base64: base64('x'.repeat(31)) }, 'NOT_CONFIGURED', '32 bytes'],
  ['two keys', { ...JWT, jwt_public_key_base64: pem(RSA.publicKey) }, 'NOT_CONFIGURED', 'exclude each other'],
  ['a secret beside a key set', { ...JWT, ...JWKS }, 'NOT_CONFIGURED', 'exclude each other'],
  ['a key set without an issuer', { jwt_jwks_url: JWKS.jwt_jwks_url }, 'NOT_CONFIGURED', 'jwt_issuer is required'],
  ['a key set over http', { ...JWKS, jwt_jwks_url: 'http://idp/keys' }, 'NOT_CONFIGURED', 'must be https'],
  ['a key set with a password', { ...JWKS, jwt_jwks_url: 'https://a:b@idp/keys' }, 'NOT_CONFIGURED', 'no password'],
  ['a key set that is no URL', { ...JWKS, jwt_jwks_url: 'idp' }, 'NOT_CONFIGURED', 'must be https'],
  ['an audience that is no list', { ...JWT, jwt_audience: '["x",1]' }, 'NOT_CONFIGURED', 'jwt_audience must'],
  ['a broken list of types', { ...JWT, jwt_type: '["x"' }, 'NOT_CONFIGURED', 'jwt_type must'],
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
  const settings = parseJwtSettings(JWT);
  const shown = inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings);
  expect(shown).not.toContain(SECRET);
  expect(shown).not.toContain('shared secret of thirty');
});
