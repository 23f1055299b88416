import { removeItem, replaceItem } from '../../../lib/document/edit-list.ts';
import { setMembers } from '../../../lib/document/edit-members.ts';
import { readSource, sourceFormat } from '../../../lib/document/source.ts';
import type { Grant } from '../../../lib/policy/schema.ts';
import { CliError, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { changePolicyFile, type EditablePolicy } from '../documents/edit-policy.ts';
import { editedText } from '../documents/edit-text.ts';
import { namedElement, namedRole } from '../documents/policy-names.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { chosenPermissions, type PermissionFlags } from '../documents/permissions.ts';
import { reportChange } from '../documents/report-change.ts';

interface Wanted extends PermissionFlags {
  readonly role: string;
  readonly elements: readonly string[];
  readonly json: boolean;
}

/** Takes permissions from a role in the policy file of a workspace, or whole grants where none is named. */
export async function revokeFrom(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  const taken = chosenPermissions(wanted);
  const changed = await changePolicyFile(ws, (before) => {
    const role = namedRole(before.policy, wanted.role);
    const names = wanted.elements.map((each) => namedElement(before.policy, each).name);
    const missing = names.find((name) => role.grants.every(({ element }) => element !== name));
    if (missing !== undefined) throw new CliError('CLI_USAGE', `Role ${role.name} has no grant of ${missing}`);
    return [...new Set(names)].reduce(
      (text, element) => revoked({ ...before, text }, role.name, element, taken),
      before.text,
    );
  });
  return reportChange(io, changed, { json: wanted.json });
}

function revoked(
  { file, text, policy }: EditablePolicy,
  roleName: string,
  element: string,
  taken: readonly Grant['permissions'][number][],
): string {
  const role = policy.roles.findIndex(({ name }) => name === roleName);
  const list = ['roles', role, 'grants'];
  // Read again: earlier grants of this call may be gone from the text.
  const { roles } = readSource(text, sourceFormat(file)).document as { roles: { grants: Grant[] }[] };
  const grants = roles[role]!.grants;
  const at = grants.findIndex((each) => each.element === element);
  const { mask, ...grant } = grants[at]!;
  const permissions = grant.permissions.filter((each) => !taken.includes(each));
  return editedText(file, { element, permissions }, (format) => {
    if (taken.length === 0) return removeItem(text, format, list, at);
    // A mask needs the permission that is taken.
    const losesMask = mask !== undefined && taken.includes('unprotect');
    if (losesMask) return replaceItem(text, format, list, at, { ...grant, permissions });
    return setMembers(text, format, [...list, at], 'element', { permissions });
  });
}
