import { describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { type RefusalCode, RefusedError } from '../../../lib/protect/refusal.ts';
import { checkReprotect } from '../../../lib/protect/reprotect.ts';
import { type ElementDefinition, elementSchema } from '../../../lib/policy/schema.ts';
import { callerNamed } from '../../support/caller.ts';
import { compiledPolicy } from '../../support/policy.ts';

/** Every type, by the way a reprotect treats it. */
const KINDS = {
  token: [
    { type: 'numeric', shortData: 'error' },
    { type: 'alpha', shortData: 'error' },
    { type: 'upper-case-alpha', shortData: 'error' },
    { type: 'alpha-numeric', shortData: 'error' },
    { type: 'upper-case-alpha-numeric', shortData: 'error' },
    { type: 'lower-ascii', shortData: 'error' },
    { type: 'printable', shortData: 'error' },
    { type: 'unicode', alphabet: 'latin', shortData: 'error' },
    { type: 'unicode-script', shortData: 'error' },
    { type: 'integer', size: 4 },
    { type: 'credit-card' },
    { type: 'decimal' },
    { type: 'date' },
    { type: 'datetime' },
    { type: 'email', shortData: 'error' },
    { type: 'unicode-bytes' },
    { type: 'unicode-base64' },
    { method: 'fpe', type: 'fpe-numeric', shortData: 'error' },
    { method: 'fpe', type: 'fpe-alpha', shortData: 'error' },
    { method: 'fpe', type: 'fpe-alpha-numeric', shortData: 'error' },
    { method: 'fpe', type: 'fpe-latin1-alpha', shortData: 'error' },
    { method: 'fpe', type: 'fpe-latin1-alpha-numeric', shortData: 'error' },
    { method: 'encryption', type: 'aes-256-gcm' },
    { method: 'encryption', type: 'aes-256-siv' },
  ],
  bytes: [{ type: 'binary' }],
  digest: [{ method: 'hash', type: 'hmac-sha256' }],
  clear: [
    { method: 'clear', type: 'no-encryption' },
    { method: 'clear', type: 'monitor' },
    { method: 'clear', type: 'masking', mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } },
  ],
} as const;
type Kind = keyof typeof KINDS;

const ID = '00000000-0000-4000-8000-000000000001';
const elementsOf = (kind: Kind): ElementDefinition[] =>
  KINDS[kind].map((written) => elementSchema.parse({ id: ID, name: 'e', method: 'tokenization', ...written }));

const answer = (from: ElementDefinition, to: ElementDefinition): string => {
  try {
    checkReprotect(from, to);
    return 'allowed';
  } catch (error) {
    return (error as RefusedError).code;
  }
};

test('the table of kinds names every type', () => {
  const types = elementSchema.options.flatMap(({ shape }) =>
    'values' in shape.type ? [...shape.type.values] : shape.type.options,
  );
  const known = Object.values(KINDS).flatMap((kind) => kind.map(({ type }) => type as string));
  expect(known.toSorted()).toEqual(types.toSorted());
});

describe('a reprotect of every type', () => {
  test.each<[Kind, Kind, 'allowed' | RefusalCode, string]>([
    ['token', 'token', 'allowed', 'both have clear texts'],
    ['token', 'bytes', 'ELEMENT_UNFIT', 'a text is no bytes'],
    ['token', 'digest', 'HMAC_MISUSED', 'a digest is made of clear values only'],
    ['token', 'clear', 'ELEMENT_UNFIT', 'that would be an unprotect'],
    ['bytes', 'token', 'ELEMENT_UNFIT', 'bytes are no text'],
    ['bytes', 'bytes', 'allowed', 'both have clear bytes'],
    ['bytes', 'digest', 'HMAC_MISUSED', 'a digest is made of clear values only'],
    ['bytes', 'clear', 'ELEMENT_UNFIT', 'that would be an unprotect'],
    ['digest', 'token', 'HMAC_MISUSED', 'nothing comes back from a digest'],
    ['digest', 'bytes', 'HMAC_MISUSED', 'nothing comes back from a digest'],
    ['digest', 'digest', 'HMAC_MISUSED', 'nothing comes back from a digest'],
    ['digest', 'clear', 'HMAC_MISUSED', 'nothing comes back from a digest'],
    ['clear', 'token', 'allowed', 'what was clear is protected'],
    ['clear', 'bytes', 'ELEMENT_UNFIT', 'a text is no bytes'],
    ['clear', 'digest', 'HMAC_MISUSED', 'a digest is made by protect'],
    ['clear', 'clear', 'allowed', 'what is clear stays clear'],
  ])('of kind %s to every type of kind %s: %s, because %s', (from, to, expected) => {
    const pairs = elementsOf(from).flatMap((old) => elementsOf(to).map((next) => [old, next] as const));
    expect(pairs).not.toHaveLength(0);
    const others = pairs.filter(([old, next]) => answer(old, next) !== expected);
    expect(others.map(([old, next]) => `${old.type} → ${next.type}`)).toEqual([]);
  });
});

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

describe('a reprotect that is refused', () => {
  const policy = compiledPolicy({
    name: 'P',
    dataStore: 'D',
    elements: [
      { id: uuid(1), name: 'deToken', method: 'tokenization', type: 'numeric', shortData: 'error' },
      { id: uuid(2), name: 'deBytes', method: 'tokenization', type: 'binary' },
      { id: uuid(3), name: 'deClear', method: 'clear', type: 'monitor' },
      { id: uuid(4), name: 'deOther', method: 'tokenization', type: 'numeric', shortData: 'error' },
    ],
    roles: [
      {
        name: 'r',
        members: ['u'],
        grants: ['deToken', 'deBytes', 'deClear', 'deOther'].map((element) => ({
          element,
          permissions: ['reprotect'],
        })),
      },
    ],
  });

  /**
   * Reprotects a value that no element takes, so that a refusal of the elements must come before any look at the value.
   */
  async function reprotect(oldElement: string, element: string) {
    const entries: AuditEntry[] = [];
    const made: string[] = [];
    const method = (name: string) => {
      made.push(name);
      return policy.method(name);
    };
    const record = (entry: AuditEntry): void => void entries.push(entry);
    const protector = new Protector(
      async () => ({ ...policy, method }),
      { record },
      () => 0,
    );
    const error = await protector
      .run({
        origin: { caller: callerNamed('u'), vendor: 'v', requestId: 'r', queryId: 'q', cluster: 'c' },
        target: () => ({ operation: 'Reprotect', element, oldElement }),
        column: () => [true, 'x'],
        encode: (column) => column,
      })
      .catch((failure: unknown) => failure);
    return { error, entries, made };
  }

  test.each([
    ['deToken', 'deBytes'],
    ['deBytes', 'deToken'],
    ['deToken', 'deClear'],
  ])('from %s to %s is refused before the values are looked at or unprotected', async (oldElement, element) => {
    const { error, entries, made } = await reprotect(oldElement, element);
    expect(error).toMatchObject({ code: 'ELEMENT_UNFIT', auditCode: 26, row: undefined, operation: 'Reprotect' });
    expect(entries).toMatchObject([{ code: 26, count: 2, oldElement, element }]);
    expect(entries[0]).not.toHaveProperty('row');
    expect(made).not.toContain(oldElement);
  });

  test('names the row of a value that is refused', async () => {
    const { error, entries } = await reprotect('deToken', 'deOther');
    expect(error).toMatchObject({ code: 'WRONG_DATATYPE', row: 0 });
    expect(entries).toMatchObject([{ code: 26, count: 1, row: 0 }]);
  });
});
