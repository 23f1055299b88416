import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { httpFront } from '../../../lib/local/http-front.ts';
import { causesOf, logLine } from '../../runtime/application-log.ts';
import { CliError } from '../failure.ts';
import { localEnvironment } from '../local-environment.ts';
import { localRouting, startLocalForwarder } from '../local-forwarder.ts';
import { localFunctions, localTenants } from '../local-functions.ts';
import { localGateway } from '../local-gateway.ts';
import { print, say, styled } from '../output.ts';
import { workspace } from '../workspace.ts';

export interface ServeOptions {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** `protector serve`: answers over HTTP until it is told to stop (SIGINT, SIGTERM); requests under way are answered, and events forwarded, first. */
export async function serve({ dir, host, port }: ServeOptions): Promise<void> {
  const ws = workspace(dir);
  const environment = await localEnvironment(ws);
  const gateway = localGateway(ws);
  const routing = localRouting(ws, insecureLocalKeyService(ws.localKey));
  const forwarder = startLocalForwarder(ws, routing, (entry) => process.stderr.write(logLine(entry)));
  try {
    const functions = localFunctions(environment);
    const tenants = localTenants(gateway);
    const loopback = LOOPBACK.includes(host) || host === '::1';
    const front = httpFront({
      functions: { ...functions, tenants },
      snowflake: functions.snowflake,
      rest: functions.rest,
      tenants,
      onFault: (error) => {
        process.stderr.write(logLine({ level: 'ERROR', message: 'Request failed', cause: causesOf(error) }));
      },
      hosts: loopback ? LOOPBACK : undefined,
    });
    const server = createAdaptorServer({ fetch: front.fetch }) as Server;
    const { port: bound } = await listen(server, host, port);
    if (!loopback)
      say(`Everybody who reaches ${host}:${bound} may unprotect as any user: this is for trials, not for real data.`);
    print(`${styled('green', '✓')} http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    await stopped(server);
  } finally {
    await gateway.close();
    await Promise.all([environment.close(), forwarder.stop()]);
  }
}

/** Rejects with `CliError` when nothing can listen there. */
function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = errorCode(error);
      const reason =
        code === 'EADDRINUSE'
          ? `Port ${port} is taken: choose another with --port, or stop what listens there`
          : `Cannot listen on ${host}:${port} (${code})`;
      reject(new CliError('CLI_USAGE', reason));
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/** Resolves when the server has closed after a signal. A second signal ends the process at once, as without this. */
function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      say('Stopping: requests under way are answered.');
      // A connection becomes idle when its last answer has left, and its client may keep it open.
      const sweep = setInterval(() => server.closeIdleConnections(), 100);
      server.close(() => {
        clearInterval(sweep);
        resolve();
      });
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
