import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ProtectorError } from '../../lib/base/errors.ts';
import { RELEASE } from '../../lib/contract.ts';
import { auditVerify } from './commands/audit-verify.ts';
import { demo } from './commands/demo.ts';
import { init } from './commands/init.ts';
import { invokeRedshift } from './commands/invoke.ts';
import { methods } from './commands/methods.ts';
import { policyCheck, policySeal } from './commands/policy.ts';
import { policyLint } from './commands/policy-lint.ts';
import { query } from './commands/query.ts';
import { EXIT_BAD, EXIT_USAGE, exitCodeOf } from './failure.ts';
import { say, styled } from './output.ts';
import { DEFAULT_DIR } from './workspace.ts';

const program = new Command('protector')
  .description('Protects columns of sensitive data for SQL, and proves who saw what.')
  .version(RELEASE)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes: 0 ok, 1 what was asked for was refused or what was checked is bad, 2 usage or environment.

Start here:
  protector demo                                   protects 100,000 generated customers by SQL, end to end
  protector init                                   a sample policy and local keys in ${DEFAULT_DIR}/
  protector query "select pty_protect_dename(name) from 'people.csv'"
  protector audit verify                           is the trail that this left intact?`,
  );

const directory = new Option('--dir <dir>', 'the directory with policy, keys and audit trail').default(DEFAULT_DIR);

program
  .command('init')
  .description('write a sample policy, local keys and the sealed policy; overwrites nothing')
  .addOption(directory)
  .addHelpText(
    'after',
    '\nUsers of the sample policy: test_user (everything), analyst (cities and postal codes, NULL elsewhere),\nauditor (protected values everywhere). Everybody else is refused.',
  )
  .action(init);

program
  .command('demo')
  .description('protect and unprotect generated customers by SQL, and verify the audit trail')
  .addOption(new Option('--rows <n>', 'how many customers').argParser(wholeNumber).default(100_000))
  .addOption(directory)
  .option('--json', 'one JSON object on standard output, nothing else')
  .action(demo);

program
  .command('query')
  .description(
    'run DuckDB SQL in which pty_protect_<element>(text), pty_unprotect_<element>(text) and pty_reprotect_<old>__to__<new>(text) are answered by the Redshift function',
  )
  .argument('<sql>', "any DuckDB SQL, over your own files too: from 'people.csv', 'x.parquet', 'y.json'")
  .addOption(directory)
  .option('--user <name>', 'the user of the policy who asks', 'test_user')
  .addOption(new Option('--csv', 'CSV with a header line; NULL is empty, an empty text is ""').conflicts('json'))
  .option('--json', 'a JSON array with an object per row')
  .addHelpText(
    'after',
    `
Examples:
  protector query "select name, pty_protect_dename(name) as token from 'people.csv'"
  protector query --user analyst --csv "select pty_unprotect_decity(city) from 'tokens.parquet'"
  protector query "select * from read_csv('people.csv', all_varchar = true)"   keeps the leading zeros of numbers`,
  )
  .action(query);

program
  .command('invoke')
  .description('send one Lambda event to a function and print its reply')
  .command('redshift')
  .description('a Redshift Lambda UDF request')
  .requiredOption('--event <file>', 'the event as JSON; - reads standard input')
  .addOption(directory)
  .addHelpText(
    'after',
    `
Example:
  echo '{"user":"test_user","external_function":"public.pty_protect_dessn","num_records":1,"arguments":[["900-12-3456"]]}' \\
    | protector invoke redshift --event -`,
  )
  .action(invokeRedshift);

program
  .command('methods')
  .description('list the element types that a policy may have, with alphabet, lengths and an example')
  .option('--json', 'the list as JSON')
  .action(methods);

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

program
  .command('audit')
  .description('check the audit trail')
  .command('verify')
  .description(
    'check every signature and the order of every chain; names the first thing wrong as modified, missing, reordered, unsigned or malformed, with its line',
  )
  .addOption(directory)
  .option('--file <file>', 'a file of audit records, one JSON object a line (with --key-file)')
  .option('--key-file <file...>', 'the keys they are signed with: {"key_id": "...", "key": "<base64>"} (with --file)')
  .option('--json', 'the whole report as JSON')
  .action(auditVerify);

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** A reader that has seen enough (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_USAGE);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else if (error instanceof ProtectorError) {
    say(`${styled('red', 'protector:', process.stderr)} ${error.message}`);
    process.exitCode = error.code === 'SQL_FAILED' || error.code === 'POLICY_INVALID' ? EXIT_BAD : exitCodeOf(error);
  } else {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = EXIT_USAGE;
  }
}
