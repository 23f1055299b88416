import type { Server } from 'node:http';

/** Starts a server on 127.0.0.1 and a free port. `close` cuts its connections. */
export async function listenLocally(server: Server): Promise<{ endpoint: string; close: () => Promise<void> }> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  };
  return { endpoint: `http://127.0.0.1:${address.port}`, close };
}
