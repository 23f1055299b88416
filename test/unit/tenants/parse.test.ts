import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { TenantsError } from '../../../lib/tenants/errors.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import { changed } from '../../support/policy.ts';
import { SECRETS, TENANTS } from '../../support/tenants.ts';

/** Returns the error that refuses a document. */
function refusalOf(document: unknown, secrets: ReadonlyMap<string, string>): TenantsError | undefined {
  try {
    parseTenants(document, secrets);
    return undefined;
  } catch (error) {
    if (error instanceof TenantsError) return error;
    throw error;
  }
}

/** Paths of all problems of a document; none where it is good. */
function problemsOf(document: unknown, secrets: ReadonlyMap<string, string> = SECRETS): string[] {
  return refusalOf(document, secrets)?.problems.map(({ path }) => path) ?? [];
}

const changedAt = (path: readonly (string | number)[], value: unknown) => changed(TENANTS, path, value);
const roleArn = 'arn:aws:iam::111122223333:role/events';
const sink = (settings: object) => changedAt(['tenants', 0, 'sinks', 0], { name: 'siem', ...settings });
const at = '$.tenants[0].sinks[0]';

describe('a tenants file', () => {
  test('is accepted with its defaults', () => {
    const { tenants, unconfigured } = parseTenants({ $schema: './x.json', ...TENANTS }, SECRETS);
    expect(unconfigured).toBe('stdout');
    expect(tenants[1]).toEqual({
      id: 'globex',
      kms: [{ id: 1, key: 'insecure-local:globex', state: 'active', primary: true }],
      leasing: false,
      dataStores: [],
      sinks: [],
    });
  });

  test('is accepted as the README shows it', () => {
    const readme = readFileSync(new URL('../../../docs/tenants.md', import.meta.url), 'utf8');
    const [, example] = /```json\n(\{\n {2}"apiKeys"[^]*?)```/.exec(readme)!;
    expect(problemsOf(JSON.parse(example!))).toEqual([]);
  });

  test('may be empty: no tenants', () => {
    expect(parseTenants({}, new Map())).toEqual({ apiKeys: [], unconfigured: 'stdout', tenants: [] });
  });

  test.each<[string, unknown, string[]]>([
    ['no object', null, ['$']],
    ['an unknown member', changedAt(['colour'], 'red'), ['$.colour']],
    ['an unknown member of a sink', sink({ kind: 'stdout', colour: 'red' }), [`${at}.colour`]],
    ['an unknown kind of sink', sink({ kind: 'pigeon' }), [`${at}.kind`]],
    ['an empty tenant id', changedAt(['tenants', 0, 'id'], ''), ['$.tenants[0].id']],
    ['a tenant id with a line break', changedAt(['tenants', 0, 'id'], 'a\nb'), ['$.tenants[0].id']],
    ['a tenant id twice', changedAt(['tenants', 1, 'id'], 'acme'), ['$.tenants[1].id']],
    [
      'a data store of two tenants',
      changedAt(['tenants', 1, 'dataStores'], ['X', 'SAMPLE_POLICY']),
      ['$.tenants[1].dataStores[1]'],
    ],
    ['a configuration id twice', changedAt(['tenants', 0, 'kms', 1, 'id'], 1), ['$.tenants[0].kms[1]']],
    ['a key twice', changedAt(['tenants', 0, 'kms', 1, 'key'], 'insecure-local:acme-old'), ['$.tenants[0].kms[1]']],
    [
      'a configuration id beyond 32 bits',
      changedAt(['tenants', 0, 'kms', 0, 'id'], 2 ** 32),
      ['$.tenants[0].kms[0].id'],
    ],
    ['a negative configuration id', changedAt(['tenants', 0, 'kms', 0, 'id'], -1), ['$.tenants[0].kms[0].id']],
    ['two primaries', changedAt(['tenants', 0, 'kms', 0, 'primary'], true), ['$.tenants[0].kms[1].primary']],
    [
      'a primary that is disabled',
      changedAt(['tenants', 0, 'kms', 1, 'state'], 'disabled'),
      ['$.tenants[0].kms[1].state'],
    ],
    [
      'an alias of a key',
      changedAt(['tenants', 0, 'kms', 0, 'key'], 'arn:aws:kms:us-east-1:123456789012:alias/x'),
      ['$.tenants[0].kms[0].key'],
    ],
    [
      'a key id alone',
      changedAt(['tenants', 0, 'kms', 0, 'key'], '1234abcd-12ab-34cd-56ef-1234567890ab'),
      ['$.tenants[0].kms[0].key'],
    ],
    [
      'a lease that is too long',
      changedAt(['tenants', 0, 'leasing'], { maxAgeS: 3601 }),
      ['$.tenants[0].leasing.maxAgeS'],
    ],
    [
      'an opened lease that is kept too long',
      changedAt(['tenants', 0, 'leasing'], { openS: 301 }),
      ['$.tenants[0].leasing.openS'],
    ],
    ['leasing that is a word', changedAt(['tenants', 0, 'leasing'], 'yes'), ['$.tenants[0].leasing']],
    ['an unknown fate of events', changedAt(['unconfigured'], 'drop'), ['$.unconfigured']],
    ['an API key id twice', changedAt(['apiKeys', 1], { id: 'app', secretRef: 'app-key' }), ['$.apiKeys[1]']],
    ['an API key with its value', changedAt(['apiKeys', 0], { id: 'app', key: 'x' }), ['$.apiKeys[0]']],
    ['an API key that is no digest', changedAt(['apiKeys', 0], { id: 'app', sha256: 'x' }), ['$.apiKeys[0].sha256']],
    ['an API key without its secret', changedAt(['apiKeys', 0, 'secretRef'], 'gone'), ['$.apiKeys[0].secretRef']],
    [
      'a sink name twice, in another case',
      changedAt(['tenants', 0, 'sinks', 1, 'name'], 'SIEM'),
      ['$.tenants[0].sinks[1]'],
    ],
    ['a sink name with a slash', changedAt(['tenants', 0, 'sinks', 1, 'name'], 'a/b'), ['$.tenants[0].sinks[1].name']],
    ['a pattern in small letters', changedAt(['tenants', 0, 'sinks', 0, 'include'], ['user_*']), [`${at}.include[0]`]],
    ['an empty pattern', changedAt(['tenants', 0, 'sinks', 0, 'exclude'], ['']), [`${at}.exclude[0]`]],
    ['a secret in place of its name', changedAt(['tenants', 0, 'sinks', 0, 'token'], 'PROBE'), [`${at}.token`]],
    [
      'a secret that is not there',
      changedAt(['tenants', 0, 'sinks', 0, 'token', 'secretRef'], 'gone'),
      [`${at}.token`],
    ],
    [
      'a header without its secret',
      changedAt(['tenants', 0, 'sinks', 2, 'headers', 'x-y'], { secretRef: 'gone' }),
      ['$.tenants[0].sinks[2].headers["x-y"]'],
    ],
    [
      'a header of HTTP itself',
      changedAt(['tenants', 0, 'sinks', 2, 'headers', 'Host'], { secretRef: 'acme-search' }),
      ['$.tenants[0].sinks[2].headers'],
    ],
    [
      'an unknown site of Datadog',
      changedAt(['tenants', 0, 'sinks', 1, 'site'], 'example.com'),
      ['$.tenants[0].sinks[1].site'],
    ],
    ['a Region that is none', sink({ kind: 's3', region: 'europe', bucket: 'abc', roleArn }), [`${at}.region`]],
    [
      'a prefix without its slash',
      sink({ kind: 's3', region: 'eu-west-1', bucket: 'abc', prefix: 'x', roleArn }),
      [`${at}.prefix`],
    ],
    [
      'an external id without a role',
      sink({ kind: 'cloudwatch-logs', region: 'eu-west-1', logGroup: 'g', externalId: 'ext' }),
      [`${at}.roleArn`],
    ],
    ['a bucket without a role', sink({ kind: 's3', region: 'eu-west-1', bucket: 'abc' }), [`${at}.roleArn`]],
    [
      'a log group without a role',
      sink({ kind: 'cloudwatch-logs', region: 'eu-west-1', logGroup: 'g' }),
      [`${at}.roleArn`],
    ],
    [
      'a certificate that cannot be read',
      sink({ kind: 'syslog', host: 'h', ca: '-----BEGIN CERTIFICATE-----\nx' }),
      [`${at}.ca`],
    ],
    [
      'a certificate without its key',
      sink({ kind: 'syslog', host: 'h', cert: '-----BEGIN CERTIFICATE-----\nx' }),
      [`${at}.cert`, `${at}.cert`],
    ],
  ])('is refused at the place of %s', (_, document, paths) => {
    expect(problemsOf(document)).toEqual(paths);
  });

  test('says which KMS configuration repeats an id or a key', () => {
    const [first] = TENANTS.tenants[0].kms;
    expect(refusalOf(changedAt(['tenants', 0, 'kms'], [first, first]), SECRETS)).toMatchObject({
      problems: [
        { path: '$.tenants[0].kms[1]', message: 'another KMS configuration of the tenant has this id' },
        { path: '$.tenants[0].kms[1]', message: 'another KMS configuration of the tenant has this key' },
      ],
    });
  });

  test('is refused with all problems at once, of form and of reference', () => {
    let document = changedAt(['colour'], 'red');
    document = changed(document, ['tenants', 0, 'sinks', 0, 'url'], 'ftp://x');
    document = changed(document, ['tenants', 0, 'sinks', 1, 'apiKey', 'secretRef'], 'gone');
    document = changed(document, ['tenants', 0, 'kms', 0, 'primary'], true);
    document = changed(document, ['tenants', 1, 'id'], 'acme');
    expect(problemsOf(document)).toEqual([
      `${at}.url`,
      '$.colour',
      '$.tenants[1].id',
      '$.tenants[0].sinks[1].apiKey',
      '$.tenants[0].kms[1].primary',
    ]);
  });

  test.each<[string, boolean]>([
    ['https://collector.example.com', true],
    ['https://collector.example.com:8088', true],
    ['https://collector.example.com/path/', true],
    ['http://127.0.0.1:8088', true],
    ['http://[::1]:8088', true],
    ['http://localhost:8088', true],
    ['http://collector.example.com', false],
    ['http://127.0.0.1.example.com', false],
    ['http://localhost.example.com', false],
    ['https://user:pass@collector.example.com', false],
    ['https://collector.example.com/?key=1', false],
    ['https://collector.example.com/#a', false],
    ['file:///etc/passwd', false],
    ['collector.example.com', false],
    ['https://', false],
    [' https://collector.example.com', false],
  ])('is checked for the URL %s', (url, expected) => {
    expect(problemsOf(changedAt(['tenants', 0, 'sinks', 0, 'url'], url))).toEqual(expected ? [] : [`${at}.url`]);
  });

  test.each<[string, unknown, boolean]>([
    ['an enabled sink', changedAt(['unconfigured'], 'discard'), true],
    ['standard output', changedAt(['tenants', 0, 'sinks'], []), true],
    ['neither', changed(changedAt(['unconfigured'], 'discard'), ['tenants', 0, 'sinks'], []), false],
    [
      'a sink that is switched off',
      changed(
        changedAt(['unconfigured'], 'discard'),
        ['tenants', 0, 'sinks'],
        [{ name: 'a', kind: 'stdout', enabled: false }],
      ),
      false,
    ],
  ])('is checked for leasing with events to %s', (_, document, expected) => {
    expect(problemsOf(document)).toEqual(expected ? [] : ['$.tenants[0].leasing']);
  });

  test('gets no second problem, for leasing, when a sink is malformed', () => {
    const document = changed(
      changedAt(['unconfigured'], 'discard'),
      ['tenants', 0, 'sinks'],
      [{ name: 'a', kind: 'pigeon' }],
    );
    expect(problemsOf(document)).toEqual([`${at}.kind`]);
  });
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
const googleKey = (change: object) =>
  JSON.stringify({ type: 'service_account', client_email: 'a@p.iam.gserviceaccount.com', private_key: rsa, ...change });

const SPLUNK = { kind: 'splunk', url: 'https://h:8088', token: { secretRef: 's' } };
const GOOGLE = { kind: 'google-logging', project: 'project-1', log: 'audit', serviceAccount: { secretRef: 's' } };
const DATADOG = { kind: 'datadog', site: 'datadoghq.com', apiKey: { secretRef: 's' } };
const SEARCH = { kind: 'opensearch', url: 'https://h:9200', index: 'events', authorization: { secretRef: 's' } };
const OTLP = { kind: 'otlp', url: 'https://h:4318', headers: { 'x-key': { secretRef: 's' } } };
const SYSLOG = { kind: 'syslog', host: 'h', key: { secretRef: 's' } };

describe('a secret', () => {
  test.each<[string, object, string, string | undefined]>([
    ['a Splunk token', SPLUNK, '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', undefined],
    ['no Splunk token', SPLUNK, 'PROBE', 'token'],
    ['a Google key file', GOOGLE, googleKey({}), undefined],
    ['no JSON', GOOGLE, 'PROBE', 'serviceAccount'],
    ['a Google key file of another type', GOOGLE, googleKey({ type: 'authorized_user' }), 'serviceAccount'],
    ['a Google key file without an address', GOOGLE, googleKey({ client_email: 'PROBE' }), 'serviceAccount'],
    [
      'a Google key file with a blank before the address',
      GOOGLE,
      googleKey({ client_email: ' PROBE@p' }),
      'serviceAccount',
    ],
    ['a Google key file with another key', GOOGLE, googleKey({ private_key: ec }), 'serviceAccount'],
    [
      'a Google key file with half a key',
      GOOGLE,
      googleKey({ private_key: String(rsa).slice(0, 99) }),
      'serviceAccount',
    ],
    ['a Datadog key', DATADOG, '0123456789abcdef0123456789abcdef', undefined],
    ['no Datadog key', DATADOG, '0123456789abcdef0123456789abcdeg', 'apiKey'],
    ['a header', SEARCH, 'Basic cGFzcw==', undefined],
    ['a header with a line break', SEARCH, 'Basic x\r\nX-PROBE: 1', 'authorization'],
    ['a header of OTLP with a line break', OTLP, 'PROBE\nb', 'headers["x-key"]'],
    ['an empty header', OTLP, '', 'headers["x-key"]'],
    ['no private key', SYSLOG, 'PROBE', 'key'],
  ])('is accepted or refused by its form, and never repeated: %s', (_, settings, value, member) => {
    const secrets = new Map([...SECRETS, ['s', value]]);
    const expected = member === undefined ? [] : [member.startsWith('[') ? `${at}${member}` : `${at}.${member}`];
    const document = sink(settings);
    // A client key without its certificate is a problem of its own.
    if (settings === SYSLOG) expected.push(`${at}.key`);
    expect(problemsOf(document, secrets)).toEqual(expected);
    expect(inspect(refusalOf(document, secrets))).not.toContain('PROBE');
  });

  test.each([
    ['a password', 'correct horse battery staple'],
    ['16 bytes', '6f9619ff8b864d01b42d00cf4fc964ff'],
  ])('is refused as an API key: %s', (_, value) => {
    expect(problemsOf(TENANTS, new Map([...SECRETS, ['app-key', value]]))).toEqual(['$.apiKeys[0].secretRef']);
  });
});
