import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import { httpFront } from '../../../lib/local/http-front.ts';
import { type ApplicationLog, causesOf, logLine } from '../../runtime/application-log.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { localRouting } from '../delivery/tenant-sinks.ts';
import { localEnvironment } from '../local/environment.ts';
import { startLocalForwarder } from '../local/forwarder.ts';
import { localFunctions, localTenants } from '../local/functions.ts';
import { localGateway } from '../local/gateway.ts';
import { done, print, say } from '../output/text.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Where to listen. */
interface Address {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Answers over HTTP until it is told to stop. Answers the requests under way, and forwards what was accepted, first. */
export async function serveWorkspace(ws: Workspace, { host, port }: Address, io: Io): Promise<ExitCode> {
  const log: ApplicationLog = (entry) => io.stderr.write(logLine(entry));
  const environment = await localEnvironment(ws, io);
  const gateway = localGateway(ws);
  const forwarder = startLocalForwarder(ws, localRouting(ws, insecureLocalKeyService(ws.localKey)), log);
  try {
    const functions = localFunctions(environment, io);
    const tenants = localTenants(gateway, io);
    const isLoopback = LOOPBACK.includes(host) || host === '::1';
    const front = httpFront({
      functions: { ...functions, tenants },
      snowflake: functions.snowflake,
      rest: functions.rest,
      tenants,
      onFault: (error) => log({ level: 'ERROR', message: 'Request failed', cause: causesOf(error) }),
      hosts: isLoopback ? LOOPBACK : undefined,
    });
    const server = createAdaptorServer({ fetch: front.fetch }) as Server;
    const bound = (await listen(server, { host, port })).port;
    if (!isLoopback) {
      say(io, `Anyone who reaches ${host}:${bound} may unprotect as any user: this is for trials, not for real data.`);
    }
    const stopped = io.stopped();
    print(io, done(io, `http://${host.includes(':') ? `[${host}]` : host}:${bound}`));
    await stopped;
    say(io, 'Stopping: requests under way are answered.');
    await closed(server);
    return EXIT.ok;
  } finally {
    await gateway.close();
    await Promise.all([environment.close(), forwarder.stop()]);
  }
}

/** Rejects with `CliError` when nothing can listen there. */
function listen(server: Server, { host, port }: Address): Promise<AddressInfo> {
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

/** Resolves when the last answer has left. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // A connection becomes idle when its last answer has left, and its client may keep it open.
    const sweep = setInterval(() => server.closeIdleConnections(), 100);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}
