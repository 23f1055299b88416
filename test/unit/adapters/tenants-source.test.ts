// What S3 says of an object that is absent: never there, deleted from a bucket with versions, or without its bucket; and
// of a connection that TLS refuses.
import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { s3TenantsSource } from '../../../lib/adapters/s3/tenants-source.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code: string;
}

function sourceThat(handle: () => Promise<unknown>) {
  const client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
  });
  return s3TenantsSource({ client, bucket: 'bucket', key: 'tenants.sealed.json' });
}

const answering = ({ status, headers, code }: Answer) =>
  sourceThat(() =>
    Promise.resolve({
      response: {
        statusCode: status,
        headers: { 'content-type': 'application/xml', ...headers },
        body: Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`),
      },
    }),
  );

test.each<[string, Answer, string]>([
  ['was never there', { status: 404, code: 'NoSuchKey' }, 'TENANTS_MISSING'],
  ['was deleted', { status: 404, headers: { 'x-amz-delete-marker': 'true' }, code: 'NoSuchKey' }, 'TENANTS_REMOVED'],
  ['lost its bucket', { status: 404, code: 'NoSuchBucket' }, 'TENANTS_REMOVED'],
  ['may not be read', { status: 403, code: 'AccessDenied' }, 'TENANTS_REFUSED'],
  ['is behind a service that throttles', { status: 503, code: 'SlowDown' }, 'TENANTS_UNREACHABLE'],
])('an object that %s', async (_, answer, code) => {
  await expect(answering(answer).read(undefined)).rejects.toMatchObject({ code });
});

test.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match'],
  ['ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:443'],
])('a connection that fails is named by its cause, without its text: %s', async (code, text) => {
  const source = sourceThat(() => Promise.reject(Object.assign(new Error(text), { code })));
  await expect(source.read(undefined)).rejects.toMatchObject({
    code: 'TENANTS_UNREACHABLE',
    message: `S3 GetObject failed: ${code}`,
  });
});
