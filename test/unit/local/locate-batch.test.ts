import { describe, expect, test } from '@jest/globals';
import { SqlError } from '../../../lib/local/duckdb/sql.ts';
import { locatingBatches } from '../../../lib/local/locate-batch.ts';

const FAULT = 'deSSN: value 905 of 2,048 is too short';
const BAD = 'bad';

/** An invoker that refuses a batch with a bad value. */
function located(fault: Error = new SqlError('SQL_FAILED', FAULT)) {
  const invoke = locatingBatches((call) =>
    call.column.includes(BAD) ? Promise.reject(fault) : Promise.resolve([...call.column]),
  );
  return (values: number, end = 'good', functionName = 'pty_protect_dessn', queryId = 1) => {
    const column = [...Array<string>(values - 1).fill('good'), end];
    return invoke({ functionName, queryId, column }).then(
      () => 'answered',
      (error: unknown) => (error as Error).message,
    );
  };
}

describe('a refused batch of a local query', () => {
  test('says which batch of its function it is', async () => {
    const send = located();
    await send(2048);
    await send(100, 'good', 'pty_protect_dename');
    await send(2048);
    expect(await send(10, BAD)).toBe(
      `${FAULT}. It is in batch 3 of pty_protect_dessn in this query: values 4,097 to 4,106, as DuckDB reads them`,
    );
  });

  test('is counted from the start of each query', async () => {
    const send = located();
    await send(2048);
    expect(await send(2048, BAD, 'pty_protect_dessn', 2)).toContain(
      '. It is in batch 1 of pty_protect_dessn in this query: values 1 to 2,048,',
    );
  });

  test('has no place if it is the whole query, or is about no value', async () => {
    expect(await located()(10, BAD)).toBe(FAULT);
    expect(await located(new SqlError('SQL_FAILED', 'deSSN: User not authorized.'))(2048, BAD)).toBe(
      'deSSN: User not authorized.',
    );
    expect(await located(new TypeError(FAULT))(2048, BAD)).toBe(FAULT);
  });
});
