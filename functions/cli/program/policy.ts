import type { Command } from 'commander';
import { policyCheck, policySeal } from '../commands/policy.ts';
import { policyLint } from '../commands/policy-lint.ts';
import { directory } from './options.ts';

/** `protector policy …` */
export function addPolicyCommands(program: Command): void {
  const policy = program.command('policy').description('check, lint and seal the policy file');

  policy
    .command('check')
    .description('say everything that is wrong with policy.json and mapping.json')
    .addOption(directory)
    .action(policyCheck);

  policy
    .command('lint')
    .description('warn about weak domains, clear parts, elements that nobody uses and roles that may do everything')
    .addOption(directory)
    .option('--json', 'the warnings as JSON')
    .action(policyLint);

  policy
    .command('seal')
    .description('seal policy.json (and mapping.json) under the keys it has; tokens stay readable')
    .addOption(directory)
    .action(policySeal);
}
