// Some thousand rows of a file through the use case of the product: one request a column, and rows that are kept or rejected whole.
import { Aggregate } from '../audit/aggregate.ts';
import { isPolicyEntry, type TrailEntry } from '../audit/entry.ts';
import type { AuditEntry } from '../audit/record.ts';
import type { RequestOrigin, Target } from '../protect/batch.ts';
import { type AnyColumn, PackedColumn, packedOf } from '../protect/columns/packed-column.ts';
import type { CompiledPolicy } from '../protect/compile.ts';
import { findRefusedValues, type Protector } from '../protect/protector.ts';
import { RefusedError } from '../protect/refusal.ts';
import { type Reject, refusedValue } from './rejects.ts';

/** A column of the file, and what is done with it. */
export interface FileColumn {
  /** As the user names it: a column's name, or a JSON path. */
  readonly name: string;
  readonly target: Target;
}

/** The values of one column of a batch. */
export interface Filled {
  readonly column: AnyColumn;
  /** The row of each value; absent where every row of the batch has one. */
  readonly rows: Uint32Array | undefined;
}

/** A batch of rows that a format has read. */
export interface RowBatch {
  /**
   * Reads the values of a column, without those of rejected rows. Calls `reject` for a value that cannot be read; the row is then
   * left out.
   */
  fill(
    column: number,
    rejected: ReadonlyMap<number, Reject>,
    reject: (row: number, refusal: RefusedError) => void,
  ): Filled;
  readonly rows: number;
}

/** The outcome of a batch: its columns row for row, without the rejected rows. */
export interface ProtectedBatch {
  readonly columns: readonly AnyColumn[];
  readonly rejected: ReadonlyMap<number, Reject>;
}

/** What protects batches: `BatchProtector`. The result is valid until the next call. */
export interface RowProtector {
  run(batch: RowBatch): Promise<ProtectedBatch>;
}

/** A value was refused, and rows may not be rejected. `reject` is of the batch; `entry` is what the trail must say of it. */
export class RowRefusedError extends Error {
  readonly reject: Reject;
  readonly entry: AuditEntry;
  readonly target: Target;

  constructor(reject: Reject, entry: AuditEntry, target: Target) {
    super('A row was refused');
    this.reject = reject;
    this.entry = entry;
    this.target = target;
  }
}

export interface BatchProtectorOptions {
  readonly protector: Protector;
  readonly policy: CompiledPolicy;
  readonly columns: readonly FileColumn[];
  /** How the records of each column are to name where they come from. */
  readonly origin: (column: number) => RequestOrigin;
  /** False: the first bad value refuses the batch. */
  readonly mayReject: boolean;
}

/**
 * Protects batch after batch, and sums what the trail is to say of them: one entry for each column and outcome. Values of rejected rows
 * are counted as refused where they are why, and else not at all, since no output holds them.
 */
export class BatchProtector implements RowProtector {
  readonly #options: BatchProtectorOptions;
  readonly #units: Uint16Array<ArrayBuffer>[];
  readonly #ends: Uint32Array<ArrayBuffer>[];
  #entries = new Aggregate({ acrossRequests: true });
  #refused: readonly TrailEntry[] = [];

  constructor(options: BatchProtectorOptions) {
    this.#options = options;
    this.#units = options.columns.map(() => new Uint16Array(0));
    this.#ends = options.columns.map(() => new Uint32Array(0));
  }

  /** Returns the entries since the last call. */
  takeEntries(): readonly AuditEntry[] {
    const entries = this.#entries.drain();
    this.#entries = new Aggregate({ acrossRequests: true });
    return entries.filter((entry): entry is AuditEntry => !isPolicyEntry(entry));
  }

  /** What the trail is to say of the refusal that `run` rejected with, where it is about no value. */
  get refused(): readonly TrailEntry[] {
    return this.#refused;
  }

  /**
   * Protects a batch. The result is valid until the next call. Rejects with `RefusedError` for a refusal that is about no value, and with
   * `RowRefusedError` for a value where rows may not be rejected.
   */
  async run(batch: RowBatch): Promise<ProtectedBatch> {
    const { columns, mayReject } = this.#options;
    const rejected = new Map<number, Reject>();
    const refusals: [column: number, refusal: RefusedError][] = [];
    for (;;) {
      const before = rejected.size;
      const entries: TrailEntry[] = [];
      const results: AnyColumn[] = [];
      for (const column of columns.keys()) {
        const reject = (row: number, refusal: RefusedError): void => {
          if (!mayReject) throw this.#rowRefused(row, column, refusal);
          if (rejected.has(row)) return;
          rejected.set(row, refusedValue(row, column, refusal));
          refusals.push([column, refusal]);
        };
        // oxlint-disable-next-line no-await-in-loop -- the columns share the buffers of the methods
        const result = await this.#runColumn(column, batch, rejected, reject, entries);
        if (result !== undefined) results.push(result);
      }
      if (rejected.size === before) {
        for (const entry of entries) this.#entries.add(entry);
        for (const [column, refusal] of refusals) this.#entries.add(this.#refusalEntry(column, refusal));
        return { columns: results, rejected };
      }
    }
  }

  async #runColumn(
    column: number,
    batch: RowBatch,
    rejected: ReadonlyMap<number, Reject>,
    reject: (row: number, refusal: RefusedError) => void,
    entries: TrailEntry[],
  ): Promise<AnyColumn | undefined> {
    const { protector, columns, origin, policy } = this.#options;
    const { target } = columns[column]!;
    const { column: values, rows } = batch.fill(column, rejected, reject);
    if (values.length === 0) return values;
    const own: TrailEntry[] = [];
    const recorder = protector.recordingTo({
      record: (entry) => {
        entries.push(entry);
        own.push(entry);
      },
    });
    const again = (): AnyColumn => batch.fill(column, rejected, () => {}).column;
    try {
      return await recorder.run({
        origin: origin(column),
        target: () => target,
        column: () => values,
        columnAgain: again,
        encode: (answered) => this.#kept(column, answered),
      });
    } catch (error) {
      if (!(error instanceof RefusedError) || error.row === undefined) {
        this.#refused = own;
        throw error;
      }
      const rowOf = (value: number): number => (rows === undefined ? value : rows[value]!);
      if (!this.#options.mayReject) reject(rowOf(error.row), error);
      let found = 0;
      findRefusedValues(policy, { ...target, column: again() }, (value, refusal) => {
        found++;
        reject(rowOf(value), refusal);
      });
      // A method may refuse a value among others and take it alone; then the value that it named is the bad one.
      if (found === 0) reject(rowOf(error.row), error);
      return undefined;
    }
  }

  /** Copies a packed result: it is lost when the next column's method runs. */
  #kept(column: number, answered: AnyColumn): AnyColumn {
    const packed = packedOf(answered);
    if (!(packed instanceof PackedColumn)) return packed;
    const { units, ends } = packed.text;
    const length = ends.at(-1) ?? 0;
    if (this.#units[column]!.length < length) this.#units[column] = new Uint16Array(2 * length);
    if (this.#ends[column]!.length < ends.length) this.#ends[column] = new Uint32Array(2 * ends.length);
    this.#units[column]!.set(units.subarray(0, length));
    this.#ends[column]!.set(ends);
    const text = {
      units: this.#units[column]!.subarray(0, length),
      ends: this.#ends[column]!.subarray(0, ends.length),
    };
    return new PackedColumn(text, packed.nulls);
  }

  #rowRefused(row: number, column: number, refusal: RefusedError): RowRefusedError {
    const entry = { ...this.#refusalEntry(column, refusal), row };
    return new RowRefusedError(refusedValue(row, column, refusal), entry, this.#options.columns[column]!.target);
  }

  #refusalEntry(column: number, refusal: RefusedError): AuditEntry {
    const { policy, columns, origin } = this.#options;
    const { caller, ...place } = origin(column);
    const { operation, element, oldElement } = columns[column]!.target;
    return {
      ...place,
      user: policy.decider.spelledUser(caller.user) ?? caller.user,
      operation,
      element,
      oldElement,
      code: refusal.auditCode,
      count: 1,
      dataStore: policy.dataStore,
      policyVersion: policy.version,
    };
  }
}
