// `protector invoke redshift`, `snowflake`, `rest` and `tenants`: one command for each function.
import { command, options } from '../core/command.ts';
import { pathOrStdin } from '../core/readers.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

const event = options({
  event: {
    value: '<file>',
    read: pathOrStdin,
    required: true,
    summary: 'the event as JSON; - reads standard input',
  },
  ...workspaceDir,
});

function invoke(name: 'redshift' | 'snowflake' | 'rest' | 'tenants', summary: string, help = '') {
  return command({
    name,
    summary,
    options: event,
    help,
    run: async ({ event: file, dir }, io) => {
      const { invokeFunction } = await import('./invoke.run.ts');
      return invokeFunction(name, file, workspace(dir), io);
    },
  });
}

export const invokeRedshift = invoke(
  'redshift',
  'a Redshift Lambda UDF request',
  `
Example:
  echo '{"user":"test_user","external_function":"public.pty_protect_dessn","num_records":1,"arguments":[["900-12-3456"]]}' \\
    | protector invoke redshift --event -`,
);

export const invokeSnowflake = invoke(
  'snowflake',
  'a request of a Snowflake external function, as API Gateway hands it on (payload format 1.0 or 2.0)',
);

export const invokeRest = invoke(
  'rest',
  'a REST request: as API Gateway hands it on, or {"path": "/v1/protect", "body": "…", "headers": {}}',
);

export const invokeTenants = invoke(
  'tenants',
  'a request of a tenant-security client, as API Gateway hands it on (payload format 1.0 or 2.0)',
);
