import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { type OpenedPolicy, openPolicy } from '../../../lib/policy/bundle.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Opens the sealed policy of a workspace. Rejects with `BundleError` or `KeyServiceError`. */
export async function openSealedPolicy(
  ws: Workspace,
  keys: KeyService = insecureLocalKeyService(ws.localKey),
): Promise<OpenedPolicy> {
  return openPolicy(keys, await readBundle(ws.sealedPolicy, 'policy'));
}
