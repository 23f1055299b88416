import { appendItem } from '../../../lib/document/edit-list.ts';
import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { changePolicyFile } from '../documents/edit-policy.ts';
import { editedText } from '../documents/edit-text.ts';
import { shellWord } from '../output/shell.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { reportChange } from '../documents/report-change.ts';

interface Wanted {
  readonly name: string;
  readonly member: readonly string[] | undefined;
  readonly group: readonly string[] | undefined;
  readonly default: boolean;
  readonly description: string | undefined;
  readonly json: boolean;
}

/** Adds a role without grants to the policy file of a workspace. */
export async function addRoleTo(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  const { name, member = [], group = [], description, json } = wanted;
  const role = {
    name,
    ...(description !== undefined && { description }),
    ...(wanted.default && { default: true }),
    members: [...member, ...group.map((each) => ({ group: each }))],
    grants: [],
  };
  const changed = await changePolicyFile(ws, ({ file, text }) =>
    editedText(file, role, (format) => appendItem(text, format, ['roles'], role)),
  );
  return reportChange(io, changed, { json, next: `"protector policy grant ${shellWord(name)} <element> --unprotect"` });
}
