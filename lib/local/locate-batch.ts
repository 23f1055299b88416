import { type ExternalCall, SqlError } from './duckdb/sql.ts';

type Invoke = (call: ExternalCall) => Promise<(string | null)[]>;

/** Rows of a full batch: the length of a DuckDB vector. */
const FULL_BATCH = 2048;
/** A message about one value of a batch. */
const NAMES_A_VALUE = /: value [\d,]+ of [\d,]+ /;

/**
 * Returns an invoker whose refusals also say which batch of the query the bad value is in. DuckDB tells neither the row
 * nor the table of a call, so batches count the values that it has passed to this function, in its own order. A query of
 * one small batch needs no such place.
 */
export function locatingBatches(invoke: Invoke): Invoke {
  let queryId: number | undefined;
  let passed = new Map<string, { batches: number; values: number }>();
  return async (call) => {
    if (call.queryId !== queryId) passed = new Map();
    queryId = call.queryId;
    const { batches, values } = passed.get(call.functionName) ?? { batches: 0, values: 0 };
    const after = { batches: batches + 1, values: values + call.column.length };
    passed.set(call.functionName, after);
    try {
      return await invoke(call);
    } catch (error) {
      const isPart = after.batches > 1 || call.column.length >= FULL_BATCH;
      if (!isPart || !(error instanceof SqlError) || !NAMES_A_VALUE.test(error.message)) throw error;
      const [from, to, number] = [values + 1, after.values, after.batches].map((n) => n.toLocaleString('en-US'));
      const place = `It is in batch ${number} of ${call.functionName} in this query: values ${from} to ${to}, as DuckDB reads them`;
      throw new SqlError(error.code, `${error.message}. ${place}`);
    }
  };
}
