import { command } from '../core/command.ts';
import { port } from '../core/readers.ts';
import { workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const serve = command({
  name: 'serve',
  summary:
    'answer over HTTP: Lambda Invoke API, Snowflake external functions, REST API, keys and events of tenants; stops at Ctrl-C',
  options: {
    port: { value: '<n>', read: port, summary: 'where to listen; 0 takes a free port', default: 8787 },
    host: {
      value: '<address>',
      summary: 'who can reach it: this machine, unless another address is given',
      default: '127.0.0.1',
    },
    ...workspaceDir,
  },
  help: `
Examples, with "protector serve" running:
  curl -s localhost:8787/pty/v1/protect -d '{"user":"test_user","data_element":"deSSN","data":["900-12-3456"]}'
  curl -s localhost:8787/api/1/document/wrap -H "Authorization: cmk $KEY" -d '{"tenantId":"acme","iclFields":{"requestingId":"ann"},"customFields":{}}'
  AWS_ENDPOINT_URL=http://localhost:8787 aws lambda invoke --function-name redshift --payload fileb://event.json reply.json`,
  run: async ({ dir, host, port: number }, io) => {
    const { serveWorkspace } = await import('./serve.run.ts');
    return serveWorkspace(workspace(dir), { host, port: number }, io);
  },
});
