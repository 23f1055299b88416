import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { openSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { once } from '../../../lib/base/once.ts';
import { DEFAULT_POLICY_PATH, DEFAULT_SIGNING_KEY_PATH, ENV } from '../../../lib/contract/protect-function.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { newChainId } from '../chain-id.ts';
import { writeToStandardOutput } from '../metrics.ts';
import { loadPolicy } from '../reload/policy.ts';
import { readBundle } from '../reload/reloading.ts';
import { optional, required } from '../settings.ts';
import { auditMode, auditTrailOf, isManagedInstance } from './audit-mode.ts';
import { budgetsFrom } from './budgets.ts';
import type { Environment } from './pipeline.ts';
import { policyUserFrom } from './policy-user.ts';
import { registerForShutdown } from './shutdown.ts';

/**
 * Makes the environment of a protect function once per execution environment: KMS, the audit sink, the policy layer.
 */
export const protectEnvironment = once(async (): Promise<Environment> => {
  const logStream = required('AWS_LAMBDA_LOG_STREAM_NAME');
  const deploymentId = required('AWS_LAMBDA_FUNCTION_NAME');
  const openTrail = await auditTrailOf(auditMode(), logStream);
  const keys = kmsKeyService({ client: kmsClient() });
  const signingKeyPath = optional(ENV.signingKeyPath) ?? DEFAULT_SIGNING_KEY_PATH;
  const signingKey = await openSigningKey(keys, await readBundle(signingKeyPath, 'audit signing key'));
  using key = signingKey.key;
  const trail = openTrail({
    signer: createSigner(signingKey.keyId, key),
    chainId: newChainId(logStream),
    host: hostFacts({ deploymentId, release: RELEASE, engineVersion: RELEASE }),
    nowMs: Date.now,
  });
  const policyPath = optional(ENV.policyPath) ?? DEFAULT_POLICY_PATH;
  const protector = new Protector(
    once(() => loadPolicy(policyPath, keys)),
    trail.open(),
    Date.now,
    callersOf(await policyUserFrom(process.env)),
    await budgetsFrom(optional(ENV.budgetStore)),
  );
  return { protector, trail, writeMetrics: writeToStandardOutput };
});

/**
 * Resolves when the environment has started: in the mode `buffered` or with budgets, once it is registered for its shutdown. The module
 * that Lambda loads (`lambda-entry.mjs`) awaits it, because only then does the runtime wait for it. Outside Lambda it
 * does nothing.
 */
export const ready: Promise<void> = start();

async function start(): Promise<void> {
  const runtimeApi = optional('AWS_LAMBDA_RUNTIME_API');
  // On a managed instance the mode is refused with the first request, which says why, and leases are not returned.
  if (runtimeApi === undefined || isManagedInstance()) return;
  if (optional(ENV.auditMode) !== 'buffered' && optional(ENV.budgetStore) === undefined) return;
  await registerForShutdown(runtimeApi);
}
