import { type Command, Option } from 'commander';
import { demo } from '../commands/demo.ts';
import { init } from '../commands/init.ts';
import { invokeRedshift } from '../commands/invoke.ts';
import { methods } from '../commands/methods.ts';
import { query } from '../commands/query.ts';
import { directory, wholeNumber } from './options.ts';

/** What runs the protector: `init`, `demo`, `query`, `invoke`, `methods`. */
export function addRunCommands(program: Command): void {
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
}
