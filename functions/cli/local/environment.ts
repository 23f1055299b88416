import { fileBudgetStore } from '../../../lib/adapters/file/budget-store.ts';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { LeasedBudgets } from '../../../lib/protect/budgets.ts';
import { callersOf } from '../../../lib/protect/caller.ts';
import type { CompiledPolicy } from '../../../lib/protect/compile.ts';
import type { CipherMeter } from '../../../lib/protect/methods/method.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import type { Environment } from '../../runtime/protect/pipeline.ts';
import { loadPolicy, reloadingPolicy } from '../../runtime/reload/policy.ts';
import { SYSTEM_PACE } from '../../runtime/protect/budgets.ts';
import { policyUserFrom } from '../../runtime/protect/policy-user.ts';
import type { Io } from '../core/io.ts';
import { checkInForce } from '../sealing/policy-floor.ts';
import { workspaceTrail } from '../workspace/audit-trail.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/**
 * The protector of the cloud over files: another key service, another audit sink, everything else equal. A policy that is sealed
 * while it runs takes effect within two seconds.
 */
export interface LocalEnvironment extends Environment {
  readonly policy: () => Promise<CompiledPolicy>;
  /** The chain that this process writes. */
  readonly chainId: string;
  readonly close: () => Promise<void>;
}

/** Opens a workspace. Rejects with `CliError` when there is none. */
export async function localEnvironment(
  ws: Workspace,
  { env, nowMs }: Io,
  meter?: CipherMeter,
): Promise<LocalEnvironment> {
  requireInitialised(ws);
  const { trail, chainId, close } = await workspaceTrail(ws, { nowMs });
  const keys = insecureLocalKeyService(ws.localKey);
  const policy = reloadingPolicy(ws.sealedPolicy, (path) =>
    loadPolicy(path, keys, meter, (bundle) => checkInForce(ws, bundle)),
  );
  const budgets = new LeasedBudgets({ store: fileBudgetStore(ws.budgets), ...SYSTEM_PACE });
  const protector = new Protector(policy, trail, nowMs, callersOf(await policyUserFrom(env)), budgets);
  const closeAll = async (): Promise<void> => {
    await budgets.close();
    await close();
  };
  return { protector, trail, policy, chainId, close: closeAll };
}
