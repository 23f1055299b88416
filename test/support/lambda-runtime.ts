// An execution environment of AWS Lambda on this machine: the Runtime API and the Extensions API over HTTP, the process of the
// function, frozen between invocations, and the end as Lambda makes it. AWS Lambda Developer Guide: Runtime API 2018-06-01,
// Extensions API 2020-01-01, execution environment lifecycle.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bodyOf, serve } from './http-server.ts';

const BOOTSTRAP = fileURLToPath(new URL('./lambda-bootstrap.mjs', import.meta.url));

export interface RegisteredExtension {
  readonly name: string;
  readonly events: readonly string[];
  /** Whether it has said that it is ready. */
  ready: boolean;
}

export interface LambdaRuntime {
  readonly extensions: readonly RegisteredExtension[];
  /** Error types of registrations that were refused. */
  readonly refusals: readonly string[];
  /** Lines that the function wrote to standard output. */
  readonly output: readonly string[];
  readonly pid: number;
  /** Resolves to the reply of the function, which is frozen then. Rejects with the error it reported. */
  invoke(event: unknown, limit?: { readonly timeoutMs: number }): Promise<unknown>;
  /**
   * Ends the environment: without an extension by SIGKILL at once, else by SIGTERM and, 500 ms later, SIGKILL. Resolves to
   * how the process ended: its exit code or the signal.
   */
  shutdown(): Promise<number | NodeJS.Signals>;
  /** SIGKILL, as after a fault of the host. */
  kill(): Promise<void>;
}

/** Runtimes have this long with an internal extension and without any external one. */
const SHUTDOWN_MS = 500;

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

/** Starts the function `index.handler` in `directory`; resolves when its INIT is over, rejects when it fails. */
export async function startLambda(
  directory: string,
  environment: Readonly<Record<string, string>>,
  { registrationTakesMs = 0 } = {},
): Promise<LambdaRuntime> {
  const extensions = new Map<string, RegisteredExtension>();
  const output: string[] = [];
  const refusals: string[] = [];
  let runtimeIsReady = false;
  const initialised = Promise.withResolvers<void>();
  let invocation: { id: string; event: unknown; timeoutMs: number; done: PromiseWithResolvers<unknown> } | undefined;
  let waiting: ServerResponse | undefined;

  function handOver(): void {
    if (waiting === undefined || invocation === undefined) return;
    send(waiting, 200, invocation.event, {
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(Date.now() + invocation.timeoutMs),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:test',
    });
    waiting = undefined;
  }

  /** INIT is over when the runtime and every extension have asked for what is next. */
  function checkInitialised(): void {
    if (runtimeIsReady && [...extensions.values()].every(({ ready }) => ready)) initialised.resolve();
  }

  function register(request: IncomingMessage, response: ServerResponse, body: string): void {
    const name = String(request.headers['lambda-extension-name'] ?? '');
    const { events = [] } = JSON.parse(body) as { events?: string[] };
    const refuse = (errorType: string, errorMessage: string): void => {
      refusals.push(errorType);
      send(response, 403, { errorType, errorMessage });
    };
    if (runtimeIsReady) return refuse('Extension.RegistrationClosed', 'Extension registration closed already');
    if (name === '') return refuse('Extension.InvalidExtensionName', 'Empty extension name');
    // An extension that registers from inside the runtime's process is an internal one.
    if (events.includes('SHUTDOWN')) {
      return refuse('Extension.InvalidEventType', 'SHUTDOWN: ShutdownEventNotSupportedForInternalExtension');
    }
    if (events.some((event) => event !== 'INVOKE'))
      return refuse('Extension.InvalidEventType', 'ErrorInvalidEventType');
    if ([...extensions.values()].some((other) => other.name === name)) {
      return refuse('Extension.AlreadyRegistered', 'Already registered');
    }
    const id = randomUUID();
    extensions.set(id, { name, events, ready: false });
    send(
      response,
      200,
      { functionName: 'test', functionVersion: '7', handler: 'index.handler' },
      {
        'lambda-extension-identifier': id,
      },
    );
  }

  const server = await serve(async (request, response) => {
    const body = (await bodyOf(request)).toString();
    const [, version, part, ...rest] = (request.url ?? '').split('/');
    if (version === '2020-01-01' && part === 'extension' && request.method === 'POST' && rest[0] === 'register') {
      await sleep(registrationTakesMs);
      return register(request, response, body);
    }
    if (version === '2020-01-01' && part === 'extension' && rest.join('/') === 'event/next') {
      const extension = extensions.get(String(request.headers['lambda-extension-identifier']));
      if (extension === undefined) return send(response, 403, { errorType: 'Extension.UnknownExtensionIdentifier' });
      extension.ready = true;
      return checkInitialised(); // no events, so no answer
    }
    if (version !== '2018-06-01' || part !== 'runtime') return send(response, 404, {});
    if (rest.join('/') === 'invocation/next') {
      waiting = response;
      runtimeIsReady = true;
      checkInitialised();
      return handOver();
    }
    if (rest.join('/') === 'init/error') {
      send(response, 202, { status: 'OK' });
      return initialised.reject(new Error(`INIT failed: ${body}`));
    }
    send(response, 202, { status: 'OK' });
    if (rest[0] !== 'invocation' || rest[1] !== invocation?.id) return;
    const { done } = invocation!;
    invocation = undefined;
    if (rest[2] === 'response') done.resolve(JSON.parse(body));
    else done.reject(new Error(body));
  });

  const child: ChildProcess = spawn(process.execPath, [BOOTSTRAP], {
    cwd: directory,
    env: {
      ...environment,
      AWS_LAMBDA_RUNTIME_API: server.endpoint.slice('http://'.length),
      LAMBDA_TASK_ROOT: directory,
      _HANDLER: 'index.handler',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid!;
  let rest = '';
  let errors = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    output.push(...lines);
  });
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (code, signal) => {
      const ended = new Error(`The function ended (${code ?? signal}): ${errors}`);
      initialised.reject(ended);
      invocation?.done.reject(ended);
      resolve(code ?? signal ?? 0);
    });
  });

  async function end(): Promise<number | NodeJS.Signals> {
    const how = await exited;
    await server.close();
    return how;
  }

  try {
    await initialised.promise;
  } catch (error) {
    child.kill('SIGKILL');
    await end();
    throw error;
  }
  child.kill('SIGSTOP');

  return {
    get extensions() {
      return [...extensions.values()];
    },
    output,
    refusals,
    pid,
    async invoke(event, { timeoutMs } = { timeoutMs: 30_000 }) {
      const done = Promise.withResolvers<unknown>();
      invocation = { id: randomUUID(), event, timeoutMs, done };
      child.kill('SIGCONT');
      handOver();
      try {
        return await done.promise;
      } finally {
        child.kill('SIGSTOP');
      }
    },
    async shutdown() {
      if (extensions.size === 0) {
        child.kill('SIGKILL');
        return end();
      }
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), SHUTDOWN_MS);
      const how = await end();
      clearTimeout(timer);
      return how;
    },
    async kill() {
      child.kill('SIGKILL');
      await end();
    },
  };
}
