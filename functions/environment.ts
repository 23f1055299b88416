import { cloudWatchAuditSink } from '../lib/adapters/cloudwatch-logs/audit-sink.ts';
import { cloudWatchLogsClient } from '../lib/adapters/cloudwatch-logs/client.ts';
import { hostFacts } from '../lib/adapters/host/host-facts.ts';
import { kmsClient } from '../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../lib/adapters/kms/key-service.ts';
import { openSigningKey } from '../lib/audit/sealed-signing-key.ts';
import { createSigner } from '../lib/audit/sign.ts';
import { AuditTrail } from '../lib/audit/trail.ts';
import { once } from '../lib/base/once.ts';
import { DEFAULT_POLICY_PATH, DEFAULT_SIGNING_KEY_PATH, ENV, RELEASE } from '../lib/contract.ts';
import { Protector } from '../lib/protect/protector.ts';
import { RefusedError } from '../lib/protect/refusal.ts';
import type { Environment } from './pipeline.ts';
import { loadPolicy, readBundle } from './policy-file.ts';
import { policyUserFrom } from './user-names.ts';

/** The environment of an AWS Lambda function: KMS, CloudWatch Logs, the policy layer. Made once per execution environment. */
export const lambdaEnvironment = once(async (): Promise<Environment> => {
  const settings = process.env;
  const logGroup = required(ENV.auditLogGroup);
  const logStream = required('AWS_LAMBDA_LOG_STREAM_NAME');
  const keys = kmsKeyService({ client: kmsClient() });
  const signingKeyPath = settings[ENV.signingKeyPath] ?? DEFAULT_SIGNING_KEY_PATH;
  const signingKey = await openSigningKey(keys, await readBundle(signingKeyPath, 'audit signing key'));
  const trail = new AuditTrail({
    signer: createSigner(signingKey.keyId, signingKey.key),
    sink: cloudWatchAuditSink({ client: cloudWatchLogsClient(), logGroup, logStream }),
    chainId: logStream,
    host: hostFacts({ deploymentId: required('AWS_LAMBDA_FUNCTION_NAME'), release: RELEASE, engineVersion: RELEASE }),
    nowMs: Date.now,
  });
  const policyPath = settings[ENV.policyPath] ?? DEFAULT_POLICY_PATH;
  const protector = new Protector(
    once(() => loadPolicy(policyPath, keys)),
    trail,
    await policyUserFrom(settings),
  );
  return { protector, trail };
});

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new RefusedError('NOT_CONFIGURED', { detail: `the environment variable ${name} is missing` });
  }
  return value;
}
