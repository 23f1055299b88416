import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadPolicy } from '../../../functions/runtime/reload/policy.ts';
import {
  createInsecureLocalKey,
  insecureLocalKeyService,
} from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { once } from '../../../lib/base/once.ts';
import { type KeyService, KeyServiceError } from '../../../lib/crypto/ports.ts';
import { sealPolicy } from '../../../lib/policy/bundle.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import {
  compiledPolicy,
  POLICY,
  policyContent,
  redshiftEvent,
  type TestHandler,
  testHandler,
} from '../../support/policy.ts';

/** In every value that is sent; in nothing that comes out. */
const CANARY = 'CANARY';

/** What the one record of a refusal says; the rest are members of its `protection`. */
interface ExpectedRecord {
  readonly code: number;
  readonly cnt: number;
  readonly level: string;
  readonly row?: number;
  readonly policy_user?: string;
  readonly dataelement?: string;
}

let under: TestHandler;
beforeEach(() => {
  under = testHandler();
});

/** Everything that leaves by a way other than a result: it holds no value. */
function expectNoValues(reply: unknown): void {
  const shown = JSON.stringify([reply, under.sink.lines, under.log]);
  expect(shown.toUpperCase()).not.toContain(CANARY);
}

describe('a batch that goes well', () => {
  test('is answered in order and leaves a record with every field', async () => {
    const reply = await under.send(redshiftEvent('pty_protect_dename', [CANARY, null, '', 'Ünï-Çødé 🙂 漢字']));
    expect(reply).toEqual({
      success: true,
      num_records: 4,
      results: [expect.any(String), null, '', expect.stringMatching(/^.{3}-.{4} 🙂 .{2}$/u)],
    });
    expectNoValues(reply);
    expect(under.records()).toEqual([
      {
        additional_info: {
          deployment_id: 'test-protect',
          description: 'Data protect operation was successful.',
          cluster: 'arn:aws:redshift:us-east-1:000000000000:cluster:test',
          query_id: 'rs-query-id:5678234',
          request_id: 'request-1',
          clear_parts: true,
          policy_version: '7',
        },
        cnt: 3,
        correlationid: 'rs-query-id:5678234',
        level: 'SUCCESS',
        logtype: 'Protection',
        origin: { ip: '127.0.0.1', hostname: 'localhost', time_utc: 1_800_000_000 },
        protection: {
          audit_code: 6,
          dataelement: 'deName',
          datastore: 'TEST_STORE',
          operation: 'Protect',
          policy_user: 'test_user',
        },
        process: {
          name: 'protect',
          id: '13',
          module: 'coreprovider',
          thread_id: '0',
          user: 'sbx_user1051',
          platform: 'Linux_x64',
          version: 'UNKNOWN',
        },
        protector: {
          family: 'cp',
          version: '0.1.0',
          vendor: 'aws.redshift',
          datastore: 'TEST_STORE',
          pcc_version: '0.1.0',
          core_version: '0.1.0',
          lambda_version: '0.1.0',
        },
        signature: {
          key_id: '95f5a194-b0a4-4351-a',
          chain_id: 'chain',
          sequence: 1,
          checksum: expect.stringMatching(/^[0-9A-F]{64}$/),
        },
      },
    ]);
    expect(under.log).toEqual([]);
  });

  test('is read back by unprotect, and both records count the values', async () => {
    const column = ['5500-0000-0000-0004', null, '', '4111 1111 1111 1111'];
    const tokens = await under.send(redshiftEvent('pty_protect_deccn', column));
    if (!tokens.success) throw new Error(tokens.error_msg);
    expect(tokens.results[3]).toMatch(/^\d{4} \d{4} \d{4} 1111$/);
    expect(await under.send(redshiftEvent('PTY_UNPROTECT_DECCN', tokens.results))).toMatchObject({ results: column });
    expect(under.records().map(({ cnt, protection }) => [cnt, protection.audit_code])).toEqual([
      [3, 6],
      [3, 8],
    ]);
    expect(await under.verify()).toMatchObject({ valid: true, chains: 1, records: 2, successCount: 6 });
  });

  test('of NULLs only gets code 10 and counts no value', async () => {
    const event = { ...redshiftEvent('pty_protect_dessn', [null]), arguments: [[null], null], num_records: 2 };
    expect(await under.send(event)).toEqual({ success: true, num_records: 2, results: [null, null] });
    expect(under.records()).toMatchObject([{ cnt: 0, level: 'SUCCESS', protection: { audit_code: 10 } }]);
  });

  test('of no rows gets code 10', async () => {
    expect(await under.send(redshiftEvent('pty_protect_dessn', []))).toEqual({
      success: true,
      num_records: 0,
      results: [],
    });
    expect(under.records()).toMatchObject([{ cnt: 0, protection: { audit_code: 10 } }]);
  });

  test('reprotects by name and records both elements', async () => {
    const tokens = await under.send(redshiftEvent('pty_protect_dessn', ['1234567890123']));
    if (!tokens.success) throw new Error(tokens.error_msg);
    const moved = await under.send(redshiftEvent('pty_reprotect_dessn__to__deccn', tokens.results));
    const direct = await under.send(redshiftEvent('pty_protect_deccn', ['1234567890123']));
    expect(moved).toEqual(direct);
    expect(under.records()[1]).toMatchObject({
      protection: { audit_code: 50, operation: 'Reprotect', dataelement: 'deCCN', old_dataelement: 'deSSN' },
    });
  });

  test('of 5 MB is answered whole', async () => {
    // Mostly delimiters: FF1 under jest's module system is slow, and its speed is not what is looked at here.
    const column = Array.from({ length: 20_000 }, (_, i) => `${'•'.repeat(80)} ${100_000_000 + i}`);
    const event = redshiftEvent('pty_protect_dessn', column);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeGreaterThan(5 * 1000 * 1000);
    const reply = await under.send(event);
    expect(reply).toMatchObject({ success: true, num_records: 20_000 });
    expect(under.records()).toMatchObject([{ cnt: 20_000, protection: { audit_code: 6 } }]);
    const back = await under.send(redshiftEvent('pty_unprotect_dessn', reply.success ? reply.results : []));
    expect(back.success && back.results.every((cell, row) => cell === column[row])).toBe(true);
  });

  test.each([
    ['analyst', [null, null, null]],
    ['auditor', ['token', null, '']],
  ])('is recorded as a WARNING of code 3 when it shows %s no clear value', async (user, results) => {
    const reply = await under.send(redshiftEvent('pty_unprotect_dename', ['token', null, ''], { user }));
    expect(reply).toEqual({ success: true, num_records: 3, results });
    expect(under.records()).toMatchObject([
      { cnt: 2, level: 'WARNING', protection: { audit_code: 3, policy_user: user, operation: 'Unprotect' } },
    ]);
  });
});

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

/** The results of a batch that goes well. */
async function resultsOf(event: unknown) {
  const reply = await under.send(event);
  if (!reply.success) throw new Error(reply.error_msg);
  return reply.results;
}

describe('elements of several types', () => {
  const all = ['protect', 'unprotect', 'reprotect'];
  const names = ['deSSN', 'deDigits', 'deSealed', 'deAccount', 'deMasked', 'deMasked2'];
  const mask = { fromLeft: 2, fromRight: 2, mode: 'mask', character: '#' };
  const policy = compiledPolicy({
    name: 'P',
    dataStore: 'D',
    elements: [
      { id: uuid(1), name: 'deSSN', method: 'tokenization', type: 'numeric', shortData: 'error' },
      { id: uuid(2), name: 'deDigits', method: 'fpe', type: 'fpe-numeric', shortData: 'error', fromRight: 4 },
      { id: uuid(3), name: 'deSealed', method: 'encryption', type: 'aes-256-siv' },
      { id: uuid(4), name: 'deAccount', method: 'tokenization', type: 'integer', size: 8 },
      { id: uuid(5), name: 'deMasked', method: 'clear', type: 'masking', mask },
      { id: uuid(6), name: 'deMasked2', method: 'clear', type: 'masking', mask },
    ],
    roles: [
      {
        name: 'administrator',
        members: ['test_user'],
        grants: names.map((element) => ({ element, permissions: all })),
      },
      {
        name: 'analyst',
        members: ['analyst'],
        grants: names.map((element) => ({ element, permissions: ['reprotect'], noAccess: 'exception' })),
      },
    ],
  });

  beforeEach(() => {
    under = testHandler(async () => policy);
  });

  test.each([
    ['deDigits', 'deSSN', /^\d{12}$/],
    ['deDigits', 'deSealed', /^[0-9a-f]{58}$/],
    ['deSealed', 'deAccount', /^-?\d{1,19}$/],
    ['deSSN', 'deAccount', /^-?\d{1,19}$/],
  ])(
    'reprotect %s to %s for a user who may unprotect neither, to the token that protect gives',
    async (from, to, shape) => {
      const column = ['123456456789', null, ''];
      const old = await resultsOf(redshiftEvent(`pty_protect_${from}`, column));
      const analyst = { user: 'analyst' };
      const moved = await resultsOf(redshiftEvent(`pty_reprotect_${from}__to__${to}`.toLowerCase(), old, analyst));
      expect(moved).toEqual([expect.stringMatching(shape), null, '']);
      expect(moved).toEqual(await resultsOf(redshiftEvent(`pty_protect_${to}`, column)));
      expect(await resultsOf(redshiftEvent(`pty_unprotect_${to}`, moved))).toEqual(column);
      expect(under.records()[1]).toMatchObject({
        cnt: 2,
        level: 'SUCCESS',
        protection: {
          audit_code: 50,
          operation: 'Reprotect',
          dataelement: to,
          old_dataelement: from,
          policy_user: 'analyst',
        },
      });
      expect(JSON.stringify([under.sink.lines, under.log])).not.toContain(column[0]);
      expect(await under.verify()).toMatchObject({ valid: true, records: 4 });
    },
  );

  test.each([
    ['deSSN', 'deDigits', 'characters at an end'],
    ['deAccount', 'deSSN', 'ASCII signs outside the alphabet'],
    ['deSealed', 'deSSN', 'characters outside the alphabet'],
    ['deMasked', 'deMasked2', 'the whole value'],
  ])('refuse to move %s to %s for a user who may unprotect neither: it would show %s', async (from, to, what) => {
    const event = redshiftEvent(`pty_reprotect_${from}__to__${to}`.toLowerCase(), ['token', null], { user: 'analyst' });
    expect(await under.send(event)).toEqual({
      success: false,
      error_msg: `${to}: User not authorized. Refer to audit log for details. A reprotect from ${from} to ${to} would show more than the user may see: ${what}. Choose an element that shows no more, or have a user move the values who may unprotect ${from}.`,
    });
    const protection = { audit_code: 3, operation: 'Reprotect', dataelement: to, old_dataelement: from };
    expect(under.records()).toMatchObject([{ cnt: 1, level: 'ERROR', protection }]);
  });

  test('move anywhere for a user who sees the clear values', async () => {
    const old = await resultsOf(redshiftEvent('pty_protect_dessn', ['123456456789']));
    expect(await resultsOf(redshiftEvent('pty_reprotect_dessn__to__dedigits', old))).toEqual([
      expect.stringMatching(/^\d{8}6789$/),
    ]);
  });

  test('refuse a reprotect that would show the value', async () => {
    const event = redshiftEvent('pty_reprotect_dessn__to__demasked', ['123456789', null], { user: 'analyst' });
    expect(await under.send(event)).toEqual({
      success: false,
      error_msg: 'deMasked: Unsupported algorithm or unsupported action for the specific data element.',
    });
    expect(under.records()).toMatchObject([
      { cnt: 1, level: 'ERROR', protection: { audit_code: 26, dataelement: 'deMasked', old_dataelement: 'deSSN' } },
    ]);
  });

  test('show a masking element masked to users who may not unprotect it, and clear to the others', async () => {
    const column = [CANARY, null, '', 'abc'];
    expect(await resultsOf(redshiftEvent('pty_protect_demasked', column))).toEqual(column);
    expect(await resultsOf(redshiftEvent('pty_unprotect_demasked', column))).toEqual(column);
    expect(await resultsOf(redshiftEvent('pty_unprotect_demasked', column, { user: 'analyst' }))).toEqual([
      '##NA##',
      null,
      '',
      '###',
    ]);
    const records = under.records();
    expect(records).toMatchObject([
      { cnt: 3, level: 'SUCCESS', protection: { audit_code: 6 } },
      { cnt: 3, level: 'SUCCESS', protection: { audit_code: 8 } },
      {
        cnt: 3,
        level: 'WARNING',
        protection: { audit_code: 3, policy_user: 'analyst', mask_setting: 'left=2,right=2,mode=mask,char=#' },
      },
    ]);
    for (const { protection } of records.slice(0, 2)) expect(protection).not.toHaveProperty('mask_setting');
    expectNoValues(null);
  });
});

describe('a batch that is refused', () => {
  const name = 'pty_protect_dessn';
  const values = [`${CANARY} 123456`, null, '', `${CANARY} 234567`];

  test.each<[string, unknown, string, ExpectedRecord]>([
    [
      'an unknown user',
      redshiftEvent(name, values, { user: 'nobody' }),
      'The username could not be found in the policy in shared memory.',
      { code: 1, cnt: 3, level: 'ERROR', policy_user: 'nobody', dataelement: 'deSSN' },
    ],
    [
      'an unknown element',
      redshiftEvent('pty_protect_denothing', values),
      'denothing: Protect failed. Data element not found. Refer to audit log for details.',
      { code: 2, cnt: 3, level: 'ERROR', dataelement: 'denothing' },
    ],
    [
      'an unknown function',
      redshiftEvent('foo', values),
      'The function name is neither in mapping.json nor of the form pty_protect_<element>, pty_unprotect_<element>, pty_check_<element> or pty_reprotect_<old>__to__<new>',
      { code: 2, cnt: 3, level: 'ERROR' },
    ],
    [
      'a forbidden protect',
      redshiftEvent(name, values, { user: 'analyst' }),
      'deSSN: User not authorized. Refer to audit log for details.',
      { code: 3, cnt: 3, level: 'ERROR', policy_user: 'analyst' },
    ],
    [
      'a forbidden unprotect whose answer is the exception',
      redshiftEvent('pty_unprotect_dessn', values, { user: 'outsider' }),
      'deSSN: User not authorized. Refer to audit log for details.',
      { code: 3, cnt: 3, level: 'ERROR' },
    ],
    [
      'a forbidden reprotect',
      redshiftEvent('pty_reprotect_dessn__to__deccn', values, { user: 'auditor' }),
      'deCCN: User not authorized. Refer to audit log for details.',
      { code: 3, cnt: 3, level: 'ERROR' },
    ],
    [
      'a short value',
      redshiftEvent(name, [...values, `${CANARY} 12345`]),
      'deSSN: value 5 of 5 is too short (at least 6 digits); no other value of this batch is bad. Find every such value before the load: pty_check_deSSN(value) is NULL for a good value, else the reason',
      { code: 22, cnt: 1, level: 'ERROR', row: 4 },
    ],
    [
      'a number',
      redshiftEvent(name, [...values, 123456789]),
      'deSSN: value 5 of 5 has a data type that the element does not take; no other value of this batch is bad. Pass the column as VARCHAR',
      { code: 26, cnt: 1, level: 'ERROR', row: 4 },
    ],
    [
      'a boolean',
      redshiftEvent(name, [true, ...values]),
      'deSSN: value 1 of 5 has a data type that the element does not take; no other value of this batch is bad. Pass the column as VARCHAR',
      { code: 26, cnt: 1, level: 'ERROR', row: 0 },
    ],
    [
      'a number that was rounded',
      redshiftEvent(name, [...values, 2 ** 53]),
      'deSSN: value 5 of 5 is a number that may have been rounded on its way here. Pass the column as VARCHAR: whole numbers beyond 2^53 - 1 and numbers of more than 15 significant digits are not exact',
      { code: 44, cnt: 1, level: 'ERROR', row: 4 },
    ],
    [
      'a cell that is an object',
      redshiftEvent(name, [...values, { value: CANARY }]),
      'The content of the input data is not valid. row 4 holds neither text, number, boolean nor null',
      { code: 44, cnt: 0, level: 'ERROR' },
    ],
    [
      'two arguments',
      redshiftEvent(name, [], { num_records: 1, arguments: [[CANARY, CANARY]] }),
      'The content of the input data is not valid. row 0 has 2 arguments, a function takes exactly 1',
      { code: 44, cnt: 0, level: 'ERROR' },
    ],
    [
      'another number of rows than it says',
      redshiftEvent(name, values, { num_records: 5 }),
      'The content of the input data is not valid. num_records is not the number of rows',
      { code: 44, cnt: 0, level: 'ERROR' },
    ],
    [
      'no user',
      redshiftEvent(name, values, { user: undefined }),
      'The content of the input data is not valid. user is missing',
      { code: 44, cnt: 0, level: 'ERROR', policy_user: '' },
    ],
    [
      'no arguments',
      redshiftEvent(name, values, { arguments: undefined }),
      'The content of the input data is not valid. arguments must be an array of rows',
      { code: 44, cnt: 0, level: 'ERROR' },
    ],
  ])('for %s says why, is recorded and shows no value', async (_, event, error_msg, expected) => {
    const reply = await under.send(event);
    expect(reply).toEqual({ success: false, error_msg });
    const { code, cnt, level, row, ...protection } = expected;
    expect(under.records()).toMatchObject([{ cnt, level, protection: { audit_code: code, ...protection } }]);
    const { description } = under.records()[0]!.additional_info;
    expect(/ \(row (\d+)\)$/.exec(description)?.[1]).toBe(row?.toString());
    expect(under.log).toMatchObject([{ level: 'WARN', message: 'Request refused', requestId: 'request-1', row }]);
    expectNoValues(reply);
  });

  test.each([
    ['null', null],
    ['a text', CANARY],
    ['a number', 7],
    ['a list', [CANARY]],
    ['an empty object', {}],
    ['nothing at all', undefined],
    ['an object with other members', { body: CANARY, headers: {} }],
  ])('for an event that is %s says that it is not valid', async (_, event) => {
    const reply = await under.send(event);
    expect(reply).toEqual({
      success: false,
      error_msg: 'The content of the input data is not valid. external_function is missing',
    });
    expect(under.records()).toMatchObject([{ cnt: 0, protection: { audit_code: 44, policy_user: '' } }]);
    expect(under.records()[0]?.additional_info).not.toHaveProperty('query_id');
    expectNoValues(reply);
  });

  test('for a reply that grew too large names MAX_BATCH_SIZE, and nothing of it is answered', async () => {
    // One byte a letter on the way in, mostly three on the way out; the digits stay as they are.
    const column = Array.from({ length: 20_000 }, () => 'abcdefgh'.repeat(5) + '7'.repeat(210));
    const event = redshiftEvent('pty_protect_dename', column);
    const size = Buffer.byteLength(JSON.stringify(event));
    expect(size).toBeGreaterThan(5 * 1000 * 1000);
    expect(size).toBeLessThan(5 * 1024 * 1024);
    const reply = await under.send(event);
    expect(reply.success ? 'answered' : reply.error_msg).toBe(
      'deName: Response exceeds the 6 MB Lambda limit; lower MAX_BATCH_SIZE or MAX_BATCH_ROWS',
    );
    expect(Object.keys(reply)).toEqual(['success', 'error_msg']);
    expect(under.records()).toMatchObject([{ cnt: 20_000, level: 'ERROR', protection: { audit_code: 21 } }]);
  });

  test('leaves the environment as it was: the next batch is answered, in the same chain', async () => {
    await under.send(null);
    await under.send(redshiftEvent(name, ['12']));
    expect(await under.send(redshiftEvent(name, ['123456']))).toMatchObject({ success: true });
    expect(await under.verify()).toMatchObject({ valid: true, records: 3, chains: 1, successCount: 1 });
  });
});

describe('the policy of a function', () => {
  let directory: string;
  let path: string;
  let keys: KeyService;
  let sealed: string;
  const event = redshiftEvent('pty_protect_dessn', [`${CANARY} 123456`]);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'redshift-'));
    path = join(directory, 'policy.sealed.json');
    await createInsecureLocalKey(join(directory, 'key.json'));
    keys = insecureLocalKeyService(join(directory, 'key.json'));
    const publication = { version: 7, createdAt: new Date(0) };
    sealed = JSON.stringify(await sealPolicy(keys, policyContent(), publication, new Uint8Array(12)));
  });
  beforeEach(async () => {
    await writeFile(path, sealed);
    under = testHandler(once(() => loadPolicy(path, keys)));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  const EMPTY = 'The policy in shared memory is empty.';
  const REFUSED = 'Failed to load data encryption key:';
  const cases: [string, () => Promise<unknown>, string, number][] = [
    ['missing file', () => rm(path), `${EMPTY} No sealed policy can be read at`, 31],
    ['file that is not JSON', () => writeFile(path, `{"${CANARY}`), `${EMPTY} The sealed policy at`, 31],
    ['file that is no bundle', () => writeFile(path, `"${CANARY}"`), `${EMPTY} This is not a sealed bundle`, 31],
    [
      'tampered header',
      () => writeFile(path, sealed.replace('TEST_STORE', CANARY)),
      `${EMPTY} The sealed bundle was altered after it was sealed`,
      31,
    ],
    [
      'tampered ciphertext',
      async () => {
        const bundle = JSON.parse(await readFile(path, 'utf8')) as { ciphertext: string };
        await writeFile(path, JSON.stringify({ ...bundle, ciphertext: `AAAA${bundle.ciphertext.slice(4)}` }));
      },
      `${EMPTY} The sealed bundle was altered after it was sealed`,
      31,
    ],
    [
      'other policy name, so other key context',
      () => writeFile(path, sealed.replace('TEST_POLICY', CANARY)),
      REFUSED,
      14,
    ],
    [
      'other version, so other key context',
      () => writeFile(path, sealed.replace('"version":7', '"version":8')),
      REFUSED,
      14,
    ],
  ];

  test.each(cases)(
    'is reported and recorded as unavailable for a %s, and is loaded again at the next call',
    async (_, harm, text, code) => {
      await harm();
      const reply = await under.send(event);
      expect(reply).toEqual({ success: false, error_msg: expect.stringMatching(/.+/) });
      expect(reply.success ? '' : reply.error_msg.startsWith(text)).toBe(true);
      expect(under.records()).toMatchObject([
        {
          cnt: 0,
          level: 'EXCEPTION',
          protection: { audit_code: code, datastore: 'UNKNOWN', policy_user: 'test_user' },
        },
      ]);
      expect(under.records()[0]?.additional_info).not.toHaveProperty('policy_version');
      expect(under.log).toMatchObject([{ level: 'ERROR', message: 'Request refused' }]);
      expectNoValues(reply);

      await writeFile(path, sealed);
      expect(await under.send(event)).toMatchObject({ success: true, num_records: 1 });
      expect(await under.verify()).toMatchObject({ valid: true, records: 2 });
    },
  );

  test('is a temporary failure while the key service is down', async () => {
    let down = true;
    const shaky: KeyService = {
      generateDataKey: (context) => keys.generateDataKey(context),
      unwrapDataKey: (...args) =>
        down
          ? Promise.reject(new KeyServiceError('KEY_SERVICE_UNAVAILABLE', 'KMS Decrypt failed: TimeoutError'))
          : keys.unwrapDataKey(...args),
    };
    under = testHandler(once(() => loadPolicy(path, shaky)));
    expect(await under.send(event)).toEqual({
      success: false,
      error_msg: 'Temporary failure: Failed to load data encryption key: KMS Decrypt failed: TimeoutError',
    });
    expect(under.records()).toMatchObject([{ cnt: 0, level: 'EXCEPTION', protection: { audit_code: 14 } }]);
    down = false;
    expect(await under.send(event)).toMatchObject({ success: true });
  });

  test('is loaded once for concurrent calls and for those after them', async () => {
    let loads = 0;
    const policy = once(async () => {
      loads += 1;
      return loadPolicy(path, keys);
    });
    under = testHandler(policy);
    await Promise.all([under.send(event), under.send(event), under.send(event)]);
    await under.send(event);
    expect(loads).toBe(1);
  });
});

describe('an audit sink that is down', () => {
  const event = redshiftEvent('pty_protect_dename', [CANARY, null, 'Müller']);
  const refusal = { success: false, error_msg: 'Temporary failure: Failed to send logs, connection refused !' };

  test('withholds the answer; the next call writes the pending record and that its answer was withheld', async () => {
    under.sink.down = true;
    const reply = await under.send(event, 'request-1');
    expect(reply).toEqual(refusal);
    expect(under.sink.lines).toEqual([]);
    expect(under.log).toMatchObject([{ level: 'ERROR', code: 'AUDIT_UNAVAILABLE', requestId: 'request-1' }]);

    under.sink.down = false;
    expect(await under.send(event, 'request-2')).toMatchObject({ success: true });
    expect(
      under
        .records()
        .map(({ additional_info, cnt, level, protection }) => [
          additional_info.request_id,
          protection.audit_code,
          cnt,
          level,
        ]),
    ).toEqual([
      ['request-1', 6, 2, 'SUCCESS'],
      ['request-1', 51, 2, 'EXCEPTION'],
      ['request-2', 6, 2, 'SUCCESS'],
    ]);
    expect(await under.verify()).toMatchObject({ valid: true, records: 3, chains: 1 });
    expectNoValues(reply);
  });

  test('hides the reason of a refusal too, and keeps its record unchanged', async () => {
    under.sink.down = true;
    expect(await under.send(redshiftEvent('pty_protect_dessn', ['12']))).toEqual(refusal);
    under.sink.down = false;
    await under.send(null);
    expect(under.records().map(({ protection }) => protection.audit_code)).toEqual([22, 44]);
  });

  test('refuses every answer while it stays down', async () => {
    under.sink.down = true;
    for (let call = 0; call < 3; call++) {
      expect(await under.send(event)).toEqual(refusal);
    }
    under.sink.down = false;
    expect(await under.send(event, 'last')).toMatchObject({ success: true });
    expect(await under.verify()).toMatchObject({ valid: true, chains: 1 });
    const codes = under.records().map(({ protection }) => protection.audit_code);
    expect(codes.filter((code) => code === 6)).toHaveLength(4);
    expect(codes.filter((code) => code === 51)).toHaveLength(3);
  });
});

describe('calls at the same time', () => {
  test('keep one chain, and each gets its own answer', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `Name ${'abcdefgh'.slice(0, 2 + (i % 6))}`);
    const replies = await Promise.all(
      names.map((name, i) => under.send(redshiftEvent('pty_protect_dename', [name]), `request-${i}`)),
    );
    const alone = testHandler(async () => compiledPolicy());
    for (const [i, name] of names.entries()) {
      expect(replies[i]).toEqual(await alone.send(redshiftEvent('pty_protect_dename', [name])));
    }
    expect(await under.verify()).toMatchObject({ valid: true, records: 40, chains: 1, successCount: 40 });
    expect(under.records().map(({ additional_info }) => additional_info.request_id)).toEqual(
      names.map((_, i) => `request-${i}`),
    );
  });
});

test('a batch of 5 MB that no reply has room for is refused before the work, and recorded', async () => {
  const document = {
    ...POLICY,
    elements: [
      { id: '00000000-0000-4000-8000-000000000001', name: 'deBytes', method: 'tokenization', type: 'unicode-bytes' },
    ],
    roles: [{ name: 'all', members: ['test_user'], grants: [{ element: 'deBytes', permissions: ['protect'] }] }],
  };
  let enciphered = 0;
  const meter = (values: number, work: () => void): void => {
    enciphered += values;
    work();
  };
  const policy = compilePolicy({ version: '7', content: policyContent(document) }, randomBytes, meter);
  const handler = testHandler(() => Promise.resolve(policy));
  const send = (rows: number) => handler.send(redshiftEvent('pty_protect_debytes', Array(rows).fill('ab'.repeat(680))));
  expect(await send(3700)).toMatchObject({ success: false, error_msg: expect.stringContaining('exceeds the 6 MB') });
  expect(handler.records().map(({ cnt, protection }) => [protection.audit_code, cnt])).toEqual([[21, 3700]]);
  expect(enciphered).toBe(0);
  expect(await send(2)).toMatchObject({ success: true });
  expect(enciphered).toBe(2);
});
