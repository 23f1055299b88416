import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificate } from './certificates.ts';

export interface TestServer {
  /** `http://127.0.0.1:PORT`, or `https://localhost:PORT` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Serves on a free port of 127.0.0.1, over TLS with a certificate. Resets the connection when `answer` rejects, a bug
 * of the test.
 */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  certificate?: Certificate,
): Promise<TestServer> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    Promise.resolve(answer(request, response)).catch(() => request.socket.destroy());
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer({ ...certificate }, listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.keepAliveTimeout = 0; // a client that Lambda froze for a while finds its connection open
  return {
    endpoint: `${certificate === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${address.port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
