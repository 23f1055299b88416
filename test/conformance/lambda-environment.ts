// Execution environments made of AWS's own programs, unmodified: `aws-lambda-rie`, the emulator of the Runtime and Extensions
// APIs, and `aws-lambda-ric`, the client of the Runtime API that runs the handler. Linux only.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { bodyOf, serve } from '../support/http-server.ts';

export interface LambdaEnvironment {
  /** Sends an event, and resolves to the reply of the handler or to the error that the runtime reported. */
  invoke(event: unknown): Promise<unknown>;
  /** Sends the runtime SIGTERM, as Lambda does at the end. */
  terminate(): void;
  /** What it has printed. */
  output(): string;
  /** Sends SIGKILL, as Lambda does half a second later, and resolves when everything has ended. */
  close(): Promise<void>;
}

/** The parts that both kinds of environment share. */
interface Programs {
  /** Folder of `aws-lambda-rie` and of the package `aws-lambda-ric`. */
  readonly tools: string;
  /** Folder of a bundle. */
  readonly bundle: string;
  readonly variables: Readonly<Record<string, string>>;
}

const runtimeOf = (tools: string): readonly string[] => [
  process.execPath,
  join(tools, 'node_modules/aws-lambda-ric/index.mjs'),
  'index.handler',
];

/** Starts an environment that answers one request at a time. Its function starts with the first one. */
export async function startEmulated({ tools, bundle, variables }: Programs): Promise<LambdaEnvironment> {
  const port = await freePort();
  const api = await freePort();
  const front = ['--runtime-interface-emulator-address', `127.0.0.1:${port}`];
  const addresses = [...front, '--runtime-api-address', `127.0.0.1:${api}`];
  const child = spawn(join(tools, 'aws-lambda-rie'), [...addresses, ...runtimeOf(tools)], {
    cwd: bundle,
    env: { ...variables, LAMBDA_TASK_ROOT: bundle, PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = outputOf(child);
  await listening(child, port, printed);
  return {
    async invoke(event) {
      const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
      const reply = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
      const text = await reply.text();
      if (!reply.ok || text === '') throw new Error(`The emulator answered ${reply.status}: ${text}\n${printed()}`);
      return JSON.parse(text) as unknown;
    },
    terminate() {
      for (const runtime of childrenOf(child.pid!)) process.kill(runtime, 'SIGTERM');
    },
    output: printed,
    async close() {
      for (const runtime of childrenOf(child.pid!)) process.kill(runtime, 'SIGKILL');
      await ended(child);
    },
  };
}

/**
 * Starts an environment as Lambda Managed Instances have it: the client runs `workers` threads, each of which takes
 * further requests while it works on others. The emulator starts such environments from /var/runtime only, so the
 * Runtime API is served here.
 */
export async function startConcurrent(
  { tools, bundle, variables }: Programs,
  workers: number,
): Promise<LambdaEnvironment> {
  const waiting: ServerResponse[] = [];
  const queue: { readonly id: string; readonly body: string }[] = [];
  const open = new Map<string, PromiseWithResolvers<unknown>>();
  const matchUp = (): void => {
    while (waiting.length > 0 && queue.length > 0) {
      const { id, body } = queue.shift()!;
      waiting
        .shift()!
        .writeHead(200, {
          'content-type': 'application/json',
          'lambda-runtime-aws-request-id': id,
          'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
          'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:test',
        })
        .end(body);
    }
  };
  const server = await serve(async (request, response) => {
    const [, , , ...rest] = (request.url ?? '').split('/');
    if (rest.join('/') === 'invocation/next') {
      waiting.push(response);
      return matchUp();
    }
    const body = (await bodyOf(request)).toString();
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    const [kind, id, outcome] = rest;
    const reply: unknown = JSON.parse(body);
    if (kind === 'invocation' && outcome === 'response') open.get(id!)?.resolve(reply);
    else for (const one of open.values()) one.reject(new Error(body));
  });
  const [program, ...args] = runtimeOf(tools);
  const child = spawn(program!, args, {
    cwd: bundle,
    env: {
      AWS_LAMBDA_FUNCTION_VERSION: '7',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '2048',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test',
      ...variables,
      LAMBDA_TASK_ROOT: bundle,
      _HANDLER: 'index.handler',
      AWS_LAMBDA_RUNTIME_API: server.endpoint.slice('http://'.length),
      AWS_LAMBDA_MAX_CONCURRENCY: '64',
      AWS_LAMBDA_NODEJS_WORKER_COUNT: String(workers),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = outputOf(child);
  child.on('exit', (code) => {
    for (const one of open.values()) one.reject(new Error(`The runtime ended (${code}): ${printed()}`));
  });
  return {
    async invoke(event) {
      const id = randomUUID();
      const done = Promise.withResolvers<unknown>();
      open.set(id, done);
      queue.push({ id, body: JSON.stringify(event) });
      matchUp();
      return done.promise;
    },
    terminate() {
      child.kill('SIGTERM');
    },
    output: printed,
    async close() {
      await ended(child);
      await server.close();
    },
  };
}

function outputOf(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  return () => output;
}

async function listening(child: ChildProcess, port: number, printed: () => string): Promise<void> {
  while (child.exitCode === null) {
    // oxlint-disable-next-line no-await-in-loop -- until it answers
    if (await connects(port)) return;
    // oxlint-disable-next-line no-await-in-loop -- until it answers
    await sleep(20);
  }
  throw new Error(`aws-lambda-rie ended (${child.exitCode}): ${printed()}`);
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** Returns the children of a process; each of its threads may have some. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
    .filter((text) => text !== '')
    .map(Number);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
