import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { openSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { once } from '../../../lib/base/once.ts';
import { DEFAULT_POLICY_PATH, DEFAULT_SIGNING_KEY_PATH, ENV } from '../../../lib/contract/protect-function.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { auditMode, auditTrailOf } from './audit-mode.ts';
import { writeToStandardOutput } from '../metrics.ts';
import type { Environment } from './pipeline.ts';
import { loadPolicy } from '../reload/policy.ts';
import { readBundle } from '../reload/reloading.ts';
import { required } from '../settings.ts';
import { awaitTheEnd } from './shutdown.ts';
import { policyUserFrom } from './policy-user.ts';

/** The environment of an AWS Lambda function: KMS, the audit sink, the policy layer. Made once per execution environment. */
export const lambdaEnvironment = once(async (): Promise<Environment> => {
  const settings = process.env;
  const chainId = required('AWS_LAMBDA_LOG_STREAM_NAME');
  const deploymentId = required('AWS_LAMBDA_FUNCTION_NAME');
  const openTrail = await auditTrailOf(auditMode(), chainId);
  const keys = kmsKeyService({ client: kmsClient() });
  const signingKeyPath = settings[ENV.signingKeyPath] ?? DEFAULT_SIGNING_KEY_PATH;
  const signingKey = await openSigningKey(keys, await readBundle(signingKeyPath, 'audit signing key'));
  using key = signingKey.key;
  const trail = openTrail({
    signer: createSigner(signingKey.keyId, key),
    chainId,
    host: hostFacts({ deploymentId, release: RELEASE, engineVersion: RELEASE }),
    nowMs: Date.now,
  });
  const policyPath = settings[ENV.policyPath] ?? DEFAULT_POLICY_PATH;
  const protector = new Protector(
    once(() => loadPolicy(policyPath, keys)),
    trail.open(),
    await policyUserFrom(settings),
  );
  return { protector, trail, writeMetrics: writeToStandardOutput };
});

/**
 * What must be done while the environment starts: the mode `buffered` needs to be told of its end. Awaited by the module
 * that Lambda loads (`lambda-entry.mjs`), because only then the runtime waits for it. A no-op outside Lambda.
 */
export const ready: Promise<void> = start();

async function start(): Promise<void> {
  const runtimeApi = process.env['AWS_LAMBDA_RUNTIME_API'];
  if (runtimeApi === undefined || process.env[ENV.auditMode] !== 'buffered') return;
  await awaitTheEnd(runtimeApi);
}
