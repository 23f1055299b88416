import { lintKeys } from '../../../lib/policy/check-keys.ts';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import { print, styled } from '../output.ts';
import { readPolicyFiles } from '../policy-files.ts';
import { workspace } from '../workspace.ts';
import { workspaceKeyring } from './policy.ts';

/** `protector policy lint`: what a valid policy should not do without a reason. Warnings do not fail the command. */
export async function policyLint(options: { dir: string; json?: boolean }): Promise<void> {
  const ws = workspace(options.dir);
  const { policy } = await readPolicyFiles(ws);
  const keyring = await workspaceKeyring(ws);
  const warnings = [...lintPolicy(policy), ...(keyring === undefined ? [] : lintKeys(policy, keyring))];
  if (options.json === true) return print(JSON.stringify(warnings));
  const names = new Map(policy.elements.map(({ name }, i) => [`$.elements[${i}]`, name]));
  policy.roles.forEach(({ name }, i) => names.set(`$.roles[${i}]`, name));
  for (const { rule, path, message } of warnings) {
    const name = names.get(path.match(/^\$\.\w+\[\d+\]/)?.[0] ?? '') ?? '';
    print(`${styled('cyan', rule)}  ${name} (${path}): ${message}`);
  }
  print(warnings.length === 0 ? `${styled('green', '✓')} nothing to warn about` : `${warnings.length} warnings`);
}
