import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { snowflakeHandler } from '../../../../functions/runtime/protect/snowflake.ts';
import { attempt } from '../../../../lib/base/attempt.ts';
import { parseBody, readSnowflakeBody } from '../../../../lib/wire/snowflake/body.ts';
import { tallyBody } from '../../../../lib/wire/snowflake/tally.ts';
import { compiledPolicy, lambdaContext, testEnvironment } from '../../../support/policy.ts';

/** Zipped `{"data":[` and so many megabytes of `[1,2],`: gzip members may follow one another. */
function zippedRows(megabytes: number, end = '[1,2]]}'): string {
  const part = gzipSync('[1,2],'.repeat(2 ** 20 / 6));
  return Buffer.concat([gzipSync('{"data":['), ...Array<Buffer>(megabytes).fill(part), gzipSync(end)]).toString(
    'base64',
  );
}

function execution() {
  const surroundings = testEnvironment(() => Promise.resolve(compiledPolicy()));
  const handler = snowflakeHandler(surroundings.environment, surroundings.write);
  const send = (user: string, body: string, element = 'deSSN', isBase64Encoded = true) => {
    const rules = { jsonpaths: [{ op_type: 'PROTECT', data_element: element }] };
    const headers = { 'sf-context-current-user': user, 'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify(rules) };
    return handler({ httpMethod: 'POST', path: '/', headers, body, isBase64Encoded }, lambdaContext());
  };
  const counts = () => surroundings.records().map(({ cnt, protection }) => [protection.audit_code, cnt]);
  return { send, counts };
}

describe('a body of Snowflake', () => {
  test.each<[string, string, number]>([
    ['rows', '{"data":[[0,"1"],[1,null],[2,"x"]]}', 2],
    ['rows that no parser takes', '{"data":[[0,"1"],[1,"2"],oops', 2],
    ['rows with too many arguments', '{"data":[[0,"1","2"]]}', 0],
    ['nothing', '', 0],
  ])('of an unknown user is counted and not parsed: %s', async (_, body, count) => {
    const { send, counts } = execution();
    const reply = await send('nobody', body, 'deSSN', false);
    expect(reply).toMatchObject({ statusCode: 400, body: expect.stringContaining('username could not be found') });
    expect(counts()).toEqual([[1, count]]);
  });

  test('that unzips to 48 MB is unzipped to the limit only, whoever sends it', async () => {
    const { send, counts } = execution();
    const body = zippedRows(48);
    expect(body.length).toBeLessThan(200_000);
    expect((await send('nobody', body)).body).toContain('username could not be found');
    expect((await send('test_user', body)).body).toContain('the body has more than 18,874,368 bytes');
    expect(counts()).toEqual([
      [1, 0],
      [12, 0],
    ]);
  });

  test('of more rows than a reply has room for is refused before it is parsed', async () => {
    const { send } = execution();
    expect((await send('test_user', zippedRows(16, 'no JSON'))).body).toContain('Response exceeds the 6 MB');
  });

  test('whose values have no room in a reply is refused before the work', async () => {
    const { send, counts } = execution();
    const value = '1'.repeat(1360);
    const rows = (count: number) => JSON.stringify({ data: Array.from({ length: count }, (_, row) => [row, value]) });
    expect((await send('test_user', rows(4700), 'deSSN', false)).body).toContain('Response exceeds the 6 MB');
    expect(counts()).toEqual([[21, 4700]]);
  });

  const cell = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('["', '\\', ',null'),
  );
  const bodies = fc
    .integer({ min: 1, max: 3 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 5 }))
    .map((rows) => rows.map((cells, row) => [row, ...cells]));

  test('has the same counts whether it is parsed or not', () => {
    fc.assert(
      fc.property(bodies, fc.nat(2), (data, indent) => {
        const bytes = Buffer.from(JSON.stringify({ data }, null, indent));
        const { rows, columns } = parseBody(bytes);
        const tally = tallyBody(bytes);
        expect([tally.rows, tally.cells]).toEqual([rows, rows * columns.length]);
        const nulls = columns.map((column) => (column as readonly unknown[]).filter((each) => each === null).length);
        expect(columns.map((_, argument) => tally.nulls[argument] ?? 0)).toEqual(nulls);
      }),
    );
  });

  test.each([
    ['one argument', '[0,2],', 898_777],
    ['three arguments', '[0,2,2,2],', 571_949],
  ])('of %s is parsed up to the rows that a reply has room for', (_, row, most) => {
    const body = (rows: number): Buffer => Buffer.from(`{"data":[${row.repeat(rows)}`);
    const codes = [most, most + 4].map((rows) => attempt(() => readSnowflakeBody(body(rows))));
    expect(codes).toMatchObject([{ error: { code: 'EVENT_MALFORMED' } }, { error: { code: 'REPLY_TOO_LARGE' } }]);
  });
});
