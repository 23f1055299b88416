import { explain } from '../../../lib/policy/explain.ts';
import { elementsByName } from '../../../lib/policy/key-versions.ts';
import { NameDirectory } from '../../../lib/policy/names.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { policyUserFrom } from '../../runtime/protect/policy-user.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { suggestion, usersOf } from '../documents/policy-names.ts';
import { table } from '../output/table.ts';
import { print, say, styled, visible } from '../output/text.ts';
import { sayIfUnsealed } from '../sealing/unsealed.ts';
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
  const known = new NameDirectory(elementsByName(policy.elements));
  for (const name of [asked.element, asked.to ?? asked.element]) {
    if (known.resolve(name).kind === 'found') continue;
    const hint = suggestion(name, known.names());
    throw new CliError('CLI_USAGE', `The policy has no element ${name}${hint}`);
  }
  sayIfUnlisted(policy, user, io);
  await sayIfUnsealed(ws, io);
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

/** Says that no role lists a user: then the default role decides, or none. */
function sayIfUnlisted(policy: PolicyDocument, user: string, io: Io): void {
  const users = usersOf(policy);
  if (new NameDirectory(users.map((each) => [each, each])).resolve(user).kind !== 'unknown') return;
  const rest = policy.roles.some((role) => role.default) ? 'the default role decides' : 'every request is refused';
  say(io, visible(`note: the policy does not name the user ${user}, so ${rest}${suggestion(user, users)}`));
}
