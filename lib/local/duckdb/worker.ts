// DuckDB runs in this worker because its scalar functions are synchronous and their answers are not: the worker can
// block until the main thread has the answer, the main thread cannot.
// oxlint-disable unicorn/require-post-message-target-origin -- worker threads, not windows
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  DuckDBScalarFunction,
  StatementType,
  VARCHAR,
} from '@duckdb/node-api';
import {
  messageOf,
  type Reply,
  type Request,
  type Response,
  SESSION_CLOSED,
  Signal,
  type WorkerSetup,
} from './protocol.ts';
import { columnsOf, hasRows, readChunk, readResult } from './result.ts';
import type { ExternalCall, SqlResult } from './sql.ts';
import { statementTexts } from './sql-tokens.ts';
import { readStrings } from './strings.ts';

const setup: WorkerSetup = workerData;
const { databasePath, functionNames, replyPort, signals } = setup;

// Built-in formats are CSV, Parquet and JSON. Nothing else is loaded, and nothing is downloaded, unless a statement
// says INSTALL.
const OPTIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

const INTERRUPT_EVERY_MS = 20;

let queryId = 0;
/** Why the last call of an external function by the statement that runs failed. */
let refusal: string | undefined;
/** External functions answer NULL by themselves: a statement runs once more only to say why it failed. */
let isRehearsal = false;
/** Resolves when what was sent last is taken. */
let taken: PromiseWithResolvers<void> | undefined;
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
  if (isRehearsal) return call.column.map(() => null);
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
        refusal = messageOf(error);
        info.setError(refusal);
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

/** Prepares and runs the statements in `sql`, one after the other: one can only be prepared once those before it have run. */
async function eachStatement(
  connection: DuckDBConnection,
  sql: string,
  run: (statement: DuckDBPreparedStatement, text: string | undefined) => Promise<void>,
): Promise<void> {
  const statements = await connection.extractStatements(sql).catch(() => null);
  if (statements === null) {
    // Blank, which is fine, or not SQL: then `run` throws the plain message, which extractStatements would wrap.
    await connection.run(sql);
    return;
  }
  const texts = statementTexts(sql);
  const areKnown = texts.length === statements.count;
  for (let index = 0; index < statements.count; index += 1) {
    if (isClosing()) throw new Error(SESSION_CLOSED);
    queryId += 1;
    refusal = undefined;
    // oxlint-disable-next-line no-await-in-loop -- one at a time
    const statement = await statements.prepare(index);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one at a time
      await run(statement, areKnown ? texts[index] : undefined);
    } finally {
      statement.destroySync();
    }
  }
}

async function runStatements(connection: DuckDBConnection, sql: string): Promise<readonly SqlResult[]> {
  const results: SqlResult[] = [];
  await eachStatement(connection, sql, async (statement) => {
    results.push(await readResult(queryId, await statement.run()));
  });
  return results;
}

/** Sends a part of a result, and resolves when it is taken: no more than one part is on its way. */
function handOver(response: Response): Promise<void> {
  taken = Promise.withResolvers<void>();
  respond(response);
  return taken.promise;
}

/** Runs a statement and sends its result in parts, while DuckDB keeps a megabyte of it at most. */
async function streamStatement(
  connection: DuckDBConnection,
  statement: DuckDBPreparedStatement,
  text: string | undefined,
): Promise<void> {
  const result = await statement.stream();
  const { isStreaming } = result;
  let rows = 0;
  if (hasRows(result)) {
    const types = result.columnTypes();
    await handOver({ kind: 'begun', columns: columnsOf(result) });
    for (;;) {
      if (isClosing()) throw new Error(SESSION_CLOSED);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      rows += chunk.rowCount;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await handOver({ kind: 'chunk', values: readChunk(chunk, types), rowCount: chunk.rowCount });
    }
  } else await handOver({ kind: 'begun', columns: [], ...(await changedBy(result)) });
  // The binding reports no error of a fetch: a stream that failed ends like one that is complete, and is none any more.
  if (!isStreaming || result.isStreaming) return;
  if (isClosing()) throw new Error(SESSION_CLOSED);
  if (refusal !== undefined) throw new Error(refusal);
  const isRepeatable = statement.statementType === StatementType.SELECT && text !== undefined;
  const reason = isRepeatable ? await rehearse(connection, text) : undefined;
  throw new Error(reason ?? `${failedAfter(rows)}: run it as "create table t as …", which does`);
}

function failedAfter(rows: number): string {
  return `The query failed after ${rows.toLocaleString('en-US')} rows, and DuckDB does not say why`;
}

/** Returns how many rows a statement wrote, where it says so. */
async function changedBy(result: DuckDBResult): Promise<{ readonly changed?: number }> {
  const { rows } = await readResult(queryId, result);
  const changed = rows[0]?.[0];
  return typeof changed === 'string' || typeof changed === 'number' ? { changed: Number(changed) } : {};
}

/**
 * Runs a SELECT once more, keeps no row of it, and returns why it fails; undefined where it does not. No external function is asked
 * again, so nothing is protected or recorded twice.
 */
async function rehearse(connection: DuckDBConnection, text: string): Promise<string | undefined> {
  isRehearsal = true;
  try {
    await connection.run(`explain analyze\n${text}`);
    return undefined;
  } catch (error) {
    // The statement begins on the second line of what ran.
    return messageOf(error).replace(/^LINE (\d+):/m, (_, line: string) => `LINE ${Number(line) - 1}:`);
  } finally {
    isRehearsal = false;
  }
}

async function serve(): Promise<void> {
  const { instance, connection } = await open();
  const run = async (work: () => Promise<readonly SqlResult[]>): Promise<void> => {
    try {
      respond({ kind: 'results', results: await work() });
    } catch (error) {
      respond({ kind: 'failed', message: messageOf(error) });
    }
  };
  const stream = async (sql: string): Promise<readonly SqlResult[]> => {
    await eachStatement(connection, sql, (statement, text) => streamStatement(connection, statement, text));
    return [];
  };
  const close = async (): Promise<void> => {
    taken?.reject(new Error(SESSION_CLOSED));
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
    switch (request.kind) {
      case 'run':
        running = run(() => runStatements(connection, request.sql));
        break;
      case 'stream':
        running = run(() => stream(request.sql));
        break;
      case 'more':
        taken?.resolve();
        break;
      case 'close':
        void close();
        break;
    }
  });
  respond({ kind: 'opened' });
}

try {
  await serve();
} catch (error) {
  respond({ kind: 'failed', message: messageOf(error) });
  end();
}
