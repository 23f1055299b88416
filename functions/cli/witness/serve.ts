import { command } from '../core/command.ts';
import { path, port } from '../core/readers.ts';
import { witnessDir } from './options.ts';

export const serve = command({
  name: 'serve',
  summary: 'cosign checkpoints of logs that only grow, over HTTP (C2SP tlog-witness); stops at Ctrl-C',
  options: {
    log: { value: '<key...>', summary: 'verifier keys of the logs: <origin>+<id>+<base64>' },
    keys: {
      value: '<file...>',
      read: path,
      summary: 'key lists of logs, as "protector audit keys list --json" prints',
    },
    port: { value: '<n>', read: port, summary: 'where to listen; 0 takes a free port', default: 7380 },
    host: {
      value: '<address>',
      summary: 'who can reach it: this machine, unless another address is given',
      default: '127.0.0.1',
    },
    ...witnessDir,
  },
  help: `
Examples:
  protector witness keygen --name witness.example.com/w1
  protector witness serve --keys audit-keys.json`,
  run: async ({ dir, log, keys, host, port: number }, io) => {
    const { serveWitnessOf } = await import('./serve.run.ts');
    return serveWitnessOf(dir, { log, keys }, { host, port: number }, io);
  },
});
