import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import type { Change } from '../../../lib/policy/diff-lists.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { print, styled } from '../output.ts';
import { jsonOrYaml } from '../document-file.ts';
import { readPolicyFile } from '../policy-files.ts';
import { openSealed } from '../seal.ts';
import { requireInitialised, type Workspace, workspace } from '../workspace.ts';

/** `protector policy diff [OLD] [NEW]`: without NEW and OLD, what sealing would change; always in words. */
export async function policyDiff(
  before: string | undefined,
  after: string | undefined,
  options: { dir: string; json?: boolean },
): Promise<void> {
  const ws = workspace(options.dir);
  const old = before === undefined ? await sealedPolicy(ws) : await readPolicyFile(before);
  const changes = diffPolicies(old, await readPolicyFile(after ?? jsonOrYaml(ws.policy)));
  if (options.json === true) return print(JSON.stringify(changes));
  for (const { effect, text } of changes) print(`${mark(effect)} ${text}`);
  print(changes.length === 0 ? `${styled('green', '✓')} no change` : styled('dim', LEGEND));
}

const LEGEND = '+ somebody sees or may more   - somebody sees or may less   ! tokens become unreadable';

function mark(effect: Change['effect']): string {
  switch (effect) {
    case 'widens':
      return styled('cyan', '+');
    case 'narrows':
      return '-';
    case 'unreadable':
      return styled('red', '!');
    case 'neutral':
    default:
      return '·';
  }
}

async function sealedPolicy(ws: Workspace): Promise<PolicyDocument> {
  requireInitialised(ws);
  return (await openSealed(ws, insecureLocalKeyService(ws.localKey))).content.policy;
}
