import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { httpFront } from '../../../lib/local/http-front.ts';
import { type ApplicationLog, causesOf, logLine } from '../../runtime/application-log.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { localRouting } from '../delivery/tenant-sinks.ts';
import { localEnvironment } from '../local/environment.ts';
import { startLocalForwarder } from '../local/forwarder.ts';
import { localFunctions, localTenants } from '../local/functions.ts';
import { localGateway } from '../local/gateway.ts';
import { type Address, isLoopback, LOOPBACK, serveUntilStopped } from '../local/listen.ts';
import { done, print, say } from '../output/text.ts';
import { sayIfUnsealed } from '../sealing/unsealed.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Answers over HTTP until it is told to stop. Answers the requests under way, and forwards what was accepted, first. */
export async function serveWorkspace(ws: Workspace, { host, port }: Address, io: Io): Promise<ExitCode> {
  const log: ApplicationLog = (entry) => io.stderr.write(logLine(entry));
  const environment = await localEnvironment(ws, io);
  await sayIfUnsealed(ws, io);
  const gateway = localGateway(ws);
  const forwarder = startLocalForwarder(ws, localRouting(ws, insecureLocalKeyService(ws.localKey)), log);
  try {
    const functions = localFunctions(environment, io);
    const tenants = localTenants(gateway, io);
    const front = httpFront({
      functions: { ...functions, tenants },
      snowflake: functions.snowflake,
      rest: functions.rest,
      tenants,
      onFault: (error) => log({ level: 'ERROR', message: 'Request failed', cause: causesOf(error) }),
      hosts: isLoopback(host) ? LOOPBACK : undefined,
    });
    await serveUntilStopped(front, { host, port }, io, (url, bound) => {
      if (!isLoopback(host)) {
        say(
          io,
          `Anyone who reaches ${host}:${bound} may unprotect as any user: this is for trials, not for real data.`,
        );
      }
      print(io, done(io, url));
    });
    return EXIT.ok;
  } finally {
    await gateway.close();
    await Promise.all([environment.close(), forwarder.stop()]);
  }
}
