import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { scriptOptions } from './options.ts';

export const redshift = command({
  name: 'redshift',
  summary: 'Amazon Redshift: Lambda UDFs, by the naming convention and mapping.json',
  options: {
    ...scriptOptions,
    function: {
      value: '<arn>',
      summary: 'the Redshift function, ARN or name; alias Production unless it has another',
    },
    role: {
      value: '<arn>',
      summary: 'what may invoke it; roles that assume one another, separated by commas (default: default)',
    },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Example:
  protector ddl redshift --function protector-redshift --role arn:aws:iam::123456789012:role/redshift-protector \\
    --schema protector --view hr.people.id hr.people.ssn=deSSN > protector.sql`,
  run: async ({ function: lambda, role, ...script }, io) => {
    const { printRedshiftScript } = await import('./redshift.run.ts');
    return printRedshiftScript({ lambda, role }, script, io);
  },
});
