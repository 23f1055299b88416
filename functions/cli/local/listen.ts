// A server that listens until the process is told to stop.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { errorCode } from '../../../lib/base/error-code.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { say } from '../output/text.ts';

/** Where to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || host === '::1';
}

/**
 * Serves until the process is told to stop, and answers the requests under way first. Calls `onBound` with the URL once
 * it listens. Rejects with `CliError` when nothing can listen there.
 */
export async function serveUntilStopped(
  front: Hono,
  { host, port }: Address,
  io: Io,
  onBound: (url: string, port: number) => void,
): Promise<void> {
  const server = createAdaptorServer({ fetch: front.fetch }) as Server;
  const bound = (await listen(server, { host, port })).port;
  const stopped = io.stopped();
  onBound(`http://${host.includes(':') ? `[${host}]` : host}:${bound}`, bound);
  await stopped;
  say(io, 'Stopping: requests under way are answered.');
  await closed(server);
}

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
