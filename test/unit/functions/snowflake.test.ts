import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { snowflakeHandler } from '../../../functions/runtime/protect/snowflake.ts';
import { gatewayEvent } from '../../../lib/local/gateway-event.ts';
import type { GatewayReply } from '../../../lib/wire/gateway.ts';
import { AnsweredBatches } from '../../../lib/wire/snowflake/answered-batches.ts';
import { changed, compiledPolicy, lambdaContext, POLICY, testEnvironment } from '../../support/policy.ts';

const VALUES = ['944-07-4214', null, '951-08-9204'];

interface Ask {
  readonly batchId?: string;
  readonly queryId?: string;
  readonly user?: string;
  readonly rule?: object;
  readonly values?: readonly (string | null)[];
}

/** One execution environment: a function with its trail. */
function execution() {
  let policy = compiledPolicy();
  const surroundings = testEnvironment(() => Promise.resolve(policy));
  const reload = (next: typeof policy): void => void (policy = next);
  const handler = snowflakeHandler(surroundings.environment, surroundings.write);
  const send = ({
    batchId = 'b:1',
    queryId = 'q',
    user = 'test_user',
    rule,
    values = VALUES,
  }: Ask = {}): Promise<GatewayReply> => {
    const headers = {
      'sf-external-function-query-batch-id': batchId,
      'sf-external-function-current-query-id': queryId,
      'sf-context-current-user': user,
      'sf-custom-X-Protegrity-HCoP-Rules': JSON.stringify({
        jsonpaths: [rule ?? { op_type: 'PROTECT', data_element: 'deSSN' }],
      }),
    };
    const body = JSON.stringify({ data: values.map((value, row) => [row, value]) });
    return handler(gatewayEvent('POST', '/snowflake', Object.entries(headers), body), lambdaContext());
  };
  const counts = () =>
    surroundings.records().map(({ additional_info: info, cnt, protection }) => {
      return { batch: info.batch_id, code: protection.audit_code, cnt, repeated: info.repeated_cnt };
    });
  return { ...surroundings, send, counts, reload };
}

describe('a batch with bad values', () => {
  test('has them counted in the values as they were sent, though a method has overwritten them', async () => {
    const { send } = execution();
    const values = ['123456789', 'abcdefgh', '987654321', 'xyzxyz'];
    const tokens = await send({ rule: { op_type: 'PROTECT', data_element: 'deText' }, values });
    const { data } = JSON.parse(tokens.body) as { data: [number, string][] };
    const reply = await send({
      rule: { op_type: 'REPROTECT', data_element: 'deSSN', old_data_element: 'deText' },
      values: data.map(([, token]) => token),
    });
    expect(JSON.parse(reply.body)).toEqual({
      success: false,
      error_msg:
        'deSSN: value 2 of 4, unprotected, is too short (at least 6 digits); 2 values of this batch are bad. The new element must take every value of the old one',
    });
  });
});

describe('a batch that Snowflake sends again', () => {
  test('is answered again, and its record marks a repeat and counts nothing', async () => {
    const { send, counts, verify } = execution();
    const first = await send();
    expect(await send()).toEqual(first);
    expect(counts()).toEqual([
      { batch: 'b:1', code: 6, cnt: 2, repeated: undefined },
      { batch: 'b:1', code: 6, cnt: 0, repeated: 2 },
    ]);
    expect(await verify()).toMatchObject({ valid: true, records: 2 });
  });

  test.each<[string, Ask]>([
    ['another batch id', { batchId: 'b:2' }],
    ['another value', { values: ['944-07-4215', null, '951-08-9204'] }],
    ['another order', { values: [null, '944-07-4214', '951-08-9204'] }],
    ['another operation', { rule: { op_type: 'UNPROTECT', data_element: 'deSSN' } }],
    ['another element', { rule: { op_type: 'PROTECT', data_element: 'deText' } }],
    ['another IV', { rule: { op_type: 'PROTECT', data_element: 'deSSN', external_iv: 'x' } }],
  ])('counts when it differs: %s', async (_, change) => {
    const { send, counts } = execution();
    await send();
    await send(change);
    expect(counts().map(({ cnt, repeated }) => [cnt, repeated])).toEqual([
      [2, undefined],
      [2, undefined],
    ]);
  });

  test('counts for another user, who has not seen the values', async () => {
    const { send, counts } = execution();
    await send();
    await send({ user: 'outsider' });
    expect(counts().map(({ code, cnt }) => [code, cnt])).toEqual([
      [6, 2],
      [3, 2],
    ]);
  });

  test('counts when the query is another one', async () => {
    const { send, counts } = execution();
    await send({ queryId: 'q-1' });
    await send({ queryId: 'q-2' });
    await send({ queryId: 'q-2' });
    expect(counts().map(({ cnt, repeated }) => [cnt, repeated])).toEqual([
      [2, undefined],
      [2, undefined],
      [0, 2],
    ]);
  });

  test('counts in clear when a policy that grants has replaced the one that answered NULL', async () => {
    const rule = { op_type: 'UNPROTECT', data_element: 'deSSN' };
    const { send, counts, reload } = execution();
    await send({ rule, user: 'analyst' });
    reload(compiledPolicy(changed(POLICY, ['roles', 1, 'grants', 1, 'permissions'], ['unprotect']), {}, '8'));
    for (let i = 0; i < 2; i++) await send({ rule, user: 'analyst' });
    expect(counts().map(({ code, cnt, repeated }) => [code, cnt, repeated])).toEqual([
      [3, 2, undefined],
      [8, 2, undefined],
      [8, 0, 2],
    ]);
  });

  test('counts under another version of the policy, though it answers the same', async () => {
    const { send, counts, reload } = execution();
    await send();
    reload(compiledPolicy(POLICY, {}, '8'));
    await send();
    expect(counts().map(({ cnt, repeated }) => [cnt, repeated])).toEqual([
      [2, undefined],
      [2, undefined],
    ]);
  });

  test('counts when the first answer was withheld, as its record shows', async () => {
    const { send, sink, counts } = execution();
    sink.down = true;
    expect((await send()).statusCode).toBe(503);
    sink.down = false;
    expect((await send()).statusCode).toBe(200);
    expect(counts().map(({ code, cnt, repeated }) => [code, cnt, repeated])).toEqual([
      [6, 2, undefined],
      [51, 2, undefined],
      [6, 2, undefined],
    ]);
  });

  test('counts when the first was refused', async () => {
    const { send, counts } = execution();
    const values = ['944-07-4214', '12'];
    await send({ values });
    await send({ values });
    expect(counts().map(({ code, cnt, repeated }) => [code, cnt, repeated])).toEqual([
      [22, 1, undefined],
      [22, 1, undefined],
    ]);
  });

  test('counts in another environment, which did not answer it', async () => {
    await execution().send();
    const { send, counts } = execution();
    await send();
    expect(counts()).toEqual([{ batch: 'b:1', code: 6, cnt: 2, repeated: undefined }]);
  });
});

describe('the memory of answered batches', () => {
  test('forgets the oldest first, and no more than it must', () => {
    const answered = new AnsweredBatches(2);
    answered.add('a', '1');
    answered.add('b', '2');
    answered.add('a', '3');
    answered.add('c', '4');
    expect([answered.has('a', '3'), answered.has('b', '2'), answered.has('c', '4')]).toEqual([true, false, true]);
    expect(answered.has('a', '1')).toBe(false);
  });
});

describe('a reply', () => {
  test('has the digest by which Snowflake checks the body', async () => {
    const { headers, body } = await execution().send();
    expect(headers['Content-MD5']).toBe(createHash('md5').update(body).digest('base64'));
  });

  test('that exceeds the limit of Lambda becomes a recorded refusal that names the setting to lower', async () => {
    const { send, counts } = execution();
    const values = Array.from({ length: 60_000 }, (_, row) => `"${row}"`.padEnd(60, '"'));
    const reply = await send({ values, user: 'auditor', rule: { op_type: 'UNPROTECT', data_element: 'deText' } });
    expect([reply.statusCode, reply.body]).toEqual([400, expect.stringContaining('MAX_BATCH_ROWS')]);
    expect(counts()).toEqual([{ batch: 'b:1', code: 21, cnt: 60_000, repeated: undefined }]);
  });
});
