import { lintKeys } from '../../../lib/policy/check-keys.ts';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { done, print, styled } from '../output/text.ts';
import { keyringIfAny } from '../sealing/keyring.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Warns about what a valid policy should not do without a reason. Warnings do not fail the command. */
export async function lintWorkspacePolicy(ws: Workspace, json: boolean, io: Io): Promise<ExitCode> {
  const { policy } = await readWorkspacePolicy(ws);
  const keyring = await keyringIfAny(ws);
  const warnings = [...lintPolicy(policy, io.nowMs()), ...(keyring === undefined ? [] : lintKeys(policy, keyring))];
  if (json) {
    print(io, JSON.stringify(warnings));
    return EXIT.ok;
  }
  const names = new Map<string, string>(
    (['elements', 'roles', 'masks', 'alphabets', 'groups'] as const).flatMap((list) =>
      policy[list].map(({ name }, i) => [`$.${list}[${i}]`, name] as const),
    ),
  );
  for (const { rule, path, message } of warnings) {
    const name = names.get(path.match(/^\$\.\w+\[\d+\]/)?.[0] ?? '') ?? '';
    print(io, `${styled(io.stdout, 'cyan', rule)}  ${name} (${path}): ${message}`);
  }
  print(io, warnings.length === 0 ? done(io, 'nothing to warn about') : `${warnings.length} warnings`);
  return EXIT.ok;
}
