import { Argument, type Command, Option } from 'commander';
import { policyCheck, policySeal } from '../commands/policy.ts';
import { policyDiff } from '../commands/policy-diff.ts';
import { policyExplain } from '../commands/policy-explain.ts';
import { policyLint } from '../commands/policy-lint.ts';
import { policyRollback } from '../commands/policy-rollback.ts';
import { policyRotate } from '../commands/policy-rotate.ts';
import { policyShow } from '../commands/policy-show.ts';
import { schema } from '../commands/schema.ts';
import { SCHEMAS } from '../schemas.ts';
import { directory, json, wholeNumber } from './options.ts';

/** `protector policy …` and `protector schema` */
export function addPolicyCommands(program: Command): void {
  const policy = program
    .command('policy')
    .description('check, compare, explain and seal the policy file, policy.json or policy.yaml');

  policy
    .command('check')
    .description('say everything that is wrong with the policy and mapping files, with path and line')
    .addOption(directory)
    .addOption(json)
    .action(policyCheck);

  policy
    .command('lint')
    .description(
      'warn about weak domains, clear parts, masks that conflict, audit that is switched off, elements that nobody uses and roles that may do everything',
    )
    .addOption(directory)
    .addOption(json)
    .action(policyLint);

  policy
    .command('diff')
    .description('say in words what changes: who may do more or less, which tokens become unreadable')
    .argument('[old]', 'a policy file; default: the sealed policy')
    .argument('[new]', 'a policy file; default: the policy file of --dir')
    .addOption(directory)
    .addOption(json)
    .action(policyDiff);

  policy
    .command('explain')
    .description('say why a user may or may not do something with an element, role by role')
    .requiredOption('--user <name>', 'the user, as the warehouse names it')
    .requiredOption('--element <name>', 'the data element')
    .addOption(directory)
    .addOption(json)
    .action(policyExplain);

  policy
    .command('rotate')
    .description(
      'give an element a new key version, keep the old one readable, and print the SQL that moves a column in place',
    )
    .argument('<element>', 'the data element')
    .option('--table <name>', 'for the SQL: the table')
    .option('--column <name>', 'for the SQL: the column')
    .addOption(directory)
    .addOption(json)
    .action(policyRotate);

  policy
    .command('seal')
    .description('seal the policy (and mapping) file under the keys it has; tokens stay readable')
    .addOption(directory)
    .addOption(json)
    .action(policySeal);

  policy
    .command('rollback')
    .description('go back to the policy version that was in force before; the policy file stays as it is')
    .addOption(directory)
    .addOption(
      new Option('--agent <function>', 'on AWS: the policy agent, which does it for every protect function').env(
        'POLICY_AGENT',
      ),
    )
    .option('--region <region>', 'on AWS: where the agent is; default: as the AWS command line has it')
    .addOption(new Option('--to <version>', 'another version that is kept, newer ones too').argParser(wholeNumber))
    .option('--dry-run', 'say what would change, and change nothing')
    .addOption(json)
    .addHelpText(
      'after',
      '\nWithout --agent it is the workspace of --dir that goes back. Sealing (or, on AWS, uploading) a policy afterwards makes a\nnew version.',
    )
    .action(policyRollback);

  policy
    .command('show')
    .description('show the sealed policy, which is the one in force; never a key')
    .addOption(directory)
    .addOption(json)
    .action(policyShow);

  program
    .command('schema')
    .description('print the JSON Schema of a file, for editors: "$schema" in the file says where it is')
    .addArgument(new Argument('[file]', 'which file').choices(Object.keys(SCHEMAS)).default('policy'))
    .option('--write <dir>', 'write every schema into a directory instead')
    .action(schema);
}
