import { hasKey, keyVersionOf, oldKeyVersionsOf } from '../../../lib/policy/key-versions.ts';
import { groupOf, termOf, userOf } from '../../../lib/policy/membership.ts';
import type { ElementDefinition, RoleDefinition } from '../../../lib/policy/schema.ts';
import { isTimed, termText } from '../../../lib/policy/term.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { print, styled } from '../output/text.ts';
import { keyFacts, printKeys } from '../sealing/keyring.ts';
import { openSealedPolicy } from '../sealing/sealed-policy.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/** Shows the sealed policy, which is the one in force. Never shows a key. */
export async function showSealedPolicy(ws: Workspace, json: boolean, io: Io): Promise<ExitCode> {
  requireInitialised(ws);
  const { version, content } = await openSealedPolicy(ws);
  const { createdAt } = (await readBundle(ws.sealedPolicy, 'policy')) as { createdAt: string };
  const { policy, mapping, keyring } = content;
  if (json) {
    print(io, JSON.stringify({ version, createdAt, policy, mapping, rootKeys: keyFacts(keyring) }));
    return EXIT.ok;
  }
  const name = styled(io.stdout, 'bold', policy.name);
  const { dataStore, conflictResolution, elements, roles } = policy;
  print(io, `${name} version ${version}, data store ${dataStore}, sealed ${createdAt}, ${conflictResolution}`);
  print(io, table(io.stdout, ['element', 'method', 'type', 'key', 'old keys'], elements.map(elementRow)));
  print(io, table(io.stdout, ['role', 'members', 'may'], roles.map(roleRow), 70));
  const functions = Object.keys(mapping);
  if (functions.length > 0) print(io, `mapped functions: ${functions.join(', ')}`);
  printKeys(io, keyring);
  return EXIT.ok;
}

function elementRow(element: ElementDefinition): string[] {
  const { name, method, type } = element;
  const key = hasKey(element) ? String(keyVersionOf(element)) : '';
  return [name, method, type, key, oldKeyVersionsOf(element).join(', ')];
}

function roleRow({
  name,
  default: isDefault,
  breakGlass,
  maxUnprotectPerDay: limit,
  members,
  grants,
}: RoleDefinition): string[] {
  const listed = members.map((member) => (userOf(member) ?? `group ${groupOf(member)}`) + termText(termOf(member)));
  const counts = (['protect', 'unprotect', 'reprotect'] as const).map(
    (permission) => `${permission} ${grants.filter(({ permissions }) => permissions.includes(permission)).length}`,
  );
  const timed = grants.flatMap((grant) => (isTimed(grant) ? [`${grant.element}${termText(grant)}`] : []));
  const budget = limit === undefined ? [] : [`at most ${limit.toLocaleString('en-US')} values a day`];
  return [
    isDefault ? `${name} (default)` : breakGlass === true ? `${name} (break-glass)` : name,
    listed.join(', '),
    [`${counts.join(', ')} of ${grants.length} elements`, ...timed, ...budget].join('; '),
  ];
}
