import { describe, expect, test } from '@jest/globals';
import {
  BATCH_UNWRAP,
  BATCH_WRAP,
  DERIVE,
  type Members,
  membersOf,
  REKEY,
  REPORT,
  UNWRAP,
} from '../../../../lib/wire/tsp/schema.ts';
import type { TspRefusal } from '../../../../lib/wire/tsp/codes.ts';

type Bodies = Members<object>;

/** Code and message of the refusal of a body; undefined for a body that is accepted. */
function refusalOf(members: Bodies, body: Readonly<Record<string, unknown>>): string | undefined {
  try {
    membersOf(members, body);
    return undefined;
  } catch (error) {
    const { code, message } = error as TspRefusal;
    return `${code}: ${message}`;
  }
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `id ${i}`);
const mapOf = <T>(count: number, value: T) => Object.fromEntries(texts(count).map((id) => [id, value]));
const NAME = 'x'.repeat(1024);
const EDEK = 'A'.repeat(16_384);
const DERIVATION = { derivationType: 'sha512', secretType: 'search' };

describe('the body of a tenant request is accepted', () => {
  test.each<[string, Bodies, Record<string, unknown>]>([
    ['with an EDEK of one character', UNWRAP, { encryptedDocumentKey: 'A' }],
    ['with an EDEK of 16,384 characters', UNWRAP, { encryptedDocumentKey: EDEK }],
    ['with a tenant of 1,024 characters', REKEY, { encryptedDocumentKey: 'A', newTenantId: NAME }],
    ['with no ids', BATCH_WRAP, { documentIds: [] }],
    ['with 1,000 ids, one of 1,024 characters', BATCH_WRAP, { documentIds: [...texts(999), NAME] }],
    ['with 1,000 EDEKs under ids', BATCH_UNWRAP, { edeks: mapOf(1000, 'A') }],
    ['with an EDEK and an id of 16,384 characters', BATCH_UNWRAP, { edeks: { [EDEK]: EDEK } }],
    ['with no uses of a key', REPORT, { operations: { a: { wraps: 0, unwraps: 0 } } }],
    ['with 1,000 paths of one key', DERIVE, { paths: { a: texts(1000) }, ...DERIVATION }],
    ['with empty paths', DERIVE, { paths: { '': [''] }, ...DERIVATION }],
    ['with 1,000 paths of two keys', DERIVE, { paths: { a: texts(400), b: texts(600) }, ...DERIVATION }],
  ])('%s', (_, members, body) => {
    expect(refusalOf(members, body)).toBeUndefined();
  });
});

const AN_EDEK = 'encryptedDocumentKey must be a text of 1 to 16384 characters';
const IDS = 'documentIds must be a list of at most 1000 texts, each of 1 to 1024 characters';
const EDEKS = 'edeks must be an object of at most 1000 members, each an EDEK in base64';
const OPERATIONS =
  'operations must be an object of at most 1000 members, each with the whole numbers wraps and unwraps';
const PATHS =
  'paths must be an object of at most 1000 members, each a list of texts, each of at most 1024 characters; at most 1000 texts in all';

describe('the body of a tenant request is refused by name, with the rule', () => {
  test.each<[string, Bodies, Record<string, unknown>, string]>([
    ['without an EDEK', UNWRAP, {}, AN_EDEK],
    ['with an empty EDEK', UNWRAP, { encryptedDocumentKey: '' }, AN_EDEK],
    ['with an EDEK of 16,385 characters', UNWRAP, { encryptedDocumentKey: `${EDEK}A` }, AN_EDEK],
    ['with an EDEK that is no text', UNWRAP, { encryptedDocumentKey: ['A'] }, AN_EDEK],
    ['with half a surrogate pair', UNWRAP, { encryptedDocumentKey: '\ud800' }, AN_EDEK],
    [
      'with a tenant of 1,025 characters',
      REKEY,
      { encryptedDocumentKey: 'A', newTenantId: `${NAME}x` },
      'newTenantId must be a text of 1 to 1024 characters',
    ],
    ['with 1,001 ids', BATCH_WRAP, { documentIds: texts(1001) }, IDS],
    ['with an empty id', BATCH_WRAP, { documentIds: ['a', ''] }, IDS],
    ['with ids that are no list', BATCH_WRAP, { documentIds: 'a' }, IDS],
    ['with 1,001 EDEKs', BATCH_UNWRAP, { edeks: mapOf(1001, 'A') }, EDEKS],
    ['with an EDEK under an empty id', BATCH_UNWRAP, { edeks: { '': 'A' } }, EDEKS],
    ['with an EDEK under an id of 16,385 characters', BATCH_UNWRAP, { edeks: { [`${EDEK}A`]: 'A' } }, EDEKS],
    ['with an empty EDEK under an id', BATCH_UNWRAP, { edeks: { a: 'A', b: '' } }, EDEKS],
    ['with fewer than no wraps', REPORT, { operations: { a: { wraps: -1, unwraps: 0 } } }, OPERATIONS],
    ['with half an unwrap', REPORT, { operations: { a: { wraps: 0, unwraps: 0.5 } } }, OPERATIONS],
    ['without unwraps', REPORT, { operations: { a: { wraps: 0 } } }, OPERATIONS],
    ['with 1,001 paths of two keys', DERIVE, { paths: { a: texts(400), b: texts(601) }, ...DERIVATION }, PATHS],
    ['with a path of 1,025 characters', DERIVE, { paths: { a: [`${NAME}x`] }, ...DERIVATION }, PATHS],
    ['with a key path of 1,025 characters', DERIVE, { paths: { [`${NAME}x`]: [] }, ...DERIVATION }, PATHS],
    ['with a path that is no text', DERIVE, { paths: { a: [7] }, ...DERIVATION }, PATHS],
    [
      'with an unknown derivation',
      DERIVE,
      { paths: {}, ...DERIVATION, derivationType: 'argon2' },
      'derivationType must be one of sha512, sha256',
    ],
    [
      'with an unknown kind of secret',
      DERIVE,
      { paths: {}, ...DERIVATION, secretType: '' },
      'secretType must be one of deterministic, search, vector',
    ],
  ])('%s', (_, members, body, message) => {
    expect(refusalOf(members, body)).toBe(`INVALID_REQUEST_BODY: ${message}`);
  });
});
