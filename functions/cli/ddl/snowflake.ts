import { command } from '../core/command.ts';
import { jsonOutput, workspaceDir } from '../options.ts';
import { scriptOptions } from './options.ts';

export const snowflake = command({
  name: 'snowflake',
  summary: 'Snowflake: external functions, the API integration, and the trust policy of its role',
  options: {
    ...scriptOptions,
    api: { value: '<url>', summary: 'where the Snowflake function answers' },
    role: { value: '<arn>', summary: 'what Snowflake assumes to call it' },
    integration: { value: '<name>', summary: 'name of the API integration', default: 'protector' },
    ...workspaceDir,
    ...jsonOutput,
  },
  help: `
Example:
  protector ddl snowflake --api https://abc.execute-api.eu-west-1.amazonaws.com/prod/snowflake \\
    --role arn:aws:iam::123456789012:role/snowflake-protector --mask hr.people.ssn=deSSN > protector.sql`,
  run: async ({ api, role, integration, ...script }, io) => {
    const { printSnowflakeScript } = await import('./snowflake.run.ts');
    return printSnowflakeScript({ api, role, integration }, script, io);
  },
});
