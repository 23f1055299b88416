import { type Command, Option } from 'commander';
import { demo } from '../commands/demo.ts';
import { init } from '../commands/init.ts';
import { invoke, type InvokeOptions } from '../commands/invoke.ts';
import { methods } from '../commands/methods.ts';
import { query } from '../commands/query.ts';
import { serve } from '../commands/serve.ts';
import { directory, portNumber, wholeNumber } from './options.ts';

/** What runs the protector: `init`, `demo`, `query`, `invoke`, `serve`, `methods`. */
export function addRunCommands(program: Command): void {
  program
    .command('init')
    .description('write a sample policy, sample tenants, local keys and what is sealed of them; overwrites nothing')
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
      'run DuckDB SQL in which pty_protect_<element>(text), pty_unprotect_<element>(text) and pty_reprotect_<old>__to__<new>(text) are answered by the Redshift or the Snowflake function',
    )
    .argument('<sql>', "any DuckDB SQL, over your own files too: from 'people.csv', 'x.parquet', 'y.json'")
    .addOption(directory)
    .option('--user <name>', 'the user of the policy who asks', 'test_user')
    .addOption(
      new Option(
        '--via <warehouse>',
        'whose requests to send: those of a Redshift Lambda UDF, or of a Snowflake external function',
      )
        .choices(['redshift', 'snowflake'])
        .default('redshift'),
    )
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

  const invocation = program.command('invoke').description('send one Lambda event to a function and print its reply');
  const event = new Option('--event <file>', 'the event as JSON; - reads standard input').makeOptionMandatory();
  invocation
    .command('redshift')
    .description('a Redshift Lambda UDF request')
    .addOption(event)
    .addOption(directory)
    .addHelpText(
      'after',
      `
Example:
  echo '{"user":"test_user","external_function":"public.pty_protect_dessn","num_records":1,"arguments":[["900-12-3456"]]}' \\
    | protector invoke redshift --event -`,
    )
    .action((options: InvokeOptions) => invoke('redshift', options));
  invocation
    .command('snowflake')
    .description('a request of a Snowflake external function, as API Gateway hands it on (payload format 1.0 or 2.0)')
    .addOption(event)
    .addOption(directory)
    .action((options: InvokeOptions) => invoke('snowflake', options));
  invocation
    .command('rest')
    .description('a REST request: as API Gateway hands it on, or {"path": "/v1/protect", "body": "…", "headers": {}}')
    .addOption(event)
    .addOption(directory)
    .action((options: InvokeOptions) => invoke('rest', options));
  invocation
    .command('tenants')
    .description('a request of a tenant-security client, as API Gateway hands it on (payload format 1.0 or 2.0)')
    .addOption(event)
    .addOption(directory)
    .action((options: InvokeOptions) => invoke('tenants', options));

  program
    .command('serve')
    .description(
      'answer over HTTP: Lambda Invoke API, Snowflake external functions, REST API, keys and events of tenants; stops at Ctrl-C',
    )
    .addOption(new Option('--port <n>', 'where to listen; 0 takes a free port').argParser(portNumber).default(8787))
    .addOption(
      new Option('--host <address>', 'who can reach it: this machine, unless another address is given').default(
        '127.0.0.1',
      ),
    )
    .addOption(directory)
    .addHelpText(
      'after',
      `
Examples, with "protector serve" running:
  curl -s localhost:8787/pty/v1/protect -d '{"user":"test_user","data_element":"deSSN","data":["900-12-3456"]}'
  curl -s localhost:8787/api/1/document/wrap -H "Authorization: cmk $KEY" -d '{"tenantId":"acme","iclFields":{"requestingId":"ann"},"customFields":{}}'
  AWS_ENDPOINT_URL=http://localhost:8787 aws lambda invoke --function-name redshift --payload fileb://event.json reply.json`,
    )
    .action(serve);

  program
    .command('methods')
    .description('list the element types that a policy may have, with alphabet, lengths and an example')
    .option('--json', 'the list as JSON')
    .action(methods);
}
