// The sinks of a tenant as people write them: by kind, flat, with secrets by reference only.

import { z } from 'zod';
import { EVENT_FORMATS } from './model.ts';

/** Hosts that are this machine: the only ones that plain `http:` is allowed to. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const url = z
  .string()
  .max(2048)
  .refine(isSendable, 'must be an https: URL without user, query and fragment; http: only to this machine')
  .meta({ id: 'url', format: 'uri' });

/** Where a value is to be found: by its name in the secrets file. */
export const secretRef = z
  .strictObject({ secretRef: z.string().min(1).max(128) })
  .meta({ id: 'secretRef', description: 'Name of a secret: its value stands in the secrets file, never here' });

const text = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => !/\p{Cc}/u.test(value), 'must not hold control characters');

const region = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/, 'must be an AWS Region, such as eu-central-1');

/** For a log group or a bucket of another account. */
const assumedRole = {
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'must be the ARN of an IAM role')
    .optional()
    .describe("A role of the tenant's account to assume"),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits and +=,.@:/-')
    .optional()
    .describe('Its external id, which keeps others from having us assume it'),
};

/** From a certificate authority's or a client's file, newlines and all. */
const pem = (label: string) =>
  z
    .string()
    .max(65_536)
    .refine((value) => value.includes(`-----BEGIN ${label}-----`), `must be the text of a PEM file (${label})`);

/** For a server whose certificate no public authority has signed. */
const serverAuthority = {
  ca: pem('CERTIFICATE').optional().describe('PEM of the authorities to trust. Default: those of Node'),
};

const pattern = z
  .string()
  .max(128)
  .regex(/^[A-Z0-9_*]+$/, 'must be capitals, digits, _ and *, such as USER_*')
  .meta({ id: 'eventPattern', description: 'An event name, in which * stands for anything' });

const common = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/, 'must be 1 to 64 letters, digits and hyphens inside')
    .describe('Unique within the tenant; shown in metrics and dead letters'),
  enabled: z.boolean().default(true),
  format: z
    .enum(EVENT_FORMATS)
    .default('native')
    .describe('JSON of the reference product, OCSF 1.x, Elastic Common Schema, or Common Event Format'),
  include: z.array(pattern).default([]).describe('Events that the sink gets; none: all'),
  exclude: z.array(pattern).default([]).describe('Events that it does not get all the same'),
};

/** Sites of Datadog (API reference, "Logs", intake hosts). */
export const DATADOG_SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
] as const;

export const sinkSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('splunk'),
    url: url.describe('`https://host:8088` of the HTTP Event Collector'),
    token: secretRef.describe('Token of the collector, a GUID'),
    acknowledge: z
      .boolean()
      .default(false)
      .describe('Wait for the indexers; needs a token with indexer acknowledgement'),
    index: text.optional(),
    source: text.optional(),
    sourcetype: text.optional(),
    host: text.optional(),
    ...serverAuthority,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('google-logging'),
    project: z
      .string()
      .regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the id of a Google Cloud project'),
    log: z
      .string()
      .regex(/^[A-Za-z0-9/_.-]{1,511}$/, 'must be 1 to 511 letters, digits and /_-.')
      .describe('Id of the log, without projects/…/logs/'),
    serviceAccount: secretRef.describe('The JSON key file of a service account with roles/logging.logWriter'),
    url: url.optional().describe('Default: the public endpoint'),
    tokenUrl: url.optional().describe('Default: the public endpoint'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('cloudwatch-logs'),
    region,
    logGroup: z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/, 'must be the name of a log group'),
    ...assumedRole,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('s3'),
    region,
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
    prefix: z
      .string()
      .regex(/^(?:[\w!.*'()/-]{0,511}\/)?$/, 'must be empty or end with a slash')
      .default(''),
    kmsKey: text.optional().describe('KMS key that objects are encrypted under. Default: what the bucket does'),
    ...assumedRole,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('opensearch'),
    url,
    index: z
      .string()
      .regex(/^[a-z0-9.][a-z0-9._-]{0,254}$/, 'must be an index: small letters, digits and ._-')
      .describe('Index or data stream'),
    authorization: secretRef.optional().describe('The whole value of the Authorization header, such as `ApiKey …`'),
    ...serverAuthority,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('otlp'),
    url: url.describe('`https://host:4318`, to which /v1/logs is added, or the whole URL'),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'must be the name of a header'), secretRef)
      .default({})
      .describe('Headers to send, by name'),
    ...serverAuthority,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('datadog'),
    site: z.enum(DATADOG_SITES),
    apiKey: secretRef.describe('API key, 32 hexadecimal digits'),
    service: text.optional(),
    tags: text.optional().describe('`env:prod,team:security`'),
    url: url.optional().describe('Default: the intake of the site'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('syslog'),
    host: z
      .string()
      .regex(
        /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39})$/,
        'must be a host name or an address',
      ),
    port: z.int().min(1).max(65_535).default(6514),
    ...serverAuthority,
    cert: pem('CERTIFICATE').optional().describe('PEM of the certificate to show'),
    key: secretRef.optional().describe('PEM of its private key'),
    enterpriseId: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .optional()
      .describe('Private enterprise number of the tenant (IANA), to send structured data under'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('file'),
    path: z.string().min(1).max(4096).describe('JSON lines in a file: for a laptop'),
  }),
  z.strictObject({ ...common, kind: z.literal('stdout') }),
]);

export type SinkDocument = z.infer<typeof sinkSchema>;

function isSendable(value: string): boolean {
  const parsed = URL.parse(value);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false;
  if (/[?#\s]/.test(value)) return false;
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && LOOPBACK.test(parsed.hostname));
}
