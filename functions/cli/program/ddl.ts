import type { Command } from 'commander';
import { DEFAULT_INTEGRATION, ddlRedshift, ddlSnowflake } from '../commands/ddl.ts';
import { directory, json } from './options.ts';

/** `protector ddl …` */
export function addDdlCommands(program: Command): void {
  const ddl = program
    .command('ddl')
    .description('print the SQL that makes a warehouse know a policy: functions, grants, masking policies, views');
  const warehouse = (name: string, description: string): Command =>
    ddl
      .command(name)
      .description(description)
      .option('--policy <file>', 'the policy; mapping.json beside it counts too (default: those of --dir)')
      .option('--schema <name>', 'where functions go, schema or database.schema (default: the current one)')
      .option(
        '--reprotect <moves...>',
        'old=new: functions that move values to another element; all: between all elements of the same kind that one role may reprotect',
      )
      .option('--mask <column...>', 'table.column=element: attach a masking policy to the column')
      .option(
        '--view <column...>',
        'table.column=element: show the column in the view table_clear; without =element as it is',
      );

  warehouse('redshift', 'Amazon Redshift: Lambda UDFs, by the naming convention and mapping.json')
    .option('--function <arn>', 'the Redshift function, ARN or name; alias Production unless it has another')
    .option('--role <arn>', 'what may invoke it; roles that assume one another, separated by commas (default: default)')
    .addOption(directory)
    .addOption(json)
    .addHelpText(
      'after',
      `
Example:
  protector ddl redshift --function protector-redshift --role arn:aws:iam::123456789012:role/redshift-protector \\
    --schema protector --view hr.people.id hr.people.ssn=deSSN > protector.sql`,
    )
    .action(ddlRedshift);

  warehouse('snowflake', 'Snowflake: external functions, the API integration, and the trust policy of its role')
    .option('--api <url>', 'where the Snowflake function answers')
    .option('--role <arn>', 'what Snowflake assumes to call it')
    .option('--integration <name>', 'name of the API integration', DEFAULT_INTEGRATION)
    .addOption(directory)
    .addOption(json)
    .addHelpText(
      'after',
      `
Example:
  protector ddl snowflake --api https://abc.execute-api.eu-west-1.amazonaws.com/prod/snowflake \\
    --role arn:aws:iam::123456789012:role/snowflake-protector --mask hr.people.ssn=deSSN > protector.sql`,
    )
    .action(ddlSnowflake);
}
