// The line of a record and what is signed of it, against the two writers that they stand for.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Chain } from '../../lib/audit/chain.ts';
import { AUDIT_CODES } from '../../lib/audit/codes.ts';
import { formsOf, sharedMembers } from '../../lib/audit/forms.ts';
import { type AuditEntry, type AuditRecord, toAuditRecord } from '../../lib/audit/record.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { Secret } from '../../lib/base/secret.ts';
import { canonicalJson } from '../../lib/crypto/canonical-json.ts';
import { HOST } from '../support/audit.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('"', '\\', '\u0000', '\u2028', 'é', '😀'),
);
const anyText = fc.oneof(text, fc.constantFrom('\ud800', 'a\udfffb'));
const leaf = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const name = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a', 'b', '10', '9', 'B', '_', 'ä'));
const object = fc.letrec<{ value: unknown; members: object }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('members')),
  members: fc.dictionary(name, tie('value'), { maxKeys: 8, noNullPrototype: true }),
})).members;

describe('formsOf', () => {
  test('returns the texts of JSON.stringify and canonicalJson for any object', () => {
    fc.assert(
      fc.property(object, (members) => {
        expect(formsOf(members)).toEqual({ json: JSON.stringify(members), canonical: canonicalJson(members) });
      }),
    );
  });

  test('returns the same for members that are shared', () => {
    fc.assert(
      fc.property(object, object, (one, other) => {
        const members = { other, one: sharedMembers({ ...one }), a: 1 };
        expect(formsOf(members)).toEqual({ json: JSON.stringify(members), canonical: canonicalJson(members) });
      }),
    );
  });

  test.each([
    { a: undefined },
    { a: '\ud800' },
    { a: Number.NaN },
    { a: { b: new Date(0) } },
    { a: [undefined] },
    { a: 1n },
  ])('refuses what has no canonical form: %#', (members) => {
    expect(() => formsOf(members)).toThrow(expect.objectContaining({ code: 'JSON_NOT_CANONICAL' }));
  });
});

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const count = fc.nat({ max: 3 });
const entries: fc.Arbitrary<AuditEntry> = fc.record({
  user: anyText,
  operation: optional(fc.constantFrom('Protect', 'Unprotect', 'Reprotect')),
  element: optional(anyText),
  oldElement: optional(anyText),
  code: fc.constantFrom(...AUDIT_CODES.keys()),
  substituted: optional(fc.boolean()),
  count,
  row: optional(count),
  weakCount: optional(count),
  clearCount: optional(count),
  clearParts: optional(fc.boolean()),
  breakGlass: optional(fc.boolean()),
  lapse: optional(fc.constant('ended 2026-12-31T00:00:00Z')),
  mask: optional(anyText),
  vendor: fc.constantFrom('aws.redshift', 'aws.snowflake'),
  queryId: optional(anyText),
  requestId: optional(anyText),
  cluster: optional(anyText),
  clientIp: optional(anyText),
  batchId: optional(anyText),
  repeatedCount: optional(count),
  dataStore: anyText,
  policyVersion: optional(anyText),
  requests: optional(count),
  firstTimeMs: optional(count),
  lastTimeMs: optional(count),
});

describe('a chain', () => {
  test('writes each record as JSON.stringify does, and signs its canonical form', () => {
    const signer = createSigner('95f5a194-b0a4-4351-a1b2-0123456789ab', new Secret(new Uint8Array(32).fill(9)));
    fc.assert(
      fc.property(fc.array(entries, { minLength: 1, maxLength: 3 }), (list) => {
        const chain = new Chain({ signer, chainId: 'a/b', host: HOST, nowMs: () => 1_700_000_000_123.4 });
        let previous: string | undefined;
        for (const [i, entry] of list.entries()) {
          const place = {
            key_id: signer.keyId,
            chain_id: 'a/b',
            sequence: i + 1,
            ...(previous !== undefined && { previous }),
          };
          const record = { ...toAuditRecord(entry, HOST, 1_700_000_000_123), signature: place };
          const checksum = signer.checksum(record);
          const { line } = chain.seal(entry);
          expect(line).toBe(JSON.stringify({ ...record, signature: { ...place, checksum } }));
          expect((JSON.parse(line) as AuditRecord).signature.checksum).toBe(checksum);
          previous = checksum;
        }
      }),
    );
  });
});
