import { explain } from '../../../lib/policy/explain.ts';
import { policyUserFrom } from '../../runtime/protect/policy-user.ts';
import { print, styled, table } from '../output.ts';
import { readPolicyFiles } from '../policy-files.ts';
import { workspace } from '../workspace.ts';

const WIDTH = 90;

/** `protector policy explain`: why a user may or may not, role by role. The settings for user names apply, as they do to calls. */
export async function policyExplain(options: {
  dir: string;
  user: string;
  element: string;
  json?: boolean;
}): Promise<void> {
  const { policy } = await readPolicyFiles(workspace(options.dir));
  const user = (await policyUserFrom(process.env))(options.user);
  const explanation = explain(policy, user, options.element);
  if (options.json === true) return print(JSON.stringify(explanation));
  const as = user === options.user ? '' : ` (given as ${options.user})`;
  print(`${styled('bold', user)}${as}, ${styled('bold', explanation.element)}, policy ${policy.name}`);
  print(
    table(
      ['operation', 'answer', 'because'],
      explanation.operations.map(({ operation, answer, because }) => [operation, answer, because]),
      WIDTH,
    ),
  );
  if (explanation.roles.length === 0) return;
  print(
    table(
      ['role', 'speaks for the user', 'says'],
      explanation.roles.map(({ role, because, says }) => [role, because, says]),
      WIDTH,
    ),
  );
}
