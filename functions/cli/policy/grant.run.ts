import { appendItem } from '../../../lib/document/edit-list.ts';
import { setMembers } from '../../../lib/document/edit-members.ts';
import type { Grant } from '../../../lib/policy/schema.ts';
import { CliError, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { changePolicyFile, type EditablePolicy } from '../documents/edit-policy.ts';
import { editedText } from '../documents/edit-text.ts';
import { namedElement, namedRole } from '../documents/policy-names.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { chosenPermissions, type PermissionFlags, PERMISSIONS } from '../documents/permissions.ts';
import { reportChange } from '../documents/report-change.ts';

interface Wanted extends PermissionFlags {
  readonly role: string;
  readonly elements: readonly string[];
  readonly mask: string | undefined;
  readonly noAccess: Grant['noAccess'] | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
  readonly json: boolean;
}

/** Adds permissions to a role in the policy file of a workspace. A grant that is there keeps what it has. */
export async function grantTo(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  const permissions = chosenPermissions(wanted);
  const { mask, noAccess, from, until, json } = wanted;
  const settings = {
    ...(noAccess !== undefined && { noAccess }),
    ...(mask !== undefined && { mask }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
  if (permissions.length === 0 && Object.keys(settings).length === 0) {
    throw new CliError('CLI_USAGE', 'Say what to grant: --protect, --unprotect, --reprotect, or what --help lists');
  }
  const changed = await changePolicyFile(ws, (before) => {
    const role = namedRole(before.policy, wanted.role);
    const names = wanted.elements.map((each) => namedElement(before.policy, each).name);
    return [...new Set(names)].reduce(
      (text, element) => granted({ ...before, text }, role.name, element, permissions, settings),
      before.text,
    );
  });
  return reportChange(io, changed, { json });
}

/** Returns the text with one more grant, or with more in the one that the role has. */
function granted(
  { file, text, policy }: EditablePolicy,
  roleName: string,
  element: string,
  added: readonly Grant['permissions'][number][],
  settings: Readonly<Record<string, string>>,
): string {
  const index = policy.roles.findIndex(({ name }) => name === roleName);
  const grants = policy.roles[index]!.grants;
  const at = grants.findIndex((each) => each.element === element);
  const old = grants[at];
  const permissions = PERMISSIONS.filter((each) => added.includes(each) || old?.permissions.includes(each));
  const members = { permissions, ...settings };
  return editedText(file, { element, ...members }, (format) =>
    old === undefined
      ? appendItem(text, format, ['roles', index, 'grants'], { element, ...members })
      : setMembers(text, format, ['roles', index, 'grants', at], 'element', members),
  );
}
