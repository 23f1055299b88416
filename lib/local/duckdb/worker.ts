// DuckDB runs in this worker because its scalar functions are synchronous and their answers are not: the worker can
// block until the main thread has the answer, the main thread cannot.
// oxlint-disable unicorn/require-post-message-target-origin -- worker threads, not windows
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type DuckDBConnection, DuckDBInstance, DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api';
import {
  messageOf,
  type Reply,
  type Request,
  type Response,
  SESSION_CLOSED,
  Signal,
  type WorkerSetup,
} from './protocol.ts';
import { readResult } from './result.ts';
import type { ExternalCall, SqlResult } from './sql.ts';
import { readStrings } from './strings.ts';

const setup: WorkerSetup = workerData;
const { databasePath, functionNames, replyPort, signals } = setup;

// Built-in formats are CSV, Parquet and JSON. Nothing else is loaded, and nothing is downloaded, unless a statement
// says INSTALL.
const OPTIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

const INTERRUPT_EVERY_MS = 20;

let queryId = 0;
let running: Promise<void> = Promise.resolve();

function respond(response: Response): void {
  parentPort?.postMessage(response);
}

/** Ends the worker: nothing native runs any more, and with both ports closed it exits. */
function end(): void {
  replyPort.close();
  parentPort?.close();
  Atomics.store(signals, Signal.ended, 1);
  Atomics.notify(signals, Signal.ended);
}

const isClosing = (): boolean => Atomics.load(signals, Signal.closing) === 1;

/** Blocks this thread until the main thread has answered. Throws the error of the external function. */
function callMainThread(call: ExternalCall): readonly (string | null)[] {
  // The main thread sets `closing` before `replied`, so in this order this thread either sees the one or is woken by
  // the other.
  Atomics.store(signals, Signal.replied, 0);
  if (isClosing()) throw new Error(SESSION_CLOSED);
  respond({ kind: 'call', call });
  Atomics.wait(signals, Signal.replied, 0);
  const reply: Reply = receiveMessageOnPort(replyPort)?.message ?? { error: SESSION_CLOSED };
  if ('error' in reply) throw new Error(reply.error);
  return reply.column;
}

function externalFunction(functionName: string): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: functionName,
    parameterTypes: [VARCHAR],
    returnType: VARCHAR,
    // Called for every row, as in Redshift; otherwise DuckDB calls it while planning, and once for equal arguments.
    volatile: true,
    // Passes NULL to the handler; otherwise DuckDB answers it.
    specialHandling: true,
    mainFunction: (info, chunk, output) => {
      try {
        const answer = callMainThread({ functionName, queryId, column: readStrings(chunk, 0) });
        for (let row = 0; row < answer.length; row += 1) output.setItem(row, answer[row] ?? null);
        output.flush();
      } catch (error) {
        info.setError(messageOf(error));
      }
    },
  });
}

async function open(): Promise<{ readonly instance: DuckDBInstance; readonly connection: DuckDBConnection }> {
  const instance = await DuckDBInstance.create(databasePath, OPTIONS);
  const connection = await instance.connect();
  for (const name of functionNames) connection.registerScalarFunction(externalFunction(name));
  return { instance, connection };
}

async function runStatements(connection: DuckDBConnection, sql: string): Promise<readonly SqlResult[]> {
  const statements = await connection.extractStatements(sql).catch(() => null);
  if (statements === null) {
    // Blank, which is fine, or not SQL: then `run` throws the plain message, which extractStatements would wrap.
    await connection.run(sql);
    return [];
  }
  const results: SqlResult[] = [];
  for (let index = 0; index < statements.count; index += 1) {
    if (isClosing()) throw new Error(SESSION_CLOSED);
    queryId += 1;
    // One at a time: a statement can only be prepared once those before it have run.
    // oxlint-disable-next-line no-await-in-loop
    const statement = await statements.prepare(index);
    try {
      // oxlint-disable-next-line no-await-in-loop
      results.push(await readResult(queryId, await statement.run()));
    } finally {
      statement.destroySync();
    }
  }
  return results;
}

async function serve(): Promise<void> {
  const { instance, connection } = await open();
  const run = async (sql: string): Promise<void> => {
    try {
      respond({ kind: 'results', results: await runStatements(connection, sql) });
    } catch (error) {
      respond({ kind: 'failed', message: messageOf(error) });
    }
  };
  const close = async (): Promise<void> => {
    // Repeatedly, because between two statements there is nothing to interrupt yet.
    const interrupting = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
    connection.interrupt();
    await running;
    clearInterval(interrupting);
    connection.closeSync();
    instance.closeSync();
    end();
  };
  parentPort?.on('message', (request: Request) => {
    if (request.kind === 'run') running = run(request.sql);
    else void close();
  });
  respond({ kind: 'opened' });
}

try {
  await serve();
} catch (error) {
  respond({ kind: 'failed', message: messageOf(error) });
  end();
}
