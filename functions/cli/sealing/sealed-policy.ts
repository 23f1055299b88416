import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { type OpenedPolicy, openPolicy } from '../../../lib/policy/bundle.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { checkInForce } from './policy-floor.ts';

/** Opens the sealed policy of a workspace, which must be the one in force. Rejects with `BundleError` or `KeyServiceError`. */
export async function openSealedPolicy(
  ws: Workspace,
  keys: KeyService = insecureLocalKeyService(ws.localKey),
): Promise<OpenedPolicy> {
  const found = await openFoundPolicy(ws, keys);
  await checkInForce(ws, found.bundle);
  return found;
}

/** A sealed policy and the bundle that holds it. */
export interface FoundPolicy extends OpenedPolicy {
  readonly bundle: unknown;
}

/**
 * Opens whatever sealed policy is in the place of the one in force, for commands that replace it. Rejects as
 * `openSealedPolicy` does.
 */
export async function openFoundPolicy(ws: Workspace, keys: KeyService): Promise<FoundPolicy> {
  const bundle = await readBundle(ws.sealedPolicy, 'policy');
  return { ...(await openPolicy(keys, bundle)), bundle };
}
