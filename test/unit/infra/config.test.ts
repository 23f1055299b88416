import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, parseConfig } from '../../../infra/config.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
const SPKI = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const PRIVATE_PEM = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const KMS_KEY = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const signer = (name: string, letter: string, ...may: readonly ('author' | 'approve')[]) => ({
  name,
  fingerprint: `SHA256:${letter.repeat(43)}`,
  may,
});

/** Returns the problems of a configuration, line by line. */
function problemsOf(context: unknown): string[] {
  try {
    parseConfig(context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

test('accepts a missing configuration, and one as JSON text', () => {
  expect(parseConfig(undefined)).toEqual(parseConfig({}));
  expect(parseConfig('{"name":"acme"}').name).toBe('acme');
  expect(parseConfig(undefined)).toMatchObject({
    name: 'protector',
    audit: { mode: 'blocking', retentionDays: 365, lockDays: 365 },
    redshift: { trustedRoles: [] },
    rest: { authorization: 'IAM' },
    tenants: false,
  });
});

describe('a profile', () => {
  test('sandbox locks for a day and keeps little, except for what the configuration says', () => {
    const { audit, functionLogDays } = parseConfig({ profile: 'sandbox', audit: { retentionDays: 30 } });
    expect(audit).toMatchObject({ lockDays: 1, retentionDays: 30, streamRetentionHours: 24, mode: 'blocking' });
    expect(functionLogDays).toBe(7);
    expect(parseConfig('{"profile":"sandbox"}').audit.lockDays).toBe(1);
  });

  test('production changes nothing of the default', () => {
    const alarms = { emails: ['security@example.com'] };
    expect(parseConfig({ profile: 'production', alarms })).toEqual({
      ...parseConfig({ alarms }),
      profile: 'production',
    });
  });
});

describe('a configuration', () => {
  const jwt = { publicKey: PEM };
  test.each<[string, unknown, string[]]>([
    ['an unknown member', { colour: 'blue' }, ['protector.colour: unknown member']],
    ['an unknown member of a front end', { rest: { colour: 'blue' } }, ['protector.rest.colour: unknown member']],
    [
      'a name with a capital letter',
      { name: 'Acme' },
      ['protector.name: must be 1 to 20 of a-z, 0-9 and -, a letter first'],
    ],
    ['an unknown profile', { profile: 'test' }, [expect.stringMatching(/^protector\.profile: /)] as never],
    [
      'a sandbox that costs without a request',
      { profile: 'sandbox', rest: { provisionedConcurrency: 1 } },
      ['protector.rest.provisionedConcurrency: is not for the profile sandbox: it costs without a request'],
    ],
    ['a sandbox without an audit', { profile: 'sandbox', audit: null }, [expect.stringMatching(/audit: /)] as never],
    ['a sandbox with a list as audit', { profile: 'sandbox', audit: [] }, [expect.stringMatching(/audit: /)] as never],
    [
      'a production without an addressee of alarms, with a loss window, and with a short lock',
      { profile: 'production', audit: { mode: 'buffered', lockDays: 30 } },
      [
        'protector.alarms: needs emails or topic in the profile production',
        'protector.audit.mode: must not be buffered in the profile production: an environment that dies loses records',
        'protector.audit.lockDays: must not be below retentionDays in the profile production',
      ],
    ],
    [
      'two problems at once',
      { name: '', audit: { shards: 0 } },
      [expect.stringMatching(/^protector\.name: /), expect.stringMatching(/^protector\.audit\.shards: /)] as never,
    ],
    [
      'a retention that CloudWatch Logs does not know',
      { audit: { retentionDays: 366 } },
      [expect.stringMatching(/^protector\.audit\.retentionDays: must be one of 1, 3/)] as never,
    ],
    [
      'no front end',
      { redshift: false, snowflake: false, rest: false },
      ['protector.redshift: one of redshift, snowflake, rest must not be false'],
    ],
    [
      'an external id without an IAM user',
      { snowflake: { externalId: 'x' } },
      ['protector.snowflake.iamUser: is required with the other of the two'],
    ],
    [
      'an IAM user without an external id',
      { snowflake: { iamUser: 'arn:aws:iam::111111111111:user/a' } },
      ['protector.snowflake.externalId: is required with the other of the two'],
    ],
    [
      'JWT without a key',
      { rest: { authorization: 'JWT' } },
      ['protector.rest.jwt: needs one of publicKey, secret and keySetUrl when authorization is JWT'],
    ],
    [
      'JWT with two keys',
      { rest: { authorization: 'JWT', jwt: { ...jwt, secret: 's' } } },
      ['protector.rest.jwt: needs one of publicKey, secret and keySetUrl when authorization is JWT'],
    ],
    [
      'JWT with a key and a key set',
      { rest: { authorization: 'JWT', jwt: { ...jwt, keySetUrl: 'https://idp/keys', issuers: ['https://idp'] } } },
      ['protector.rest.jwt: needs one of publicKey, secret and keySetUrl when authorization is JWT'],
    ],
    [
      'a key set without an issuer',
      { rest: { authorization: 'JWT', jwt: { keySetUrl: 'https://idp/keys' } } },
      ['protector.rest.jwt.issuers: is required with keySetUrl'],
    ],
    [
      'a key set over http',
      { rest: { authorization: 'JWT', jwt: { keySetUrl: 'http://idp/keys', issuers: ['https://idp'] } } },
      ['protector.rest.jwt.keySetUrl: must be https://…'],
    ],
    [
      'networks and a key of what is not there',
      { rest: { authorization: 'JWT', jwt: { ...jwt, keySetNetworks: ['10.0.0.0/8'], secretKey: KMS_KEY } } },
      ['protector.rest.jwt.keySetNetworks: is for keySetUrl', 'protector.rest.jwt.secretKey: is for secret'],
    ],
    ...[
      ['the DER of a public key', SPKI],
      ['the body of a PEM', PEM.replaceAll(/-----.*-----\n/g, '')],
      ['a PEM', PEM],
      ['a shared secret', Buffer.alloc(32, 1).toString('base64')],
      ['base64 of a PEM', Buffer.from(PEM).toString('base64')],
    ].map(([what, secret]): [string, unknown, string[]] => [
      `${what} in place of the name of a secret`,
      { rest: { authorization: 'JWT', jwt: { secret } } },
      [expect.stringMatching(/^protector\.rest\.jwt\.secret: must /) as never],
    ]),
    ...[
      ['a shared secret', Buffer.alloc(40, 1).toString('base64')],
      ['a private key', PRIVATE_PEM],
      ['base64 of a private key', Buffer.from(PRIVATE_PEM).toString('base64')],
      ['a JWK', Buffer.from('{"kty":"RSA","n":"AQAB","e":"AQAB"}').toString('base64')],
    ].map(([what, publicKey]): [string, unknown, string[]] => [
      `${what} in place of a public key`,
      { rest: { authorization: 'JWT', jwt: { publicKey } } },
      [expect.stringMatching(/^protector\.rest\.jwt\.publicKey: (?:must hold|holds)/) as never],
    ]),
    ['a key without JWT', { rest: { jwt } }, ['protector.rest.jwt: is for authorization JWT']],
    [
      'IAM callers with JWT',
      { rest: { authorization: 'JWT', jwt, callers: ['arn:aws:iam::111111111111:role/a'] } },
      ['protector.rest.callers: is for authorization IAM'],
    ],
    [
      'a signature without an author',
      { policy: { requires: ['signature'], signers: [signer('bob', 'b', 'approve')] } },
      ['protector.policy.signers: must have an author where a signature is required'],
    ],
    [
      'an approval that only the author could give',
      {
        policy: {
          requires: ['approval'],
          signers: [signer('alice', 'a', 'author', 'approve'), signer('alice', 'b', 'approve')],
        },
      },
      ['protector.policy.signers: must have somebody who may approve what another person wrote'],
    ],
    [
      'a key of two people',
      { policy: { signers: [signer('alice', 'a', 'author'), signer('bob', 'a', 'approve')] } },
      ['protector.policy.signers: must have each fingerprint once'],
    ],
    [
      'a public key in place of its fingerprint, and a name with a comma',
      { policy: { signers: [{ name: 'Lee, Ann', fingerprint: 'ssh-ed25519 AAAA', may: ['author'] }] } },
      [
        'protector.policy.signers.0.name: must have at most 64 characters, without a blank or a comma',
        'protector.policy.signers.0.fingerprint: must be SHA256:…, as ssh-keygen -lf prints it',
      ],
    ],
    [
      'an interval without the mode that reads it',
      { audit: { flushIntervalMs: 5 } },
      ['protector.audit.flushIntervalMs: is for the mode buffered'],
    ],
    [
      'addresses beside a topic',
      { alarms: { topic: 'arn:aws:sns:eu-west-1:111111111111:alarms', emails: ['ops@example.com'] } },
      ['protector.alarms.emails: must be empty where topic is set'],
    ],
    [
      'an alias in place of a key',
      { tenants: { keys: ['arn:aws:kms:eu-west-1:111111111111:alias/a'] } },
      ['protector.tenants.keys.0: must be the ARN of a KMS key, not of an alias'],
    ],
    [
      'a network without a prefix length',
      { tenants: { allowedNetworks: ['10.0.0.0'] } },
      ['protector.tenants.allowedNetworks.0: must be in CIDR notation'],
    ],
    [
      'a timestamp authority that is not on the Web',
      { audit: { timestampUrls: ['https://tsa.example.com', 'ftp://tsa.example.com'] } },
      [expect.stringMatching(/^protector\.audit\.timestampUrls\.1: /)] as never,
    ],
    ['true in place of an object', { tenants: true }, [expect.stringMatching(/^protector\.tenants: /)] as never],
    [
      'a forwarder without TLS',
      { audit: { esa: { url: 'http://esa' } } },
      ['protector.audit.esa.url: must be https://…'],
    ],
  ])('with %s is refused by the wrong path', (_, context, problems) => {
    expect(problemsOf(context)).toEqual(problems);
  });

  test('in a text that is not JSON is refused', () => {
    expect(() => parseConfig('{name: acme')).toThrow(new ConfigError('The context "protector" is text, and not JSON'));
  });

  test('is refused without showing a value', () => {
    const secret = 'hunter2';
    const all = problemsOf({
      name: secret.toUpperCase(),
      rest: { jwt: { publicKey: 1, secret } },
      audit: { mode: secret },
    });
    expect(all.length).toBeGreaterThan(2);
    expect(all.join(' ')).not.toMatch(/hunter2/i);
  });
});
