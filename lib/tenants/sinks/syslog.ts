import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { attempt } from '../../base/attempt.ts';
import { checkCertificates } from './certificates.ts';
import { nothing, sinkKind } from './kind.ts';
import { pem, secretRef, serverAuthority } from './members.ts';
import { privateKeyOf } from './secret-form.ts';

export const syslog = sinkKind('syslog', {
  members: {
    host: z
      .string()
      .regex(
        /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39})$/,
        'must be a host name or an address',
      ),
    port: z.int().min(1).max(65_535).default(6514),
    ...serverAuthority,
    cert: pem('CERTIFICATE').optional().describe('PEM of the client certificate'),
    key: secretRef.optional().describe('PEM of its private key'),
    enterpriseId: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .optional()
      .describe("The tenant's private enterprise number (IANA), for structured data. Default: no structured data"),
    maxMessageBytes: z
      .int()
      .min(2_048)
      .max(65_536)
      .optional()
      .describe('Longest message that the receiver takes, in bytes; longer ones are cut. Default: 8000'),
  },
  secrets: { key: (value, { cert }) => wrongClientKey(value, cert) },
  check: (sink, path) => {
    const problems = checkCertificates(sink, path);
    if ((sink.cert === undefined) !== (sink.key === undefined)) {
      const there = sink.key === undefined ? 'cert' : 'key';
      problems.push({ path: `${path}.${there}`, message: '"cert" and "key" go together' });
    }
    return problems;
  },
  lint: nothing,
  place: ({ host, port }) => `${host}:${port}`,
  laptopOnly: false,
});

function wrongClientKey(value: string, certificate: string | undefined): string | undefined {
  const key = privateKeyOf(value);
  if (key === undefined) return 'is not a private key in PEM without a passphrase';
  if (certificate === undefined) return undefined;
  const parsed = attempt(() => new X509Certificate(certificate));
  return !parsed.ok || parsed.value.checkPrivateKey(key)
    ? undefined
    : 'is not the private key of the certificate in "cert"';
}
