import { hasKey, keyVersionOf, oldKeyVersionsOf } from '../../../lib/policy/key-versions.ts';
import { groupOf, termOf, userOf } from '../../../lib/policy/membership.ts';
import type { ElementDefinition, PolicyDocument, RoleDefinition } from '../../../lib/policy/schema.ts';
import { isTimed, termText } from '../../../lib/policy/term.ts';
import type { Agent } from '../agent/ask.ts';
import { livedPolicy, refuseTimeInWorkspace, spanFacts, type WhichPolicy } from '../agent/lived-policy.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { print, styled } from '../output/text.ts';
import { keyFacts, printKeys } from '../sealing/keyring.ts';
import { openPolicyVersion } from '../sealing/policy-versions.ts';
import { sayIfUnsealed } from '../sealing/unsealed.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';

/** Shows the sealed policy in force, or a version that the workspace keeps. Never shows a key. */
export async function showSealedPolicy(ws: Workspace, which: WhichPolicy, json: boolean, io: Io): Promise<ExitCode> {
  requireInitialised(ws);
  refuseTimeInWorkspace(which.at);
  const { bundle, version, content } = await openPolicyVersion(ws, which.policyVersion);
  const { createdAt } = bundle as { readonly createdAt: string };
  const { policy, mapping, keyring } = content;
  if (which.policyVersion === undefined) await sayIfUnsealed(ws, io);
  if (json) {
    print(io, JSON.stringify({ version, createdAt, policy, mapping, rootKeys: keyFacts(keyring) }));
    return EXIT.ok;
  }
  printPolicy(io, policy, `version ${version}, data store ${policy.dataStore}, sealed ${createdAt}`);
  const functions = Object.keys(mapping);
  if (functions.length > 0) print(io, `mapped functions: ${functions.join(', ')}`);
  printKeys(io, keyring);
  return EXIT.ok;
}

/** Shows a policy that is or was live in a deployment. */
export async function showLivePolicy(agent: Agent, which: WhichPolicy, json: boolean, io: Io): Promise<ExitCode> {
  const { policy, ...span } = await livedPolicy(agent, which);
  const facts = spanFacts(span);
  if (json) print(io, JSON.stringify({ ...facts, policy }));
  else {
    const until = facts.until === undefined ? '' : ` until ${facts.until}`;
    printPolicy(io, policy, `version ${span.version}, data store ${policy.dataStore}, live from ${facts.from}${until}`);
    if (span.author !== undefined) print(io, `signed by ${span.author}`);
    if (span.approver !== undefined) print(io, `approved by ${span.approver}`);
  }
  return EXIT.ok;
}

function printPolicy(io: Io, { name, conflictResolution, elements, roles }: PolicyDocument, facts: string): void {
  print(io, `${styled(io.stdout, 'bold', name)} ${facts}, ${conflictResolution}`);
  print(io, table(io.stdout, ['element', 'method', 'type', 'key', 'old keys'], elements.map(elementRow)));
  print(io, table(io.stdout, ['role', 'members', 'may'], roles.map(roleRow), 70));
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
