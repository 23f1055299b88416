import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { keyVersionOf, oldKeyVersionsOf } from '../../../lib/policy/key-versions.ts';
import type { ElementDefinition, RoleDefinition } from '../../../lib/policy/schema.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import { print, styled, table } from '../output.ts';
import { openSealed } from '../seal.ts';
import { requireInitialised, workspace } from '../workspace.ts';
import { keyFacts, printKeys } from './keys.ts';

/** `protector policy show`: the sealed policy, which is the one in force. Never a key. */
export async function policyShow(options: { dir: string; json?: boolean }): Promise<void> {
  const ws = workspace(options.dir);
  requireInitialised(ws);
  const { version, content } = await openSealed(ws, insecureLocalKeyService(ws.localKey));
  const { createdAt } = (await readBundle(ws.sealedPolicy, 'policy')) as { createdAt: string };
  const { policy, mapping, keyring } = content;
  if (options.json === true) {
    return print(JSON.stringify({ version, createdAt, policy, mapping, rootKeys: keyFacts(keyring) }));
  }
  print(
    `${styled('bold', policy.name)} version ${version}, data store ${policy.dataStore}, sealed ${createdAt}, ${policy.conflictResolution}`,
  );
  print(table(['element', 'method', 'type', 'key', 'old keys'], policy.elements.map(elementRow)));
  print(table(['role', 'members', 'may'], policy.roles.map(roleRow), 70));
  const functions = Object.keys(mapping);
  if (functions.length > 0) print(`mapped functions: ${functions.join(', ')}`);
  printKeys(keyring);
}

function elementRow(element: ElementDefinition): string[] {
  const { name, method, type } = element;
  const key = method === 'clear' ? '' : String(keyVersionOf(element));
  return [name, method, type, key, oldKeyVersionsOf(element).join(', ')];
}

function roleRow({ name, default: isDefault, members, grants }: RoleDefinition): string[] {
  const listed = members.map((member) => (typeof member === 'string' ? member : `group ${member.group}`));
  const counts = (['protect', 'unprotect', 'reprotect'] as const).map(
    (permission) => `${permission} ${grants.filter(({ permissions }) => permissions.includes(permission)).length}`,
  );
  return [
    isDefault ? `${name} (default)` : name,
    listed.join(', '),
    `${counts.join(', ')} of ${grants.length} elements`,
  ];
}
