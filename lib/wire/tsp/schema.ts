// Checks the bodies of requests, except their metadata (`lib/events/metadata.ts`). Other members are allowed, nothing
// is converted. No schema library: these six checks are small, and zod would be a thirtieth of the bundle.

import { isObject, type JsonObject } from '../../base/json.ts';
import type { DerivationType, SecretType } from '../../tenants/derive.ts';
import { TspRefusal } from './codes.ts';

/** The check of a member, and the text of its rule. */
interface Member<T> {
  readonly is: (value: unknown) => value is T;
  readonly rule: string;
}

export type Members<T> = { readonly [Name in keyof T]: Member<T[Name]> };

/**
 * Reads members of the body. Throws `TspRefusal` `INVALID_REQUEST_BODY` for the first that is missing or invalid. Names
 * the member, and nothing inside it: those names are the caller's.
 */
export function membersOf<T extends object>(members: Members<T>, body: JsonObject): T {
  for (const [name, { is, rule }] of Object.entries<Member<unknown>>(members)) {
    if (!is(body[name])) throw new TspRefusal('INVALID_REQUEST_BODY', `${name} must be ${rule}`);
  }
  return body as T;
}

/** Most ids, EDEKs or derivation paths of one request. */
const MAX_ITEMS = 1000;
/** Longest id, path or tenant. */
const MAX_NAME_LENGTH = 1024;
/** Longest EDEK in base64; EDEKs have less than 9 KB. */
const MAX_EDEK_LENGTH = 16_384;

const isText = (value: unknown, maxLength: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxLength && value.isWellFormed();
const isName = (value: unknown): value is string => isText(value, MAX_NAME_LENGTH);
const isEdek = (value: unknown): value is string => isText(value, MAX_EDEK_LENGTH);
const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= MAX_ITEMS && value.every(isName);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

interface Uses {
  readonly wraps: number;
  readonly unwraps: number;
}

const isUses = (value: unknown): value is Uses =>
  isObject(value) && isCount(value['wraps']) && isCount(value['unwraps']);

const A_NAME = `a text of 1 to ${MAX_NAME_LENGTH} characters`;
const name: Member<string> = { is: isName, rule: A_NAME };
const edek: Member<string> = { is: isEdek, rule: `a text of 1 to ${MAX_EDEK_LENGTH} characters` };
const names: Member<readonly string[]> = {
  is: isNames,
  rule: `a list of at most ${MAX_ITEMS} texts, each of 1 to ${MAX_NAME_LENGTH} characters`,
};

function mapOf<T>(is: (value: unknown) => value is T, rule: string): Member<Readonly<Record<string, T>>> {
  return {
    is: (value): value is Readonly<Record<string, T>> => {
      if (!isObject(value)) return false;
      const entries = Object.entries(value);
      return entries.length <= MAX_ITEMS && entries.every(([key, one]) => isText(key, MAX_EDEK_LENGTH) && is(one));
    },
    rule: `an object of at most ${MAX_ITEMS} members, each ${rule}`,
  };
}

function oneOf<T extends string>(...words: readonly T[]): Member<T> {
  return {
    is: (value): value is T => words.some((word) => word === value),
    rule: `one of ${words.join(', ')}`,
  };
}

/** A secret path or derivation path. It may be empty: one public client (Alloy) has the empty path in its examples. */
const isPath = (value: unknown): value is string => value === '' || isName(value);
const isPaths = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isPath);

const paths: Member<Readonly<Record<string, readonly string[]>>> = {
  is: (value): value is Readonly<Record<string, readonly string[]>> => {
    if (!isObject(value)) return false;
    const lists = Object.values(value);
    if (lists.length > MAX_ITEMS || !Object.keys(value).every(isPath) || !lists.every(isPaths)) return false;
    return lists.reduce((sum, { length }) => sum + length, 0) <= MAX_ITEMS;
  },
  rule: `an object of at most ${MAX_ITEMS} members, each a list of texts, each of at most ${MAX_NAME_LENGTH} characters; at most ${MAX_ITEMS} texts in all`,
};

export const UNWRAP = { encryptedDocumentKey: edek };
export const BATCH_WRAP = { documentIds: names };
export const BATCH_UNWRAP = { edeks: mapOf(isEdek, 'an EDEK in base64') };
export const REKEY = { encryptedDocumentKey: edek, newTenantId: name };
export const REPORT = { operations: mapOf(isUses, 'with the whole numbers wraps and unwraps') };
export const DERIVE = {
  paths,
  /** Without `argon2`: no public client requests it from this service. */
  derivationType: oneOf<DerivationType>('sha512', 'sha256'),
  secretType: oneOf<SecretType>('deterministic', 'search', 'vector'),
};
