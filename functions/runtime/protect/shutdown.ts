// The end of an execution environment. Lambda sends its runtime SIGTERM, and waits up to 500 ms, only if an extension is
// registered; without one it kills the process at once. An internal extension may not register for SHUTDOWN (403,
// ShutdownEventNotSupportedForInternalExtension): one without events is registered for the sake of the signal.
// Lambda Developer Guide: execution environment lifecycle, shutdown phase; Lambda Extensions API 2020-01-01.
import { request } from 'node:http';

/** What is left of the 500 ms for the process to end by itself. */
const END_WITHIN_MS = 400;
const EXTENSION_NAME = 'protector-audit-flush';

type LastTask = (giveUp: AbortSignal) => Promise<void>;

const lastTasks: LastTask[] = [];

/** Has `task` run when the environment ends, for at most 400 ms, if `awaitTheEnd` has been called. */
export function beforeTheEnd(task: LastTask): void {
  lastTasks.push(task);
}

/**
 * Registers the extension and waits for the signal. Must resolve before the runtime asks for its first invocation: then
 * registration is closed. Rejects when the Extensions API refuses.
 */
export async function awaitTheEnd(runtimeApi: string): Promise<void> {
  process.once('SIGTERM', () => {
    void end();
  });
  const registered = await call(
    runtimeApi,
    'POST',
    'register',
    { 'Lambda-Extension-Name': EXTENSION_NAME },
    '{"events":[]}',
  );
  if (registered.status !== 200 || registered.identifier === undefined) {
    throw new Error(`Lambda refused the extension: status ${registered.status}`);
  }
  // Says that the extension is ready, without which the environment is never; with no events it is never answered.
  call(runtimeApi, 'GET', 'event/next', { 'Lambda-Extension-Identifier': registered.identifier }).catch(() => {});
}

async function end(): Promise<void> {
  const giveUp = AbortSignal.timeout(END_WITHIN_MS);
  await Promise.allSettled(lastTasks.map((task) => task(giveUp)));
  process.exit(0);
}

interface Reply {
  readonly status: number;
  readonly identifier: string | undefined;
}

function call(
  runtimeApi: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(`http://${runtimeApi}/2020-01-01/extension/${path}`, { method, headers }, (response) => {
      const identifier = response.headers['lambda-extension-identifier'];
      response.resume().on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          identifier: Array.isArray(identifier) ? identifier[0] : identifier,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
