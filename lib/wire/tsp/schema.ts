// The bodies of requests, besides what they say of who asks (`lib/events/metadata.ts`). Other members are allowed, nothing is
// converted.

import * as z from 'zod/mini';
import { isObject } from '../../base/json.ts';

/** As many ids, EDEKs or derivation paths may one request have. */
const MAX_ITEMS = 1000;
/** Of an id, a path, or a tenant. */
const MAX_NAME_LENGTH = 1024;
/** In base64: the longest EDEK has less than 9 KB. */
const MAX_EDEK_LENGTH = 16_384;

const isText = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxLength && value.isWellFormed();
const isName = (value: unknown): value is string => isText(value, MAX_NAME_LENGTH);
const isEdek = (value: unknown): value is string => isText(value, MAX_EDEK_LENGTH);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A member of which `isOne` says whether it is well-formed. */
function member<T>(isOne: (value: unknown) => value is T, rule: string) {
  return z.custom<T>(isOne, { error: rule });
}

/** Lists and maps are looked at whole: what is wrong inside of them has a name of the caller's, which is not repeated. */
const names = member(
  (value): value is readonly string[] => Array.isArray(value) && value.length <= MAX_ITEMS && value.every(isName),
  `must be a list of at most ${MAX_ITEMS} texts, each of 1 to ${MAX_NAME_LENGTH} characters`,
);

function mapOf<T>(isOne: (value: unknown) => value is T, rule: string) {
  return member((value): value is Readonly<Record<string, T>> => {
    if (!isObject(value)) return false;
    const entries = Object.entries(value);
    return entries.length <= MAX_ITEMS && entries.every(([name, one]) => isText(name, MAX_EDEK_LENGTH) && isOne(one));
  }, `must be an object of at most ${MAX_ITEMS} members, each ${rule}`);
}

const edek = member(isEdek, `must be a text of 1 to ${MAX_EDEK_LENGTH} characters`);
const name = member(isName, `must be a text of 1 to ${MAX_NAME_LENGTH} characters`);

interface Uses {
  readonly wraps: number;
  readonly unwraps: number;
}

const isUses = (value: unknown): value is Uses =>
  isObject(value) && isCount(value['wraps']) && isCount(value['unwraps']);
const isPaths = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isName);

export const unwrapSchema = z.object({ encryptedDocumentKey: edek });
export const batchWrapSchema = z.object({ documentIds: names });
export const batchUnwrapSchema = z.object({ edeks: mapOf(isEdek, 'an EDEK in base64') });
export const rekeySchema = z.object({ encryptedDocumentKey: edek, newTenantId: name });
export const reportSchema = z.object({
  operations: mapOf(isUses, 'with the whole numbers wraps and unwraps'),
});
export const deriveSchema = z.object({
  paths: mapOf(isPaths, `a list of texts, each of 1 to ${MAX_NAME_LENGTH} characters`).check(
    z.refine((paths) => Object.values(paths).reduce((sum, { length }) => sum + length, 0) <= MAX_ITEMS, {
      error: `must hold at most ${MAX_ITEMS} derivation paths`,
    }),
  ),
  /** No public client asks this service for `argon2`. */
  derivationType: z.enum(['sha512', 'sha256'], { error: 'must be sha512 or sha256' }),
  secretType: z.enum(['deterministic', 'search', 'vector'], { error: 'must be deterministic, search or vector' }),
});
