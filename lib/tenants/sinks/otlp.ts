import { z } from 'zod';
import { checkCertificates } from './certificates.ts';
import { nothing, sinkKind } from './kind.ts';
import { secretRef, serverAuthority, url } from './members.ts';
import { wrongHeaderValue } from './secret-form.ts';

/** Header fields that an HTTP client sets itself (RFC 9110, RFC 9112). */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const otlp = sinkKind('otlp', {
  members: {
    url: url.describe('`https://host:4318`, to which /v1/logs is added, or the whole URL'),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'must be the name of a header'), secretRef)
      .default({})
      .describe('Headers to send, by name'),
    encoding: z.enum(['json', 'protobuf']).optional().describe('Encoding of the calls. Default: json'),
    ...serverAuthority,
  },
  secrets: { headers: wrongHeaderValue },
  check: ({ headers, ca }, path) => [
    ...checkCertificates({ ca }, path),
    ...Object.keys(headers)
      .filter((name) => OWN_HEADERS.has(name.toLowerCase()))
      .map((name) => ({ path: `${path}.headers`, message: `the header ${name} is set by the sink itself` })),
  ],
  lint: nothing,
  place: ({ url: collector }) => collector,
  laptopOnly: false,
});
