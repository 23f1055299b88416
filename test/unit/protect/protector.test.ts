import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AuditError } from '../../../lib/audit/errors.ts';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { KeyServiceError } from '../../../lib/crypto/ports.ts';
import { BundleError } from '../../../lib/crypto/sealed-bundle.ts';
import type { Cell, Column } from '../../../lib/base/cell.ts';
import type { Target } from '../../../lib/protect/batch.ts';
import { cellsOf, packedOf } from '../../../lib/protect/columns/packed-column.ts';
import { Protector, type ProtectRequest } from '../../../lib/protect/protector.ts';
import { auditLevel } from '../../../lib/audit/codes.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';
import { callerNamed } from '../../support/caller.ts';
import { changed, compiledPolicy, POLICY as POLICY_DOCUMENT } from '../../support/policy.ts';

const PLACE = { vendor: 'aws.redshift', requestId: 'r', queryId: 'q', cluster: 'c' };
/** What a record says of who asks, and from where. */
const ORIGIN = { user: 'test_user', ...PLACE };
const POLICY = compiledPolicy();

let entries: AuditEntry[];
let protector: Protector;
beforeEach(() => {
  entries = [];
  protector = new Protector(
    async () => POLICY,
    { record: (entry) => void entries.push(entry) },
    () => 0,
  );
});

/** A part of a request that refuses. */
const refusing =
  (...why: ConstructorParameters<typeof RefusedError>): (() => never) =>
  () => {
    throw new RefusedError(...why);
  };

interface Ask {
  readonly user?: string;
  readonly target?: Target;
  readonly column?: Column;
}

function request(ask: Ask, change: Partial<ProtectRequest<Cell[]>> = {}): ProtectRequest<Cell[]> {
  return {
    origin: { ...PLACE, caller: callerNamed(ask.user ?? 'test_user') },
    target: () => ask.target ?? { operation: 'Protect', element: 'deSSN' },
    column: () => ask.column ?? ['123456'],
    encode: (answered) => [...cellsOf(answered)],
    ...change,
  };
}

const run = (ask: Ask, change?: Partial<ProtectRequest<Cell[]>>) => protector.run(request(ask, change));
const refused = (ask: Ask, change?: Partial<ProtectRequest<Cell[]>>) =>
  run(ask, change).then(
    () => 'answered',
    (error: unknown) => error,
  );

/** A column that tells whether it is read, and its count. */
const reads = () => {
  const column = jest.fn(() => ['1', null]);
  const count = jest.fn(() => 7);
  return { column, count };
};

/** A reply without any room, which keeps what it is asked for. */
const full = (): { taken: number[]; room: { take: (bytes: number) => void } } => {
  const taken: number[] = [];
  return {
    taken,
    room: {
      take: (bytes) => {
        taken.push(bytes);
        throw new RefusedError('REPLY_TOO_LARGE');
      },
    },
  };
};

describe('one batch', () => {
  test('comes back by the opposite operation, with NULL and empty strings unchanged', async () => {
    const column = ['900-12-3456', null, '', '123456'];
    const tokens = await run({ column });
    expect(tokens).toEqual([expect.stringMatching(/^\d{3}-\d\d-\d{4}$/), null, '', expect.stringMatching(/^\d{6}$/)]);
    expect(tokens[0]).not.toBe(column[0]);
    expect(await run({ column: tokens, target: { operation: 'Unprotect', element: 'deSSN' } })).toEqual(column);
    expect(entries).toEqual([
      {
        ...ORIGIN,
        operation: 'Protect',
        element: 'deSSN',
        dataStore: 'TEST_STORE',
        policyVersion: '7',
        code: 6,
        count: 3,
        clearParts: true,
        weakCount: 0,
      },
      {
        ...ORIGIN,
        operation: 'Unprotect',
        element: 'deSSN',
        dataStore: 'TEST_STORE',
        policyVersion: '7',
        code: 8,
        count: 3,
        weakCount: 0,
      },
    ]);
  });

  test('reprotects to the tokens that protecting the clear values would give: code 50', async () => {
    const [old] = await run({ column: ['1234567890123'] });
    const target = { operation: 'Reprotect', element: 'deText', oldElement: 'deSSN' } as const;
    const moved = await run({ column: [old!, null], target });
    const direct = await run({ column: ['1234567890123', null], target: { operation: 'Protect', element: 'deText' } });
    expect(moved).toEqual(direct);
    expect(entries[1]).toMatchObject({
      operation: 'Reprotect',
      element: 'deText',
      oldElement: 'deSSN',
      code: 50,
      count: 1,
    });
  });

  test('has other tokens under an external IV, and takes one IV for each side of a reprotect', async () => {
    const column = ['1234567890'];
    const target = { operation: 'Protect', element: 'deSSN', externalIv: 'a' } as const;
    const tokens = await run({ column, target });
    expect(tokens).not.toEqual(await run({ column }));
    const moved = await run({
      column: tokens,
      target: { operation: 'Reprotect', oldElement: 'deSSN', element: 'deSSN', oldExternalIv: 'a', externalIv: 'b' },
    });
    expect(moved).toEqual(await run({ column, target: { ...target, externalIv: 'b' } }));
  });

  test.each([
    ['too long', 'deSSN', 'x'.repeat(257), 'IV_TOO_LONG', 12],
    ['where the element takes none', 'deFixed', 'x', 'IV_NOT_ALLOWED', 26],
  ])('an external IV %s is refused', async (_, element, externalIv, code, auditCode) => {
    const target = { operation: 'Protect', element, externalIv } as const;
    expect(await refused({ target, column: ['abcdef123456'] })).toMatchObject({ code, auditCode, row: undefined });
    expect(entries).toMatchObject([{ code: auditCode, count: 1 }]);
  });

  test.each([[[]], [[null, null]]])('without values (%j) is only checked: code 10, count 0', async (column) => {
    expect(await run({ column })).toEqual(column);
    expect(entries).toMatchObject([{ code: 10, count: 0 }]);
  });

  test.each([
    ['analyst', ['abc', null, ''], [null, null, null]],
    ['auditor', ['abc', null, '', 7, true], ['abc', null, '', 7, true]],
  ])('%s unprotects %j and gets %j: code 3, substituted', async (user, column, answer) => {
    expect(await run({ user, column, target: { operation: 'Unprotect', element: 'deSSN' } })).toEqual(answer);
    const count = column.filter((value) => value !== null).length;
    expect(entries).toMatchObject([{ user, code: 3, count, substituted: true }]);
  });

  test('counts the values with a small domain as weak', async () => {
    const target = { operation: 'Protect', element: 'deName' } as const;
    await run({ target, column: ['ab', 'abcd', null, '', 'abcdefgh'] });
    expect(entries[0]?.weakCount).toBe(0); // the radix is large: two letters make a million
  });
});

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

describe('an element whose values are weak', () => {
  const short = { method: 'tokenization', type: 'numeric', shortData: 'weak-token' };
  const grants = ['dePin', 'dePin2', 'deLong'].map((element) => ({
    element,
    permissions: ['protect', 'unprotect', 'reprotect'],
  }));
  const weak = compiledPolicy({
    name: 'P',
    dataStore: 'D',
    elements: [
      { id: uuid(1), name: 'dePin', ...short },
      { id: uuid(2), name: 'dePin2', ...short },
      { id: uuid(3), name: 'deLong', ...short, preserveLength: false },
    ],
    roles: [{ name: 'r', members: ['test_user'], grants }],
  });
  const column = ['12', '12345', null, '', '-', '123456'];

  beforeEach(() => {
    protector = new Protector(
      async () => weak,
      { record: (entry) => void entries.push(entry) },
      () => 0,
    );
  });

  test('counts them on protect, unprotect and reprotect', async () => {
    const tokens = await run({ column, target: { operation: 'Protect', element: 'dePin' } });
    expect(await run({ column: tokens, target: { operation: 'Unprotect', element: 'dePin' } })).toEqual(column);
    await run({ column: tokens, target: { operation: 'Reprotect', oldElement: 'dePin', element: 'dePin2' } });
    expect(entries).toMatchObject([
      { code: 6, count: 5, weakCount: 2 },
      { code: 8, count: 5, weakCount: 2 },
      { code: 50, count: 5, weakCount: 2 },
    ]);
  });

  test('counts none if the new element has longer tokens, as a reprotect to it does', async () => {
    const tokens = await run({ column, target: { operation: 'Protect', element: 'dePin' } });
    await run({ column: tokens, target: { operation: 'Reprotect', oldElement: 'dePin', element: 'deLong' } });
    expect(entries.map(({ weakCount }) => weakCount)).toEqual([2, 0]);
  });
});

const protect = (element: string, column: Column) => run({ column, target: { operation: 'Protect', element } });

describe('values that stay clear', () => {
  const tokenized = { method: 'tokenization', type: 'numeric', shortData: 'as-is', otherCharacters: 'refuse' };
  const policy = compiledPolicy({
    name: 'P',
    dataStore: 'D',
    elements: [
      { id: uuid(1), name: 'dePin', ...tokenized },
      { id: uuid(2), name: 'dePin2', ...tokenized, fromLeft: 1 },
      { id: uuid(3), name: 'deNote', method: 'clear', type: 'no-encryption' },
    ],
    roles: [
      {
        name: 'r',
        members: ['test_user'],
        grants: ['dePin', 'dePin2', 'deNote'].map((element) => ({
          element,
          permissions: ['protect', 'unprotect', 'reprotect'],
        })),
      },
    ],
  });
  beforeEach(() => {
    protector = new Protector(
      async () => policy,
      { record: (entry) => void entries.push(entry) },
      () => 0,
    );
  });

  test('are counted in the record, nulls and empty texts apart', async () => {
    await protect('dePin', ['123456', '12', null, '', '--']);
    expect(entries).toMatchObject([{ code: 6, count: 4, clearCount: 2 }]);
    expect(entries[0]).not.toHaveProperty('clearParts');
  });

  test('have a code of their own if no other value was protected', async () => {
    await protect('dePin', ['12', null, '', '345']);
    await protect('dePin', ['', null]);
    expect(entries).toMatchObject([
      { code: 200, count: 3, clearCount: 2 },
      { code: 6, count: 1 },
    ]);
    expect(auditLevel(200)).toBe('WARNING');
  });

  test('are those that the new element of a reprotect leaves clear', async () => {
    const column = ['12', '34'];
    await run({ column, target: { operation: 'Reprotect', oldElement: 'dePin', element: 'dePin2' } });
    expect(entries).toMatchObject([{ code: 200, count: 2, clearCount: 2, clearParts: true }]);
  });

  test('are not counted when they are unprotected or checked', async () => {
    for (const operation of ['Unprotect', 'Check'] as const) {
      await run({ column: ['12'], target: { operation, element: 'dePin' } });
    }
    for (const entry of entries) expect(entry).not.toHaveProperty('clearCount');
  });

  test('are counted without a warning under an element that has no key', async () => {
    await protect('deNote', ['Ann', '']);
    expect(entries).toMatchObject([{ code: 6, count: 2, clearCount: 1, clearParts: true }]);
  });
});

describe('a masking element', () => {
  const mask = { fromLeft: 6, fromRight: 4, mode: 'clear' };
  const masking = compiledPolicy({
    name: 'P',
    dataStore: 'D',
    elements: [
      { id: '00000000-0000-4000-8000-000000000001', name: 'deMasked', method: 'clear', type: 'masking', mask },
    ],
    roles: [
      { name: 'all', members: ['reader'], grants: [{ element: 'deMasked', permissions: ['protect', 'unprotect'] }] },
      { name: 'none', members: ['viewer'], grants: [] },
    ],
  });
  const column = ['1234567890123456', null, '', 'short', 1234567890123];
  const target = { operation: 'Unprotect', element: 'deMasked' } as const;

  beforeEach(() => {
    protector = new Protector(
      async () => masking,
      { record: (entry) => void entries.push(entry) },
      () => 0,
    );
  });

  test('shows the masked value to a user who may not unprotect: code 3, substituted, and the record names the mask', async () => {
    expect(await run({ user: 'viewer', column, target })).toEqual(['123456******3456', null, '', '*****', null]);
    expect(entries).toEqual([
      {
        ...ORIGIN,
        user: 'viewer',
        operation: 'Unprotect',
        element: 'deMasked',
        dataStore: 'D',
        policyVersion: '7',
        code: 3,
        count: 4,
        substituted: true,
        mask: 'left=6,right=4,mode=clear,char=*',
      },
    ]);
  });

  test('shows the clear value to a user who may unprotect: code 8, without a mask', async () => {
    const texts = column.slice(0, 4);
    expect(await run({ user: 'reader', column: texts, target })).toEqual(texts);
    expect(await run({ user: 'reader', column: texts, target: { ...target, operation: 'Protect' } })).toEqual(texts);
    expect(entries).toMatchObject([
      { code: 8, count: 3, weakCount: 0 },
      { code: 6, count: 3, weakCount: 0 },
    ]);
    for (const entry of entries) expect(entry).not.toHaveProperty('mask');
  });

  test.each([
    ['nobody', 'Unprotect', 'USER_UNKNOWN', 1],
    ['viewer', 'Protect', 'NOT_AUTHORIZED', 3],
  ] as const)('applies no mask for user %s and operation %s', async (user, operation, code, auditCode) => {
    expect(await refused({ user, column, target: { ...target, operation } })).toMatchObject({ code, auditCode });
    expect(entries).toMatchObject([{ code: auditCode, count: 4 }]);
    expect(entries[0]).not.toHaveProperty('mask');
  });
});

describe('a refused batch', () => {
  test.each<[string, Ask, object, object]>([
    [
      'by an unknown user',
      { user: 'nobody', column: ['a', null, ''] },
      { code: 'USER_UNKNOWN' },
      { code: 1, count: 2 },
    ],
    [
      'for an unknown element',
      { target: { operation: 'Protect', element: 'deX' } },
      { code: 'ELEMENT_UNKNOWN', operation: 'Protect' },
      { code: 2, count: 1, element: 'deX' },
    ],
    ['by permission', { user: 'analyst', column: ['a', 'b'] }, { code: 'NOT_AUTHORIZED' }, { code: 3, count: 2 }],
    [
      'for a short value',
      { column: ['123456', '12'] },
      { code: 'INPUT_TOO_SHORT', row: 1, operation: 'Protect' },
      { code: 22, count: 1, row: 1 },
    ],
    ['for a number', { column: [null, 7] }, { code: 'WRONG_DATATYPE', row: 1 }, { code: 26, count: 1, row: 1 }],
    ['for a boolean', { column: [true] }, { code: 'WRONG_DATATYPE', row: 0 }, { code: 26, count: 1, row: 0 }],
    [
      'for a value of more symbols than FF1 takes',
      { column: ['1'.repeat(4097)] },
      { code: 'INPUT_TOO_LONG', row: 0 },
      { code: 23, count: 1, row: 0 },
    ],
  ])('%s leaves one record and no answer', async (_, ask, refusal, entry) => {
    expect(await refused(ask)).toMatchObject(refusal);
    expect(entries).toEqual([expect.objectContaining(entry)]);
    expect(entries[0]?.substituted).toBeUndefined();
  });

  test('a value of exactly as many symbols as FF1 takes is protected', async () => {
    expect(await run({ column: ['1'.repeat(4096)] })).toEqual([expect.stringMatching(/^\d{4096}$/)]);
  });

  test.each<[string, unknown, string, number]>([
    ['no policy', new BundleError('BUNDLE_MALFORMED', 'gone'), 'POLICY_UNAVAILABLE', 31],
    ['an altered policy', new BundleError('BUNDLE_TAMPERED', 'altered'), 'POLICY_UNAVAILABLE', 31],
    ['a key service that refuses', new KeyServiceError('KEY_REFUSED', 'no'), 'KEY_REFUSED', 14],
    ['a key service that is down', new KeyServiceError('KEY_SERVICE_UNAVAILABLE', 'down'), 'KEY_UNAVAILABLE', 14],
    ['a bug', new TypeError('CANARY'), 'ENGINE_FAILED', 13],
    ['something that is no error', 'CANARY', 'ENGINE_FAILED', 13],
  ])('%s is recorded without policy facts', async (_, failure, code, auditCode) => {
    protector = new Protector(
      () => Promise.reject(failure),
      { record: (entry) => void entries.push(entry) },
      () => 0,
    );
    const error = await refused({});
    expect(error).toMatchObject({ code, auditCode });
    expect((error as RefusedError).message).not.toContain('CANARY');
    expect(entries).toEqual([{ ...ORIGIN, code: auditCode, count: 0, dataStore: 'UNKNOWN' }]);
  });

  test('is recorded with the fault of its encoder, not as a success', async () => {
    const encode = refusing('REPLY_TOO_LARGE');
    expect(await refused({ column: ['123456', '234567'] }, { encode })).toMatchObject({ code: 'REPLY_TOO_LARGE' });
    expect(entries).toMatchObject([{ code: 21, count: 2, element: 'deSSN' }]);
  });

  test('is recorded with its target if its column cannot be read', async () => {
    const column = refusing('EVENT_MALFORMED', { detail: 'row 3 is not an array' });
    expect(await refused({}, { column })).toMatchObject({ code: 'EVENT_MALFORMED', operation: 'Protect' });
    expect(entries).toMatchObject([{ code: 44, count: 0, operation: 'Protect', element: 'deSSN' }]);
  });

  test('is recorded without a target if its function is unknown', async () => {
    const target = refusing('FUNCTION_UNKNOWN');
    expect(await refused({}, { target })).toMatchObject({ code: 'FUNCTION_UNKNOWN', operation: undefined });
    expect(entries).toEqual([{ ...ORIGIN, code: 2, count: 1, dataStore: 'TEST_STORE', policyVersion: '7' }]);
  });

  test('has the operation that the front end knows if its function is unknown', async () => {
    const target = refusing('FUNCTION_UNKNOWN');
    expect(await refused({}, { target, operation: 'Unprotect' })).toMatchObject({ operation: 'Unprotect' });
    expect(entries).toMatchObject([{ code: 2, operation: 'Unprotect' }]);
  });

  test('is a reprotect without an old element', async () => {
    const target = { operation: 'Reprotect', element: 'deSSN' } as const;
    expect(await refused({ target })).toMatchObject({ code: 'EVENT_MALFORMED', auditCode: 44 });
  });
});

describe('a batch that its caller may not have', () => {
  test.each<[string, Ask, Partial<ProtectRequest<Cell[]>>, number]>([
    ['an unknown user', { user: 'nobody' }, {}, 1],
    ['a user without the right', { user: 'outsider' }, {}, 3],
    ['an unknown element', { target: { operation: 'Protect', element: 'deX' } }, {}, 2],
    ['an unknown function', {}, { target: refusing('FUNCTION_UNKNOWN') }, 2],
  ])('is refused without its values being read, and recorded with their number: %s', async (_, ask, change, code) => {
    const { column, count } = reads();
    expect(await refused(ask, { column, count, ...change })).toBeInstanceOf(RefusedError);
    expect(column).not.toHaveBeenCalled();
    expect(entries).toMatchObject([{ code, count: 7 }]);
  });

  test('is recorded with no values where they cannot be counted', async () => {
    await refused({ user: 'nobody' }, { count: refusing('EVENT_MALFORMED') });
    await refused({ user: 'nobody' }, { column: refusing('EVENT_MALFORMED') });
    expect(entries).toMatchObject([
      { code: 1, count: 0 },
      { code: 1, count: 0 },
    ]);
  });

  test('is not counted apart where its values are read', async () => {
    const { column, count } = reads();
    expect(await refused({}, { column, count })).toMatchObject({ code: 'INPUT_TOO_SHORT' });
    expect(count).not.toHaveBeenCalled();
  });
});

describe('the room of a reply', () => {
  const method = jest.spyOn(POLICY, 'method');
  test('is asked for the least answer, before any work', async () => {
    method.mockClear();
    const { taken, room } = full();
    expect(await refused({ column: ['123456789', null, 'ü23456789'] }, { room })).toMatchObject({
      code: 'REPLY_TOO_LARGE',
    });
    // Three rows, and a byte for each UTF-16 unit at least.
    expect(taken).toEqual([3 * 2 + 18]);
    expect(method).not.toHaveBeenCalled();
    expect(entries).toMatchObject([{ code: 21, count: 2, element: 'deSSN' }]);
  });

  test('is asked for every byte of UTF-8 where a batch is large', async () => {
    const { taken, room } = full();
    const column = ['東'.repeat(400_000), '\u{20000}'.repeat(100)];
    await refused({ column }, { room });
    await refused({}, { column: () => packedOf(column), room });
    expect(taken).toEqual(Array(2).fill(2 * 2 + 3 * 400_000 + 4 * 100));
  });

  test('is not asked where the answer holds no token: a mask, a substitute, a check', async () => {
    const { taken, room } = full();
    await run({ user: 'analyst', target: { operation: 'Unprotect', element: 'deSSN' } }, { room });
    expect(taken).toEqual([]);
    await refused({ target: { operation: 'Check', element: 'deSSN' }, column: ['123456'] }, { room });
    expect(taken).toEqual([2]);
  });
});

describe('a refused value', () => {
  test('has its place and the number of bad values as data', async () => {
    const column = ['12', '123456', null, 'N/A', '', '654321'];
    expect(await refused({ column })).toMatchObject({
      code: 'INPUT_TOO_SHORT',
      element: 'deSSN',
      row: 0,
      batchSize: 6,
      bad: { count: 2, orMore: false },
      limit: { is: 'at least', count: 6, of: 'digit', besideClear: false },
    });
    expect(entries).toMatchObject([{ code: 22, count: 1, row: 0 }]);
  });

  test('is counted only where the user may have the answer', async () => {
    const error = (await refused({ user: 'analyst', column: ['12'] })) as RefusedError;
    expect([error.code, error.element, error.batchSize, error.bad]).toEqual([
      'NOT_AUTHORIZED',
      'deSSN',
      undefined,
      undefined,
    ]);
  });

  test('of a reprotect is refused by the old element or by the new one, and counted over both', async () => {
    const old = await run({ target: { operation: 'Protect', element: 'deText' }, column: ['123456789', 'abcdefgh'] });
    const target = { operation: 'Reprotect', element: 'deSSN', oldElement: 'deText' } as const;
    expect(await refused({ target, column: [null, ...old] })).toMatchObject({
      row: 2,
      element: 'deSSN',
      step: 'Protect',
      bad: { count: 1, orMore: false },
    });
    const back = { operation: 'Reprotect', element: 'deText', oldElement: 'deSSN' } as const;
    expect(await refused({ target: back, column: ['123456', '1', '2'] })).toMatchObject({
      row: 1,
      element: 'deSSN',
      step: 'Unprotect',
      bad: { count: 2, orMore: false },
    });
  });

  test('of an unknown element names the half of a reprotect that is unknown', async () => {
    const from = { operation: 'Reprotect', element: 'deSSN', oldElement: 'deX' } as const;
    expect(await refused({ target: from })).toMatchObject({ code: 'ELEMENT_UNKNOWN', element: 'deX' });
    const to = { operation: 'Reprotect', element: 'deX', oldElement: 'deSSN' } as const;
    expect(await refused({ target: to })).toMatchObject({ code: 'ELEMENT_UNKNOWN', element: 'deX' });
  });
});

describe('a check', () => {
  const target = { operation: 'Check', element: 'deSSN' } as const;

  test('answers null for a good value, else the reason, and is recorded as a check of permission', async () => {
    expect(await run({ target, column: ['123456', 'N/A', null, '', 7] })).toEqual([
      null,
      'value is too short (at least 6 digits)',
      null,
      null,
      'value has a data type that the element does not take',
    ]);
    expect(entries).toEqual([expect.objectContaining({ operation: 'Check', element: 'deSSN', code: 10, count: 4 })]);
  });

  test('needs the permission to protect', async () => {
    expect(await refused({ target, user: 'analyst' })).toMatchObject({ code: 'NOT_AUTHORIZED', operation: 'Check' });
    expect(entries).toMatchObject([{ operation: 'Check', code: 3, count: 1 }]);
  });

  test('refuses an old key version, which protects nothing any more', async () => {
    const versions = changed(POLICY_DOCUMENT, ['elements', 1, 'keyVersion'], 2);
    const rotated = compiledPolicy(changed(versions, ['elements', 1, 'oldKeyVersions'], [1]));
    protector = new Protector(
      async () => rotated,
      { record: (entry) => void entries.push(entry) },
      () => 0,
    );
    expect(await refused({ target: { operation: 'Check', element: 'deSSN@1' } })).toMatchObject({
      code: 'ELEMENT_UNFIT',
      detail: 'an old key version is only read',
    });
  });

  test('is refused as a whole for what is wrong with all of its values', async () => {
    expect(await refused({ target: { ...target, externalIv: 'x'.repeat(257) } })).toMatchObject({
      code: 'IV_TOO_LONG',
    });
    expect(await refused({ target: { ...target, element: 'deX' } })).toMatchObject({ code: 'ELEMENT_UNKNOWN' });
  });
});

describe('a trail that takes no entry', () => {
  test.each([
    ['is full', new AuditError('AUDIT_SINK_UNAVAILABLE', 'full'), 'AUDIT_UNAVAILABLE', 51],
    ['is broken', new TypeError('CANARY'), 'ENGINE_FAILED', 13],
  ])('refuses a success and a refusal alike, because it %s', async (_, failure, code, auditCode) => {
    const record = (): never => {
      throw failure;
    };
    protector = new Protector(
      async () => POLICY,
      { record },
      () => 0,
    );
    expect(await refused({})).toMatchObject({ code, auditCode });
    expect(await refused({ user: 'nobody' })).toMatchObject({ code, auditCode });
  });
});
