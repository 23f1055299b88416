// Whether a secret is of the kind that its sink needs. Looks at its form alone: whether a service takes it, a test delivery says.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { attempt } from '../base/attempt.ts';
import { unreachable } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import type { SinkDocument } from './sink-schema.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is wrong with a secret of a sink, or `undefined`. The answer never holds the value. */
export function wrongSecret(sink: SinkDocument, value: string): string | undefined {
  switch (sink.kind) {
    case 'splunk':
      return GUID.test(value) ? undefined : 'is no token of a Splunk HTTP Event Collector, which is a GUID';
    case 'google-logging':
      return wrongServiceAccount(value);
    case 'datadog':
      return /^[0-9a-f]{32}$/i.test(value) ? undefined : 'is no API key of Datadog, which is 32 hexadecimal digits';
    case 'opensearch':
    case 'otlp':
      return isHeaderValue(value) ? undefined : 'cannot be the value of a header: printable ASCII, no blanks around it';
    case 'syslog':
      return wrongClientKey(value, sink.cert);
    case 'cloudwatch-logs':
    case 's3':
    case 'file':
    case 'stdout':
      return undefined;
    default:
      return unreachable(sink);
  }
}

/** Whether every certificate of a PEM text parses. */
export function areCertificates(pem: string): boolean {
  const certificates = pem.split(/(?=-----BEGIN CERTIFICATE-----)/).filter((part) => part.includes('-----BEGIN'));
  return certificates.length > 0 && certificates.every((one) => attempt(() => new X509Certificate(one)).ok);
}

/** Google Cloud: "Create and delete service account keys", the form of a key file. */
function wrongServiceAccount(value: string): string | undefined {
  const parsed = attempt(() => JSON.parse(value) as unknown);
  if (!parsed.ok || !isObject(parsed.value)) return 'is no JSON key file of a Google service account';
  const { type, client_email: email, private_key: key } = parsed.value;
  if (type !== 'service_account') return 'is a Google key file of another type than service_account';
  if (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(email)) return 'is a Google key file without client_email';
  const privateKey = privateKeyOf(key);
  return privateKey?.asymmetricKeyType === 'rsa'
    ? undefined
    : 'is a Google key file whose private_key is no RSA key in PEM';
}

function wrongClientKey(value: string, certificate: string | undefined): string | undefined {
  const key = privateKeyOf(value);
  if (key === undefined) return 'is no private key in PEM without a passphrase';
  if (certificate === undefined) return undefined;
  const parsed = attempt(() => new X509Certificate(certificate));
  return !parsed.ok || parsed.value.checkPrivateKey(key)
    ? undefined
    : 'is not the private key of the certificate in "cert"';
}

function privateKeyOf(pem: unknown): KeyObject | undefined {
  if (typeof pem !== 'string') return undefined;
  const parsed = attempt(() => createPrivateKey(pem));
  return parsed.ok ? parsed.value : undefined;
}

/** RFC 9110, 5.5, without what is obsolete: no header can be smuggled in. */
function isHeaderValue(value: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}
