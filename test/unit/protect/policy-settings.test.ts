// The settings of a policy beyond allow and refuse, as a caller sees them: masks, audit switches, old key versions.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import type { Cell, Column } from '../../../lib/base/cell.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';
import { rotateKeyring } from '../../../lib/policy/keyring.ts';
import type { Target } from '../../../lib/protect/batch.ts';
import { compilePolicy } from '../../../lib/protect/compile.ts';
import { cellsOf } from '../../../lib/protect/columns/packed-column.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { callerNamed } from '../../support/caller.ts';
import { KEYRING } from '../../support/policy.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const NUMERIC = { method: 'tokenization', type: 'numeric', shortData: 'error' };
const ALL = ['protect', 'unprotect', 'reprotect'];
const OFF = { successful: false, failed: false };

const grant = (change: object) => ['deSSN', 'deCount'].map((element) => ({ element, permissions: ALL, ...change }));

/** The policy before the rotation of deSSN, and after it. */
function document(version: 1 | 2): object {
  const rotated = version === 1 ? {} : { keyVersion: 2, oldKeyVersions: [1] };
  return {
    name: 'P',
    dataStore: 'D',
    masks: [{ name: 'ends', fromLeft: 4, fromRight: 0, mode: 'mask' }],
    elements: [
      { id: uuid(1), name: 'deSSN', ...NUMERIC, ...rotated },
      { id: uuid(2), name: 'deCount', method: 'tokenization', type: 'integer', size: 4 },
    ],
    roles: [
      { name: 'owner', members: ['ann'], grants: grant({}) },
      { name: 'reader', members: ['joe'], grants: grant({ mask: 'ends' }) },
      { name: 'quiet', members: ['eva'], grants: grant({ audit: { unprotect: { successful: false } } }) },
      {
        name: 'loader',
        members: ['etl'],
        grants: [{ element: 'deSSN', permissions: ['protect'], audit: { protect: OFF, unprotect: { failed: false } } }],
      },
    ],
  };
}

const keyring = rotateKeyring(KEYRING, (bytes) => new Uint8Array(bytes).fill(8), new Date(0));
const compiled = (version: 1 | 2) =>
  compilePolicy(
    { version: String(version), content: { policy: parsePolicy(document(version)), mapping: {}, keyring } },
    () => new Uint8Array(12),
  );
const POLICIES = { 1: compiled(1), 2: compiled(2) } as const;

let entries: AuditEntry[];
beforeEach(() => {
  entries = [];
});

function run(user: string, target: Target, column: Column, version: 1 | 2 = 2): Promise<Cell[]> {
  const protector = new Protector(
    async () => POLICIES[version],
    { record: (entry) => void entries.push(entry) },
    () => 0,
  );
  return protector.run({
    origin: {
      caller: callerNamed(user),
      vendor: 'aws.redshift',
      requestId: 'r',
      queryId: 'q',
      cluster: 'c',
      clientIp: 'i',
      batchId: 'b',
    },
    target: () => target,
    column: () => column,
    encode: (answered) => [...cellsOf(answered)],
  });
}

const protect = (element: string, column: Column, version?: 1 | 2) =>
  run('ann', { operation: 'Protect', element }, column, version);
const codes = () => entries.map(({ code }) => code);

/** The element of a name, under its own name. */
const nameOf = (name: string) => {
  const found = POLICIES[2].elements.resolve(name);
  return found.kind === 'found' ? found.value.name : found.kind;
};

describe('a role with a mask', () => {
  test('sees the masked value, and the record of its success names the mask', async () => {
    const tokens = await protect('deSSN', ['900-12-3456', null, '']);
    expect(await run('joe', { operation: 'Unprotect', element: 'deSSN' }, tokens)).toEqual(['****12-3456', null, '']);
    expect(entries[1]).toMatchObject({ code: 8, count: 2, mask: 'left=4,right=0,mode=mask,char=*' });
    expect(entries[1]).not.toHaveProperty('substituted');
  });

  test('sees null in a number column, because no mask fits numbers', async () => {
    const tokens = await protect('deCount', [123_456, '123456']);
    expect(await run('joe', { operation: 'Unprotect', element: 'deCount' }, tokens)).toEqual([null, '****56']);
  });

  test('reprotects values without a mask, because a reprotect shows nothing', async () => {
    const tokens = await protect('deSSN', ['900-12-3456']);
    const target = { operation: 'Reprotect', oldElement: 'deSSN', element: 'deSSN' } as const;
    expect(await run('joe', target, tokens)).toEqual(tokens);
    expect(entries[1]).not.toHaveProperty('mask');
  });
});

describe('an element whose key was rotated', () => {
  const VALUES = ['900-12-3456', '123-45-6789'];

  test('makes other tokens, reads old ones under the old version, and records code 11', async () => {
    const old = await protect('deSSN', VALUES, 1);
    const now = await protect('deSSN', VALUES);
    expect(now).not.toEqual(old);
    expect(await run('ann', { operation: 'Unprotect', element: 'deSSN' }, now)).toEqual(VALUES);
    expect(await run('ann', { operation: 'Unprotect', element: 'deSSN@1' }, old)).toEqual(VALUES);
    expect(entries.map(({ code, element }) => [code, element])).toEqual([
      [6, 'deSSN'],
      [6, 'deSSN'],
      [8, 'deSSN'],
      [11, 'deSSN@1'],
    ]);
  });

  test('moves old tokens to the new key by a reprotect, which shows no value', async () => {
    const old = await protect('deSSN', VALUES, 1);
    const moved = await run('ann', { operation: 'Reprotect', oldElement: 'deSSN@1', element: 'deSSN' }, old);
    expect(moved).toEqual(await protect('deSSN', VALUES));
    expect(entries[1]).toMatchObject({ code: 50, oldElement: 'deSSN@1', element: 'deSSN' });
  });

  test.each<[Target]>([
    [{ operation: 'Protect', element: 'deSSN@1' }],
    [{ operation: 'Reprotect', oldElement: 'deSSN', element: 'deSSN@1' }],
  ])('refuses to protect with the old version: %j', async (target) => {
    await expect(run('ann', target, VALUES)).rejects.toMatchObject({ code: 'ELEMENT_UNFIT' });
    expect(codes()).toEqual([26]);
  });

  test('is found by both names of its old version, deSSN@1 and deSSN_v1', () => {
    expect(['deSSN', 'dessn', 'deSSN@1', 'DESSN@1', 'dessn_v1', 'deSSN_v1'].map(nameOf)).toEqual([
      'deSSN',
      'deSSN',
      'deSSN@1',
      'deSSN@1',
      'deSSN@1',
      'deSSN@1',
    ]);
    expect(['deSSN@2', 'deSSN_v2', 'deCount@1'].map(nameOf)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('applies the grants of the element to its old version', async () => {
    await expect(
      run('etl', { operation: 'Reprotect', oldElement: 'deSSN@1', element: 'deSSN' }, VALUES),
    ).rejects.toMatchObject({
      code: 'NOT_AUTHORIZED',
    });
  });
});

describe('a grant whose audit is switched off', () => {
  test('makes an entry that counts requests and names none', async () => {
    await run('etl', { operation: 'Protect', element: 'deSSN' }, ['900-12-3456', null]);
    expect(entries).toEqual([
      {
        user: 'etl',
        vendor: 'aws.redshift',
        cluster: 'c',
        operation: 'Protect',
        element: 'deSSN',
        oldElement: undefined,
        dataStore: 'D',
        policyVersion: '2',
        code: 6,
        count: 1,
        weakCount: 0,
        clearParts: true,
        requests: 1,
      },
    ]);
  });

  test('counts refusals too, without the row', async () => {
    await expect(run('etl', { operation: 'Protect', element: 'deSSN' }, ['1'])).rejects.toMatchObject({ row: 0 });
    expect(entries).toMatchObject([{ code: 22, count: 1, requests: 1 }]);
    expect(entries[0]).not.toHaveProperty('row');
  });

  test('switches the audit of one permission and one outcome only', async () => {
    await run('etl', { operation: 'Unprotect', element: 'deSSN' }, ['900-12-3456']);
    await expect(
      run('etl', { operation: 'Reprotect', oldElement: 'deSSN', element: 'deSSN' }, ['']),
    ).rejects.toMatchObject({ code: 'NOT_AUTHORIZED' });
    expect(entries.map(({ code, requests, requestId }) => [code, requests, requestId])).toEqual([
      [3, 1, undefined],
      [3, undefined, 'r'],
    ]);
  });

  test('counts a read with an old key as a success', async () => {
    const [token] = await protect('deSSN', ['900-12-3456'], 1);
    entries = [];
    await run('eva', { operation: 'Unprotect', element: 'deSSN@1' }, [token!]);
    expect(entries).toMatchObject([{ code: 11, requests: 1 }]);
  });

  test('does not hide a fault of the engine', async () => {
    const broken = {
      ...POLICIES[2],
      method: () =>
        ({
          protect: () => {
            throw new Error('broken');
          },
        }) as never,
    };
    const protector = new Protector(
      async () => broken,
      { record: (entry) => void entries.push(entry) },
      () => 0,
    );
    const request = {
      origin: { caller: callerNamed('etl'), vendor: 'aws.redshift', requestId: 'r' },
      target: () => ({ operation: 'Protect', element: 'deSSN' }) as const,
      column: () => ['900-12-3456'],
      encode: () => 'answered',
    };
    await expect(protector.run(request)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    expect(entries).toMatchObject([{ code: 13, requestId: 'r' }]);
  });
});
