import { command } from '../core/command.ts';
import { path, place, port } from '../core/readers.ts';
import { forwarderFunction, forwarderStore, recordSource, witnessPolicy } from '../options.ts';

export const showConsole = command({
  name: 'console',
  summary:
    'open a page over a workspace, a copy of records or a log group: what was used by whom, the trail live, its verdict, the policy, tenants; stops at Ctrl-C',
  options: {
    port: {
      value: '<n>',
      read: port,
      summary: 'where to listen, on this machine alone; 0 takes a free port',
      default: 0,
    },
    ...recordSource,
    log: {
      value: '<place>',
      read: place,
      summary: "the Merkle log of records that are not the workspace's: a directory, or s3://bucket/prefix",
    },
    keys: { value: '<file>', read: path, summary: 'the list of the public keys, from a source you trust' },
    ...witnessPolicy,
    ...forwarderStore,
    ...forwarderFunction,
  },
  help: `
The address that it prints holds a token, which is new each time: who does not have it sees nothing. The page asks no other host
for anything, and the console keeps nothing.

Examples:
  protector console                                             the workspace in .protector/
  protector console --file copy.jsonl --log log/ --keys keys.json
  protector console --log-group /protector/audit/prod --log s3://bucket/log --keys keys.json --function protector-log-forwarder`,
  run: async (options, io) => {
    const { openConsole } = await import('./console.run.ts');
    return openConsole(options, io);
  },
});
