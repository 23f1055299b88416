// The shutdown of an execution environment. Lambda sends SIGTERM and waits up to 500 ms only if an extension is
// registered; without one it kills the process at once. An internal extension may not register for SHUTDOWN (403,
// ShutdownEventNotSupportedForInternalExtension), so this registers one without events, for the sake of the signal.
// Lambda Developer Guide: execution environment lifecycle, shutdown phase; Lambda Extensions API 2020-01-01.
import { request } from 'node:http';

/** The share of the 500 ms that tasks get; the rest is for the process to exit. */
const TASKS_WITHIN_MS = 400;
const EXTENSION_NAME = 'protector-audit-flush';

type ShutdownTask = (giveUp: AbortSignal) => Promise<void>;

const tasks: ShutdownTask[] = [];

/** Runs `task` for at most 400 ms when the environment shuts down, provided that `registerForShutdown` was called. */
export function onShutdown(task: ShutdownTask): void {
  tasks.push(task);
}

/** Runs `task`, which must not wait for anything, when an uncaught fault ends the process. */
export function onFault(task: () => void): void {
  process.on('uncaughtExceptionMonitor', task);
}

/**
 * Registers the extension. Must resolve before the runtime asks for its first invocation, which closes the
 * registration. Rejects when the Extensions API refuses.
 */
export async function registerForShutdown(runtimeApi: string): Promise<void> {
  process.once('SIGTERM', () => {
    void shutDown();
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
  // Tells Lambda that the extension is ready, for which INIT waits. Without events, Lambda never answers.
  call(runtimeApi, 'GET', 'event/next', { 'Lambda-Extension-Identifier': registered.identifier }).catch(() => {});
}

async function shutDown(): Promise<void> {
  const giveUp = AbortSignal.timeout(TASKS_WITHIN_MS);
  await Promise.allSettled(tasks.map((task) => task(giveUp)));
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
