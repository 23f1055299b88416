// The rows of one range, which are protected a piece at a time.
import type { AuditEntry } from '../../audit/record.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { FlawedRowError, InPieceError } from '../in-piece.ts';
import { BatchProtector, type FileColumn, RowRefusedError } from '../protect-batch.ts';
import type { Reject } from '../rejects.ts';
import { EndsWork } from './ends-work.ts';
import type { RangeFacts } from './state.ts';
import { type JobInWorld, originOf, recordNow } from './world.ts';

/** A run of rows: a piece of text, or a row group. */
interface Rows {
  readonly rows: number;
  /** Rows count from the run. */
  readonly rejects: readonly Reject[];
  /** How many values there were, by column. */
  readonly seen: readonly number[];
}

/** Protects the rows of a range, and gathers what came of them. */
export class RangeRows {
  /** What protects them. */
  readonly batches: BatchProtector;
  readonly #in: JobInWorld;
  readonly #rejects: Reject[] = [];
  readonly #seen: number[];
  #rows = 0;

  /** `work`: its id. `key`: of the object. */
  constructor(job: JobInWorld, work: string, key: string) {
    const { world, columns } = job;
    const { protector, policy } = world;
    const mayReject = job.job.rejects === 'list';
    this.#in = job;
    this.#seen = columns.map(() => 0);
    this.batches = new BatchProtector({ protector, policy, columns, origin: originOf(job, work, key), mayReject });
  }

  /** How many rows there were so far. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Protects a run of rows, whose first has the number `first`. `from`: the first byte of the range, of several. A refused row ends the work.
   * A refusal that is about no row, such as of a budget that is spent, is in the trail before it rejects.
   */
  async add<T extends Rows>(first: number, from: number | undefined, protect: () => Promise<T>): Promise<T> {
    try {
      const done = await inRange(first, from, this.#in.columns, () => inTurn(protect));
      for (const reject of done.rejects) this.#rejects.push({ ...reject, row: reject.row + this.#rows });
      for (const [column, seen] of done.seen.entries()) this.#seen[column]! += seen;
      this.#rows += done.rows;
      return done;
    } catch (error) {
      if (error instanceof RefusedError) await recordNow(this.#in.world.trail, this.batches.refused);
      throw error;
    }
  }

  /** Returns what came of the rows, once; another call has no entries. */
  take(): Pick<RangeFacts, 'rows' | 'rejects' | 'seen'> & { readonly entries: AuditEntry[] } {
    return { rows: this.#rows, rejects: this.#rejects, seen: this.#seen, entries: [...this.batches.takeEntries()] };
  }
}

/** The piece under work. The engine's buffers belong to the thread, so the tasks of a thread take turns. Never rejects. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

/** Runs `work` on a piece; a refused row becomes the end of the work. */
async function inRange<T>(
  rows: number,
  from: number | undefined,
  columns: readonly FileColumn[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const first = rows + (error instanceof InPieceError ? error.firstRow : 0);
    const cause: unknown = error instanceof InPieceError ? error.cause : error;
    if (!(cause instanceof RowRefusedError) && !(cause instanceof FlawedRowError)) throw cause;
    const { row, column, code, reason } = cause.reject;
    const refusal = {
      code,
      reason,
      row: row + first,
      ...(from !== undefined && { from }),
      ...(columns[column] !== undefined && { column: columns[column].name }),
    };
    throw new EndsWork(refusal, cause instanceof RowRefusedError ? { ...cause.entry, row: row + first } : undefined);
  }
}
