import { fileAuditSink } from '../../../lib/adapters/file/audit-sink.ts';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { readSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { hostFacts } from '../../../lib/adapters/host/host-facts.ts';
import { createSigner } from '../../../lib/audit/sign.ts';
import { AuditTrail } from '../../../lib/audit/trail.ts';
import { RELEASE } from '../../../lib/contract/release.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import type { CompiledPolicy } from '../../../lib/protect/compile.ts';
import type { CipherMeter } from '../../../lib/protect/methods/method.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import type { Environment } from '../../runtime/protect/pipeline.ts';
import { loadPolicy, reloadingPolicy } from '../../runtime/reload/policy.ts';
import { policyUserFrom } from '../../runtime/protect/policy-user.ts';
import type { Io } from '../core/io.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/**
 * The protector of the cloud over files: another key service, another audit sink, everything else equal. A policy that is sealed
 * while it runs takes effect within two seconds.
 */
export interface LocalEnvironment extends Environment {
  readonly policy: () => Promise<CompiledPolicy>;
  /** The chain that this process writes. */
  readonly chainId: string;
  close(): Promise<void>;
}

/** Opens a workspace. Rejects with `CliError` when there is none. */
export async function localEnvironment(
  ws: Workspace,
  { env, nowMs }: Io,
  meter?: CipherMeter,
): Promise<LocalEnvironment> {
  requireInitialised(ws);
  const signingKey = await readSigningKey(ws.signingKey);
  using key = signingKey.key;
  const sink = fileAuditSink(ws.auditTrail);
  const chainId = crypto.randomUUID();
  const trail = new AuditTrail({
    signer: createSigner(signingKey.keyId, key),
    sink,
    chainId,
    host: hostFacts({ deploymentId: 'protector-local', release: RELEASE, engineVersion: RELEASE }),
    nowMs,
  });
  const keys = insecureLocalKeyService(ws.localKey);
  const policy = reloadingPolicy(ws.sealedPolicy, (path) => loadPolicy(path, keys, meter));
  const protector = new Protector(policy, trail, callersOf(await policyUserFrom(env)));
  const close = async (): Promise<void> => {
    try {
      await trail.close();
    } finally {
      await sink.close();
    }
  };
  return { protector, trail, policy, chainId, close };
}
