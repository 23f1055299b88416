// oxlint-disable unicorn/require-post-message-target-origin -- worker threads, not windows
import { MessageChannel, Worker } from 'node:worker_threads';
import {
  messageOf,
  type Reply,
  type Request,
  type Response,
  SESSION_CLOSED,
  Signal,
  type WorkerSetup,
} from './protocol.ts';
import { type ExternalCall, type ExternalFunction, type ResultReader, SqlError, type SqlResult } from './sql.ts';

export interface SqlSessionOptions {
  readonly functions: readonly ExternalFunction[];
  /**
   * Answers one batch: as many values as `call.column` has, in its order. An error fails the statement with the same
   * message. Must not run SQL in its own session: that statement would wait for the one it is part of.
   */
  readonly invoke: (call: ExternalCall) => Promise<readonly (string | null)[]>;
  /** @default a new database in memory */
  readonly databasePath?: string;
}

/** How long the process waits for DuckDB to close when it ends. */
const EXIT_WITHIN_MS = 2000;

/**
 * Starts a worker thread with a DuckDB in it. The session keeps the process alive until it is closed.
 * Throws `SqlError` `SQL_FAILED` when the database cannot be opened or a function cannot be registered.
 */
export async function openSqlSession(options: SqlSessionOptions): Promise<SqlSession> {
  const session = new SqlSession(options);
  await session.opened;
  return session;
}

/** A DuckDB connection whose external functions are answered on this thread. Statements run one at a time. */
export class SqlSession {
  /** Settles when DuckDB has opened or failed to. `openSqlSession` awaits it. */
  readonly opened: Promise<unknown>;
  readonly #invoke: SqlSessionOptions['invoke'];
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #signals = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  readonly #replies = new MessageChannel();
  #openRequest: PromiseWithResolvers<readonly SqlResult[]> | undefined;
  #reader: ResultReader | undefined;
  #turn: Promise<unknown>;
  #closed = false;
  #crash: string | undefined;

  constructor({ functions, invoke, databasePath = ':memory:' }: SqlSessionOptions) {
    this.#invoke = invoke;
    const replyPort = this.#replies.port2;
    const setup: WorkerSetup = {
      databasePath,
      functionNames: functions.map(({ name }) => name),
      replyPort,
      signals: this.#signals,
    };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: setup,
      transferList: [replyPort],
      // Without those of the process: a worker rejects some of them, such as --input-type, and needs none.
      execArgv: [],
    });
    this.#openRequest = Promise.withResolvers<readonly SqlResult[]>();
    this.opened = this.#openRequest.promise;
    this.#turn = this.opened.catch(() => undefined);
    this.#worker.on('message', (response: Response) => this.#receive(response));
    this.#worker.on('error', (error) => {
      this.#crash = messageOf(error);
    });
    // A worker stopped inside an external function would crash the process with a native stack trace.
    const atExit = (): void => {
      this.#end();
      Atomics.wait(this.#signals, Signal.ended, 0, EXIT_WITHIN_MS);
    };
    process.on('exit', atExit);
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        process.off('exit', atExit);
        this.#closed = true;
        this.#replies.port1.close();
        this.#settle((request) => request.reject(this.#closedError()));
        resolve();
      });
    });
  }

  /** Runs the statements in `sql` and resolves to the result of the last one. Throws `SqlError`. */
  async run(sql: string): Promise<SqlResult> {
    const results = await this.runAll(sql);
    return results.at(-1) ?? { queryId: 0, columns: [], rows: [] };
  }

  /** Runs the statements in `sql`, each with its own query id, up to the first that fails. Throws `SqlError`. */
  async runAll(sql: string): Promise<readonly SqlResult[]> {
    return this.#inTurn(() => this.#request({ kind: 'run', sql }));
  }

  /**
   * Runs the statements in `sql` and gives their results to `reader` in parts, in bounded memory, up to the first that fails.
   * Throws `SqlError`, also after parts of a result, and what `reader` throws.
   */
  async stream(sql: string, reader: ResultReader): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    const guard = async (read: () => void | Promise<void>): Promise<void> => {
      if (failure !== undefined) return;
      try {
        await read();
      } catch (error) {
        failure = { error };
        // The rest has no reader.
        void this.close();
      }
    };
    const guarded: ResultReader = {
      begin: (columns, changed) => guard(() => reader.begin(columns, changed)),
      rows: (chunk) => guard(() => reader.rows(chunk)),
    };
    try {
      await this.#inTurn(() => this.#request({ kind: 'stream', sql }, guarded));
    } catch (error) {
      throw failure === undefined ? error : failure.error;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const results = this.#turn.then(work);
    this.#turn = results.catch(() => undefined);
    return results;
  }

  /** Closes the session: running and waiting statements fail. Resolves when the worker has ended. */
  async close(): Promise<void> {
    this.#end();
    await this.#exited;
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    Atomics.store(this.#signals, Signal.closing, 1);
    this.#wake();
    this.#worker.postMessage({ kind: 'close' } satisfies Request);
  }

  #wake(): void {
    Atomics.store(this.#signals, Signal.replied, 1);
    Atomics.notify(this.#signals, Signal.replied);
  }

  async #request(request: Request, reader?: ResultReader): Promise<readonly SqlResult[]> {
    if (this.#closed) throw this.#closedError();
    this.#reader = reader;
    this.#openRequest = Promise.withResolvers<readonly SqlResult[]>();
    this.#worker.postMessage(request);
    return this.#openRequest.promise;
  }

  #receive(response: Response): void {
    switch (response.kind) {
      case 'opened':
        return this.#settle((request) => request.resolve([]));
      case 'results':
        return this.#settle((request) => request.resolve(response.results));
      case 'failed':
        return this.#settle((request) => request.reject(new SqlError('SQL_FAILED', response.message)));
      case 'begun':
        return void this.#hand(() => this.#reader?.begin(response.columns, response.changed));
      case 'chunk':
        return void this.#hand(() => this.#reader?.rows(response));
      case 'call':
        return void this.#answer(response.call);
    }
  }

  /** Gives a part of a result to its reader, and asks for the next one. */
  async #hand(give: () => void | Promise<void>): Promise<void> {
    await give();
    if (!this.#closed) this.#worker.postMessage({ kind: 'more' } satisfies Request);
  }

  /** Answers a call. Never rejects and always replies: the worker is blocked until then, or until `#end` wakes it. */
  async #answer(call: ExternalCall): Promise<void> {
    let reply: Reply;
    try {
      const column = await this.#invoke(call);
      checkColumn(column, call);
      reply = { column };
    } catch (error) {
      reply = { error: messageOf(error) };
    }
    if (this.#closed) return;
    this.#replies.port1.postMessage(reply);
    this.#wake();
  }

  #settle(how: (request: PromiseWithResolvers<readonly SqlResult[]>) => void): void {
    const request = this.#openRequest;
    this.#openRequest = undefined;
    if (request !== undefined) how(request);
  }

  #closedError(): SqlError {
    const message = this.#crash === undefined ? SESSION_CLOSED : `The SQL worker stopped: ${this.#crash}`;
    return new SqlError('SQL_SESSION_CLOSED', message);
  }
}

/** Throws for values that VARCHAR cannot hold. DuckDB would silently turn a lone surrogate into U+FFFD. */
function checkColumn(column: readonly (string | null)[], { functionName, column: asked }: ExternalCall): void {
  if (!Array.isArray(column) || column.length !== asked.length) {
    throw new SqlError(
      'SQL_FAILED',
      `${functionName} answered another number of rows than the ${asked.length} it was sent`,
    );
  }
  const bad = column.findIndex((value) => value !== null && (typeof value !== 'string' || !value.isWellFormed()));
  if (bad !== -1) throw new SqlError('SQL_FAILED', `${functionName} answered no text at row ${bad} of its batch`);
}
