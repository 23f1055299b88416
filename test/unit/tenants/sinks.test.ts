// Every kind of sink by one example: the compiler asks for the example of a new kind, and these tests then apply to it.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Secret } from '../../../lib/base/secret.ts';
import { tenantsOf } from '../../../lib/tenants/content.ts';
import { TenantsError } from '../../../lib/tenants/errors.ts';
import { checkDeployable, lintTenants } from '../../../lib/tenants/lint.ts';
import type { SinkKind, SinkSettings } from '../../../lib/tenants/model.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import { placeOfSink, shownTenants } from '../../../lib/tenants/shown.ts';
import { SINK_KINDS } from '../../../lib/tenants/sinks/table.ts';
import { certificateAuthority } from '../../support/certificates.ts';
import { changed } from '../../support/policy.ts';

interface Example {
  /** Settings as people write them; the secret, if there is one, is called `s`. */
  readonly settings: object;
  /** Where events go, as `tenants show` prints it. */
  readonly place: string;
  readonly laptopOnly?: true;
  readonly secret?: {
    readonly value: string;
    /** Steps to it from the settings. */
    readonly at: readonly string[];
    /** What the check says of another value. */
    readonly wrong: string;
  };
}

const REF = { secretRef: 's' };
const ROLE = { roleArn: 'arn:aws:iam::111122223333:role/events', externalId: 'external' };
const AUTHORITY = certificateAuthority();
const CLIENT = AUTHORITY.issue(['client']);
const RSA_KEY = String(
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
);
const HEADER = 'is not a valid header value: it must be printable ASCII without blanks around it';

const EXAMPLES: { readonly [Kind in SinkKind]: Example } = {
  splunk: {
    settings: { url: 'https://splunk:8088', token: REF, index: 'i', source: 's', sourcetype: 't', host: 'h' },
    place: 'https://splunk:8088',
    secret: {
      value: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
      at: ['token'],
      wrong: 'is not a token of a Splunk HTTP Event Collector: it must be a GUID',
    },
  },
  'google-logging': {
    settings: { project: 'project-1', log: 'audit', serviceAccount: REF, url: 'https://logging.example.com' },
    place: 'project-1/audit',
    secret: {
      value: JSON.stringify({ type: 'service_account', client_email: 'a@p.example.com', private_key: RSA_KEY }),
      at: ['serviceAccount'],
      wrong: 'is not a JSON key file of a Google service account',
    },
  },
  'cloudwatch-logs': {
    settings: { region: 'eu-west-1', logGroup: '/events', ...ROLE },
    place: 'eu-west-1 /events',
  },
  s3: {
    settings: { region: 'eu-west-1', bucket: 'events', prefix: 'p/', kmsKey: 'alias/k', ...ROLE },
    place: 'eu-west-1 s3://events/p/',
  },
  opensearch: {
    settings: { url: 'https://search:9200', index: 'events', authorization: REF, ca: AUTHORITY.ca },
    place: 'https://search:9200',
    secret: { value: 'Basic cGFzcw==', at: ['authorization'], wrong: HEADER },
  },
  otlp: {
    settings: { url: 'https://otel:4318', headers: { 'x-key': REF }, ca: AUTHORITY.ca, encoding: 'protobuf' },
    place: 'https://otel:4318',
    secret: { value: 'key', at: ['headers', 'x-key'], wrong: HEADER },
  },
  datadog: {
    settings: { site: 'datadoghq.eu', apiKey: REF, service: 's', tags: 'env:prod' },
    place: 'datadoghq.eu',
    secret: {
      value: '0123456789abcdef0123456789abcdef',
      at: ['apiKey'],
      wrong: 'is not a Datadog API key: it must be 32 hexadecimal digits',
    },
  },
  syslog: {
    settings: {
      host: 'siem',
      ca: AUTHORITY.ca,
      cert: CLIENT.cert,
      key: REF,
      enterpriseId: 32473,
      maxMessageBytes: 4_096,
    },
    place: 'siem:6514',
    secret: { value: CLIENT.key, at: ['key'], wrong: 'is not a private key in PEM without a passphrase' },
  },
  file: { settings: { path: 'events.jsonl' }, place: 'events.jsonl', laptopOnly: true },
  stdout: { settings: {}, place: '', laptopOnly: true },
};

const KINDS = Object.entries(EXAMPLES) as [SinkKind, Example][];
const AT = '$.tenants[0].sinks[0]';
const KEY = { id: 1, key: 'arn:aws:kms:eu-west-1:111122223333:key/1', primary: true };
const documentOf = (kind: string, settings: object) => ({
  apiKeys: [{ id: 'a', sha256: `${'A'.repeat(43)}=` }],
  tenants: [{ id: 't', kms: [KEY], sinks: [{ name: 'siem', kind, ...settings }] }],
});

const parsedOf = (kind: SinkKind, { settings, secret }: Example) => {
  const secrets = new Map(secret === undefined ? [] : [['s', secret.value]]);
  return { secrets, document: parseTenants(documentOf(kind, settings), secrets) };
};

function problemsOf(document: unknown, secrets: ReadonlyMap<string, string> = new Map()) {
  try {
    parseTenants(document, secrets);
    return [];
  } catch (error) {
    if (!(error instanceof TenantsError)) throw error;
    return error.problems;
  }
}

/** The texts of all secrets in a value. */
function textsOf(value: unknown): string[] {
  if (value instanceof Secret) return [Buffer.from(value.expose()).toString()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe.each(KINDS)('a sink of kind %s', (kind, example) => {
  const { settings, place, secret, laptopOnly = false } = example;

  test('is valid, and lint finds nothing', () => {
    const { document, secrets } = parsedOf(kind, example);
    expect(lintTenants(document, secrets)).toEqual([]);
  });

  test('is sealed with its secret as text, opened with a Secret, and shown without it', () => {
    const { document, secrets } = parsedOf(kind, example);
    const content = nextContent(document, secrets, undefined);
    const [sealed, opened] = [content.tenants[0]!, tenantsOf(content, 1).tenants.get('t')!].map(
      ({ sinks }) => sinks[0]!.settings,
    );
    const withSecret = (form: unknown) => (secret === undefined ? settings : changed(settings, secret.at, form));
    expect(sealed).toMatchObject({ kind, ...(withSecret({ secret: secret?.value }) as object) });
    expect(opened).toMatchObject({ kind, ...(withSecret(expect.any(Secret)) as object) });
    expect(textsOf(opened)).toEqual(secret === undefined ? [] : [secret.value]);
    expect(shownTenants(content)).toMatchObject({ tenants: [{ sinks: [{ settings: withSecret('[secret]') }] }] });
  });

  test(`is shown with the place ${JSON.stringify(place)}`, () => {
    const { document, secrets } = parsedOf(kind, example);
    expect(placeOfSink(nextContent(document, secrets, undefined).tenants[0]!.sinks[0]!.settings)).toBe(place);
  });

  test(`works ${laptopOnly ? 'on a laptop only' : 'outside a laptop'}`, () => {
    const message = `a sink of kind ${kind} works on a laptop only`;
    expect(checkDeployable(parsedOf(kind, example).document)).toEqual(
      laptopOnly ? [{ path: `${AT}.kind`, message }] : [],
    );
  });

  test('refuses a member that it does not have', () => {
    expect(problemsOf(documentOf(kind, { ...settings, colour: 'red' }), new Map([['s', secret?.value ?? '']]))).toEqual(
      expect.arrayContaining([{ path: `${AT}.colour`, message: 'unknown member' }]),
    );
  });

  test('is a row of docs/siems.md that names each of its settings', () => {
    const docs = readFileSync(new URL('../../../docs/siems.md', import.meta.url), 'utf8');
    const rows = docs.split('\n').filter((line) => line.startsWith('|') && line.split('|')[1]!.includes(`\`${kind}\``));
    expect(rows).toHaveLength(1);
    const common = new Set(['name', 'enabled', 'format', 'include', 'exclude', 'kind']);
    const { properties } = z.toJSONSchema(SINK_KINDS[kind].schema);
    const settingsOfKind = Object.keys(properties!).filter((name) => !common.has(name));
    for (const name of settingsOfKind) expect(rows[0]).toContain(`\`${name}\``);
  });

  if (secret !== undefined) {
    test('refuses a secret of another form without repeating it, and one that is missing', () => {
      const document = documentOf(kind, settings);
      const path = secret.at[1] === undefined ? `${AT}.${secret.at[0]}` : `${AT}.${secret.at[0]}["${secret.at[1]}"]`;
      expect(problemsOf(document, new Map([['s', 'PROBE\n']]))).toEqual([
        { path, message: `the secret "s" ${secret.wrong}` },
      ]);
      expect(problemsOf(document)).toEqual([{ path, message: 'there is no secret "s"' }]);
    });
  }
});

type Flat<Value> = { readonly [Member in keyof Value]: Value[Member] };
type IsAny<Value> = 0 extends 1 & Value ? true : false;
type Same<A, B> = [Flat<A>, IsAny<A>] extends [Flat<B>, false] ? ([Flat<B>] extends [Flat<A>] ? true : false) : false;

test('the settings of a kind are those of its schema, with a Secret for each reference', () => {
  // The compiler is the test: a type that is another, `any` included, is not `true`.
  const same: readonly [
    Same<
      SinkSettings<'opensearch'>,
      { kind: 'opensearch'; url: string; index: string; authorization?: Secret | undefined; ca?: string | undefined }
    >,
    Same<
      SinkSettings<'otlp'>,
      {
        kind: 'otlp';
        url: string;
        headers: { readonly [name: string]: Secret };
        ca?: string | undefined;
        encoding?: 'json' | 'protobuf' | undefined;
      }
    >,
    Same<SinkSettings<'stdout'>, { kind: 'stdout' }>,
  ] = [true, true, true];
  expect(same).toEqual([true, true, true]);
});

describe('the settings of a sink', () => {
  test.each<[string, SinkKind, object, string, string]>([
    [
      'a project in capitals',
      'google-logging',
      { project: 'Project-1' },
      'project',
      'must be the id of a Google Cloud project',
    ],
    ['a log with a blank', 'google-logging', { log: 'a b' }, 'log', 'must be 1 to 511 letters, digits and /_-.'],
    [
      'a log group with a blank',
      'cloudwatch-logs',
      { ...ROLE, logGroup: 'a b' },
      'logGroup',
      'must be the name of a log group',
    ],
    [
      'a Region that is none',
      's3',
      { ...ROLE, region: 'europe' },
      'region',
      'must be an AWS Region, such as eu-central-1',
    ],
    ['a bucket in capitals', 's3', { ...ROLE, bucket: 'Events' }, 'bucket', 'must be the name of a bucket'],
    ['a prefix without its slash', 's3', { ...ROLE, prefix: 'p' }, 'prefix', 'must be empty or end with a slash'],
    [
      'a role that is a user',
      's3',
      { ...ROLE, roleArn: 'arn:aws:iam::111122223333:user/u' },
      'roleArn',
      'must be the ARN of an IAM role',
    ],
    [
      'an index in capitals',
      'opensearch',
      { index: 'Events' },
      'index',
      'must be an index: small letters, digits and ._-',
    ],
    [
      'a URL over HTTP to another machine',
      'splunk',
      { url: 'http://splunk:8088' },
      'url',
      'must be an https: URL without user, query and fragment; http: only to this machine',
    ],
    [
      'an external id of one character',
      's3',
      { roleArn: ROLE.roleArn, externalId: 'x' },
      'externalId',
      'must be 2 to 1224 letters, digits and +=,.@:/-',
    ],
    [
      'a log group without a role',
      'cloudwatch-logs',
      {},
      'roleArn',
      'is missing: the sink needs a role of the tenant to assume, since ours writes to no tenant',
    ],
    [
      'an external id without a role',
      's3',
      { externalId: 'ext' },
      'roleArn',
      'is missing: the sink needs a role of the tenant to assume, since ours writes to no tenant',
    ],
    [
      'a header of HTTP itself',
      'otlp',
      { headers: { Host: REF } },
      'headers',
      'the header Host is set by the sink itself',
    ],
    ['a certificate without its key', 'syslog', { cert: CLIENT.cert }, 'cert', '"cert" and "key" go together'],
    ['a key without its certificate', 'syslog', { key: REF }, 'key', '"cert" and "key" go together'],
    [
      'a key of another certificate',
      'syslog',
      { key: REF, cert: AUTHORITY.issue(['b']).cert },
      'key',
      'the secret "s" is not the private key of the certificate in "cert"',
    ],
    [
      'an authority that cannot be read',
      'splunk',
      { ca: '-----BEGIN CERTIFICATE-----\nx' },
      'ca',
      'holds a certificate that cannot be read',
    ],
    [
      'a second authority that cannot be read',
      'otlp',
      { ca: `${AUTHORITY.ca}-----BEGIN CERTIFICATE-----\nx` },
      'ca',
      'holds a certificate that cannot be read',
    ],
  ])('are refused at the place of %s', (_, kind, change, member, message) => {
    const { settings, secret } = EXAMPLES[kind];
    const { key: _key, cert: _cert, roleArn: _role, externalId: _id, ...plain } = settings as Record<string, unknown>;
    const secrets = new Map([['s', secret?.value ?? '']]);
    expect(problemsOf(documentOf(kind, { ...plain, ...change }), secrets)).toEqual([
      { path: `${AT}.${member}`, message },
    ]);
  });

  test.each(['s3', 'cloudwatch-logs'] as const)(
    'of kind %s get a warning for a role without an external id',
    (kind) => {
      const settings = { ...EXAMPLES[kind].settings, externalId: undefined };
      expect(lintTenants(parseTenants(documentOf(kind, settings), new Map()), new Map())).toEqual([
        {
          path: `${AT}.roleArn`,
          message: 'a role without an external id can be assumed on behalf of other tenants: ask the tenant for one',
        },
      ]);
    },
  );
});
