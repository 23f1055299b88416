import { explain } from '../../../lib/policy/explain.ts';
import { policyUserFrom } from '../../runtime/protect/policy-user.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { table } from '../output/table.ts';
import { print, styled } from '../output/text.ts';
import type { Workspace } from '../workspace/workspace.ts';

const WIDTH = 90;

/** Explains why a user may or may not use an element, role by role. The settings for user names apply, as they do to calls. */
export async function explainAccess(
  ws: Workspace,
  asked: {
    readonly user: string;
    readonly element: string;
    readonly to: string | undefined;
    readonly at: Date | undefined;
  },
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const { policy } = await readWorkspacePolicy(ws);
  const user = (await policyUserFrom(io.env))(asked.user);
  const explanation = explain(policy, user, asked.element, asked.at?.getTime() ?? io.nowMs(), asked.to);
  if (json) {
    print(io, JSON.stringify(explanation));
    return EXIT.ok;
  }
  const as = user === asked.user ? '' : ` (given as ${asked.user})`;
  const bold = (text: string): string => styled(io.stdout, 'bold', text);
  print(io, `${bold(user)}${as}, ${bold(explanation.element)}, policy ${policy.name}`);
  const operations = explanation.operations.map(({ operation, answer, because }) => [operation, answer, because]);
  print(io, table(io.stdout, ['operation', 'answer', 'because'], operations, WIDTH));
  if (explanation.roles.length === 0) return EXIT.ok;
  const roles = explanation.roles.map(({ role, because, says }) => [role, because, says]);
  print(io, table(io.stdout, ['role', 'speaks for the user', 'says'], roles, WIDTH));
  return EXIT.ok;
}
