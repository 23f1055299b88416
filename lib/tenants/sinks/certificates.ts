import { X509Certificate } from 'node:crypto';
import { attempt } from '../../base/attempt.ts';
import type { Problem } from '../../document/problem.ts';

interface Certificates {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
}

/** Finds PEM members with a certificate that does not parse. */
export function checkCertificates({ ca, cert }: Certificates, path: string): Problem[] {
  return Object.entries({ ca, cert }).flatMap(([member, pem]) => {
    if (pem === undefined || areCertificates(pem)) return [];
    return [{ path: `${path}.${member}`, message: 'holds a certificate that cannot be read' }];
  });
}

function areCertificates(pem: string): boolean {
  const certificates = pem.split(/(?=-----BEGIN CERTIFICATE-----)/).filter((part) => part.includes('-----BEGIN'));
  return certificates.length > 0 && certificates.every((one) => attempt(() => new X509Certificate(one)).ok);
}
