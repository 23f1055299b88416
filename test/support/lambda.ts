import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kmsClient } from '../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../lib/adapters/kms/key-service.ts';
import { sealSigningKey } from '../../lib/audit/sealed-signing-key.ts';
import { Secret } from '../../lib/base/secret.ts';
import { type PolicyContent, sealPolicy } from '../../lib/policy/bundle.ts';
import type { FakeAws } from './fake-aws.ts';
import { policyContent } from './policy.ts';

export const LOG_GROUP = '/protector/audit';
export const LOG_STREAM = '2026/11/21/[7]0123456789abcdef0123456789abcdef';
export const SIGNING_KEY_ID = '95f5a194-b0a4-4351-a1b2-0123456789ab';
export const signingKey = (): Secret => new Secret(new Uint8Array(32).fill(3));

const IV = new Uint8Array(12).fill(1);

/** What a function finds around it on AWS: its environment variables, of which two are paths of sealed files. */
export interface LambdaSurroundings extends Readonly<Record<string, string>> {
  readonly POLICY_PATH: string;
  readonly AUDIT_SIGNING_KEY_PATH: string;
}

/** What the deployment does: seals policy and signing key under a KMS key, and sets the variables. */
export async function deployTo(
  fake: FakeAws,
  directory: string,
  content: PolicyContent = policyContent(),
): Promise<LambdaSurroundings> {
  const surroundings = {
    AWS_ENDPOINT_URL: fake.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_FUNCTION_NAME: 'redshift-protect',
    AWS_LAMBDA_LOG_STREAM_NAME: LOG_STREAM,
    AUDIT_LOG_GROUP: LOG_GROUP,
    POLICY_PATH: join(directory, 'policy.json'),
    AUDIT_SIGNING_KEY_PATH: join(directory, 'signing.json'),
  };
  fake.createLogGroup(LOG_GROUP);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = kmsClient({ endpoint: fake.endpoint, region: 'us-east-1', credentials });
  const keys = kmsKeyService({ client, keyId: fake.createKey() });
  const policy = await sealPolicy(keys, content, { version: 7, createdAt: new Date(0) }, IV);
  const header = { signingKeyId: SIGNING_KEY_ID, createdAt: new Date(0).toISOString() };
  await writeFile(surroundings.POLICY_PATH, JSON.stringify(policy));
  const sealedKey = await sealSigningKey(keys, header, signingKey(), IV);
  await writeFile(surroundings.AUDIT_SIGNING_KEY_PATH, JSON.stringify(sealedKey));
  client.destroy();
  fake.calls.length = 0;
  return surroundings;
}
