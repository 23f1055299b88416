// Changes of the policy file of a workspace, which keep its comments and order.
import { readFile, stat } from 'node:fs/promises';
import { setMembers } from '../../../lib/document/edit-members.ts';
import { readSource, sourceFormat } from '../../../lib/document/source.ts';
import type { Change } from '../../../lib/policy/diff-lists.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { replaceFile } from '../files/replace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { editedText } from './edit-text.ts';
import { readWorkspacePolicy } from './policy.ts';

/** Returns the text of a policy file with members of an element changed. Throws `CliError` where the text cannot be edited. */
export function editedPolicy(
  file: string,
  text: string,
  index: number,
  members: Parameters<typeof setMembers>[4],
): string {
  return editedText(file, members, (format) => setMembers(text, format, ['elements', index], 'name', members));
}

/** A policy file before it is changed. */
export interface EditablePolicy {
  readonly file: string;
  readonly text: string;
  readonly policy: PolicyDocument;
}

export interface ChangedPolicy {
  readonly file: string;
  /** In words. */
  readonly changes: readonly Change[];
}

/**
 * Changes the policy file of a workspace. Nothing is written where the result is no policy: rejects with `PolicyError`, whose
 * problems say what is allowed. Rejects with `CliError` for a text that cannot be edited.
 */
export async function changePolicyFile(
  ws: Workspace,
  change: (before: EditablePolicy) => string,
): Promise<ChangedPolicy> {
  const { policyFile: file, policy } = await readWorkspacePolicy(ws);
  const text = await readFile(file, 'utf8');
  const edited = change({ file, text, policy });
  // Without lines: the file does not have them yet.
  const after = parsePolicy(readSource(edited, sourceFormat(file)).document);
  if (edited !== text) await replaceFile(file, edited, (await stat(file)).mode & 0o777);
  return { file, changes: diffPolicies(policy, after) };
}
