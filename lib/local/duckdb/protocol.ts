import type { MessagePort } from 'node:worker_threads';
import type { ExternalCall, SqlColumn, SqlResult, SqlValue } from './sql.ts';

// The protocol between session.ts (main thread) and worker.ts. At most one request and one call are open at a time.

/** `workerData` of the worker. */
export interface WorkerSetup {
  readonly databasePath: string;
  readonly functionNames: readonly string[];
  /** Carries a `Reply` for each `call`, read synchronously: the worker's event loop is blocked while it waits. */
  readonly replyPort: MessagePort;
  /** One cell for each of `Signal`. */
  readonly signals: Int32Array<SharedArrayBuffer>;
}

/** Cells shared by both threads, initially 0. */
export const Signal = {
  /** 1: a reply is there, or `closing` is set. The worker sets it to 0 before a call, then waits for it. */
  replied: 0,
  /** 1: external functions are no longer answered. */
  closing: 1,
  /** 1: DuckDB is closed and the worker runs nothing. */
  ended: 2,
} as const;

export const SESSION_CLOSED = 'The SQL session is closed';

export type Request =
  | { readonly kind: 'run'; readonly sql: string }
  /** Answered by a `begun` for each statement and a `chunk` for each part of its result, each after a `more`. */
  | { readonly kind: 'stream'; readonly sql: string }
  /** What came last is taken: the worker may send the next part. */
  | { readonly kind: 'more' }
  | { readonly kind: 'close' };

export type Response =
  | { readonly kind: 'opened' }
  | { readonly kind: 'call'; readonly call: ExternalCall }
  | { readonly kind: 'results'; readonly results: readonly SqlResult[] }
  /** `changed`: rows that the statement wrote, in place of a result. */
  | { readonly kind: 'begun'; readonly columns: readonly SqlColumn[]; readonly changed?: number }
  /** At most 2,048 rows, as the values of each column. */
  | { readonly kind: 'chunk'; readonly values: readonly (readonly SqlValue[])[]; readonly rowCount: number }
  | { readonly kind: 'failed'; readonly message: string };

export type Reply = { readonly column: readonly (string | null)[] } | { readonly error: string };

/** Returns the text of any thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
