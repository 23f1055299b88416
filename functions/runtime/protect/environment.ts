import { randomUUID } from 'node:crypto';
import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { kmsClient } from '../../../lib/adapters/kms/client.ts';
import { kmsKeyService } from '../../../lib/adapters/kms/key-service.ts';
import { openSigningKey } from '../../../lib/audit/sealed-signing-key.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { once } from '../../../lib/base/once.ts';
import { DEFAULT_POLICY_PATH, DEFAULT_SIGNING_KEY_PATH, ENV } from '../../../lib/contract/protect-function.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { awake } from '../awake.ts';
import { newChainId } from '../chain-id.ts';
import { writeToStandardOutput } from '../metrics.ts';
import { loadPolicy } from '../reload/policy.ts';
import { readBundle } from '../reload/reloading.ts';
import { optional, required } from '../settings.ts';
import { auditMode, auditTrailOf, isManagedInstance, type OpenedTrail } from './audit-mode.ts';
import { budgetsFrom } from './budgets.ts';
import type { Environment } from './pipeline.ts';
import { policyUserFrom } from './policy-user.ts';
import { registerForShutdown } from './shutdown.ts';

/** The policy of the layer, which is opened before the first invocation or by it. */
const policy = once(() => loadPolicy(optional(ENV.policyPath) ?? DEFAULT_POLICY_PATH, keyService()));

/** Makes the environment of a protect function once per execution environment: KMS, the audit sink, the policy layer. */
export const protectEnvironment = once(async (): Promise<Environment & Pick<OpenedTrail, 'prepared'>> => {
  const deploymentId = required('AWS_LAMBDA_FUNCTION_NAME');
  const logStream = logStreamOf(deploymentId);
  const openTrail = await auditTrailOf(auditMode(), logStream);
  const signingKeyPath = optional(ENV.signingKeyPath) ?? DEFAULT_SIGNING_KEY_PATH;
  const signingKey = await openSigningKey(keyService(), await readBundle(signingKeyPath, 'audit signing key'));
  using key = signingKey.key;
  const { trail, prepared } = openTrail({
    signer: createSigner(signingKey.keyId, key),
    chainId: newChainId(logStream),
    host: hostFacts({ deploymentId, release: RELEASE, engineVersion: RELEASE }),
    nowMs: Date.now,
  });
  const protector = new Protector(
    policy,
    trail.open(),
    Date.now,
    callersOf(await policyUserFrom(process.env)),
    await budgetsFrom(optional(ENV.budgetStore)),
  );
  return { protector, trail, prepared, writeMetrics: writeToStandardOutput };
});

/**
 * Returns the name of the log stream of an environment. AWS does not say that environments on managed instances have one, so
 * an absent name is made up there, for each thread.
 */
function logStreamOf(deploymentId: string): string {
  const name = 'AWS_LAMBDA_LOG_STREAM_NAME';
  return isManagedInstance() ? (optional(name) ?? `${deploymentId}/${randomUUID()}`) : required(name);
}

let service: KeyService | undefined;

/** Returns the one client of KMS, made at its first use. */
function keyService(): KeyService {
  service ??= kmsKeyService({ client: kmsClient() });
  return service;
}

/**
 * Resolves when the environment has started: both keys are opened, and the log stream and its connection are there. Where no caller waits for
 * the environment, such as with provisioned concurrency, `rehearse` has run. In the mode `buffered` or with budgets it is registered for its
 * shutdown. The module that Lambda loads (`lambda-entry.mjs`) awaits it, because only then does the runtime wait for it. Outside Lambda it
 * does nothing.
 */
export async function startProtect(rehearse: () => Promise<void>): Promise<void> {
  const runtimeApi = optional('AWS_LAMBDA_RUNTIME_API');
  if (runtimeApi === undefined) return;
  const works = [async () => (await protectEnvironment()).prepared, policy];
  // A caller waits for an environment that is started on demand, and needs but some of what a rehearsal compiles.
  const isAwaited = (optional('AWS_LAMBDA_INITIALIZATION_TYPE') ?? 'on-demand') === 'on-demand';
  const started = awake(isAwaited ? works : [...works, rehearse]);
  // On a managed instance the mode is refused with the first request, which says why, and leases are not returned.
  const needsShutdown = optional(ENV.auditMode) === 'buffered' || optional(ENV.budgetStore) !== undefined;
  if (needsShutdown && !isManagedInstance()) await registerForShutdown(runtimeApi);
  await started;
}
