// oxlint-disable unicorn/require-post-message-target-origin -- worker threads, not windows
import { Worker } from 'node:worker_threads';
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { Failure, FromWorker, PieceResult, Task, ToWorker, WorkerSetup } from './protocol.ts';

/** A piece was not protected. */
export class PieceError extends ProtectorError<'PIECE_FAILED'> {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super('PIECE_FAILED', 'A piece of a file was not protected');
    this.failure = failure;
  }
}

interface Waiting {
  readonly task: Task;
  readonly settle: PromiseWithResolvers<PieceResult>;
}

/** Pieces that wait for a worker, for each worker: enough to keep all of them busy, and a bound of memory. */
const WAITING_EACH = 1;

/** Worker threads that protect pieces, each one at a time. */
export class WorkerPool implements AsyncDisposable {
  readonly #workers: PoolWorker[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #rooms: (() => void)[] = [];

  private constructor() {}

  /** Starts workers. Rejects with `PieceError` where one cannot open the policy. */
  static async open(count: number, setup: WorkerSetup): Promise<WorkerPool> {
    const pool = new WorkerPool();
    for (let i = 0; i < count; i++) pool.#workers.push(new PoolWorker(setup, () => pool.#next()));
    try {
      await Promise.all(pool.#workers.map(({ ready }) => ready));
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
    return pool;
  }

  /** Resolves when another piece may be made ready: the pieces in memory are bounded. */
  async room(): Promise<void> {
    while (this.#waiting.length >= WAITING_EACH * this.#workers.length) {
      // oxlint-disable-next-line no-await-in-loop -- another caller may take the room first
      await new Promise<void>((resolve) => void this.#rooms.push(resolve));
    }
  }

  /** Protects a piece; the bytes of the task are given away. Rejects with `PieceError`. */
  run(task: Task): Promise<PieceResult> {
    const settle = Promise.withResolvers<PieceResult>();
    this.#waiting.push({ task, settle });
    this.#next();
    return settle.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { settle } of this.#waiting.splice(0)) {
      settle.reject(new PieceError({ is: 'fault', name: 'closed' }));
    }
    for (const room of this.#rooms.splice(0)) room();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #next(): void {
    for (const worker of this.#workers) {
      if (this.#waiting.length === 0) break;
      if (worker.isIdle) worker.start(this.#waiting.shift()!);
    }
    for (const room of this.#rooms.splice(0)) room();
  }
}

class PoolWorker {
  readonly ready: Promise<unknown>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #done: () => void;
  #current: PromiseWithResolvers<PieceResult> | undefined;
  #isReady = false;
  #isGone = false;

  constructor(setup: WorkerSetup, done: () => void) {
    this.#done = done;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup, execArgv: [] });
    const opening = Promise.withResolvers<PieceResult>();
    this.#current = opening;
    this.ready = opening.promise;
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#gone(error instanceof Error ? error.name : 'worker'));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#gone('worker ended');
        resolve();
      });
    });
  }

  get isIdle(): boolean {
    return this.#isReady && !this.#isGone && this.#current === undefined;
  }

  start({ task, settle }: Waiting): void {
    this.#current = settle;
    const message: ToWorker = { is: 'task', task };
    this.#worker.postMessage(message, task.is === 'text' ? [task.bytes.buffer] : []);
  }

  async close(): Promise<void> {
    if (!this.#isGone) this.#worker.postMessage({ is: 'close' } satisfies ToWorker);
    await this.#exited;
  }

  #receive(message: FromWorker): void {
    const current = this.#current;
    this.#current = undefined;
    this.#isReady = true;
    switch (message.is) {
      case 'ready':
        current?.resolve({ bytes: new Uint8Array(0), rows: 0, rejects: [], seen: [], entries: [] });
        break;
      case 'done':
        current?.resolve(message.result);
        break;
      case 'failed':
        current?.reject(new PieceError(message.failure));
        break;
    }
    this.#done();
  }

  #gone(name: string): void {
    this.#isGone = true;
    const current = this.#current;
    this.#current = undefined;
    current?.reject(new PieceError({ is: 'fault', name }));
  }
}
