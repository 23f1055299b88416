// The operations of the routes: each reads the body, calls the key service and makes the answer.

import type { JsonObject } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import type { BatchResult } from '../../tenants/key-batch.ts';
import type { Metadata } from '../../tenants/key-journal.ts';
import type { WrappedDocumentKey } from '../../tenants/key-operations.ts';
import type { KeyService } from '../../tenants/key-service.ts';
import type { Tenants } from '../../tenants/model.ts';
import { toTspRefusal } from './codes.ts';
import type { TspOperation } from './route.ts';
import { BATCH_UNWRAP, BATCH_WRAP, DERIVE, membersOf, REKEY, REPORT, UNWRAP } from './schema.ts';

/** The body of the answer, and for the metrics the numbers of processed and refused keys. */
export interface Answer {
  readonly body: unknown;
  readonly keys: number;
  readonly refused: number;
}

export interface KeyCall {
  readonly keys: KeyService;
  readonly tenants: Tenants;
  readonly metadata: Metadata;
  readonly body: JsonObject;
}

export type KeyOperation = Exclude<TspOperation, 'security-event'>;

/**
 * Reads the rest of the body, runs the operation and makes the answer. Overwrites each key as soon as it is encoded.
 */
export const KEY_OPERATIONS: Readonly<Record<KeyOperation, (call: KeyCall) => Promise<Answer>>> = {
  wrap: async ({ keys, tenants, metadata }) => one(wrappedBody(await keys.wrap(tenants, metadata))),

  unwrap: async ({ keys, tenants, metadata, body }) => {
    const { encryptedDocumentKey } = membersOf(UNWRAP, body);
    return one(unwrappedBody(await keys.unwrap(tenants, metadata, bytesOf(encryptedDocumentKey))));
  },

  'batch-wrap': async ({ keys, tenants, metadata, body }) => {
    const { documentIds } = membersOf(BATCH_WRAP, body);
    return batch(await keys.batchWrap(tenants, metadata, new Set(documentIds)), wrappedBody);
  },

  'batch-unwrap': async ({ keys, tenants, metadata, body }) => {
    const { edeks } = membersOf(BATCH_UNWRAP, body);
    const bytes = new Map(Object.entries(edeks).map(([id, edek]) => [id, bytesOf(edek)]));
    return batch(await keys.batchUnwrap(tenants, metadata, bytes), unwrappedBody);
  },

  rekey: async ({ keys, tenants, metadata, body }) => {
    const { encryptedDocumentKey, newTenantId } = membersOf(REKEY, body);
    return one(wrappedBody(await keys.rekey(tenants, metadata, bytesOf(encryptedDocumentKey), newTenantId)));
  },

  'report-operations': async ({ keys, tenants, metadata, body }) => {
    const { operations } = membersOf(REPORT, body);
    const uses = Object.entries(operations).map(([edek, { wraps, unwraps }]) => ({
      edek: bytesOf(edek),
      wraps,
      unwraps,
    }));
    await keys.reportOperations(tenants, metadata, uses);
    return { body: null, keys: 0, refused: 0 };
  },

  derive: async ({ keys, tenants, metadata, body }) => {
    const { paths, derivationType, secretType } = membersOf(DERIVE, body);
    const wanted = new Map(Object.entries(paths).map(([path, list]) => [path, new Set(list)]));
    const { hasPrimaryConfig, keys: derived } = await keys.derive(tenants, metadata, wanted, {
      derivationType,
      secretType,
    });
    const derivedKeys = objectOf(derived, (byPath) =>
      objectOf(byPath, (list) => list.map(({ derivedKey, ...about }) => ({ derivedKey: text(derivedKey), ...about }))),
    );
    return one({ hasPrimaryConfig, derivedKeys });
  },
};

function one(body: unknown): Answer {
  return { body, keys: 1, refused: 0 };
}

function batch<Key>({ keys, failures }: BatchResult<Key>, bodyOf: (key: Key) => object): Answer {
  return {
    body: { keys: objectOf(keys, bodyOf), failures: objectOf(failures, (error) => toTspRefusal(error).body) },
    keys: keys.size,
    refused: failures.size,
  };
}

function wrappedBody({ dek, edek }: WrappedDocumentKey): { readonly dek: string; readonly edek: string } {
  return { dek: text(dek), edek: Buffer.from(edek).toString('base64') };
}

function unwrappedBody(dek: Secret): { readonly dek: string } {
  return { dek: text(dek) };
}

/** Encodes a key in base64 and overwrites its bytes. The text itself cannot be overwritten. */
function text(key: Secret): string {
  using answered = key;
  return answered.exposeText('base64');
}

/** Makes an object with a member for each entry, `__proto__` included. */
function objectOf<From, To>(map: ReadonlyMap<string, From>, worded: (value: From) => To): Readonly<Record<string, To>> {
  return Object.fromEntries([...map].map(([name, value]) => [name, worded(value)]));
}

/** Decodes canonical base64. Any other text gives no bytes, which are no EDEK and refused as such. */
function bytesOf(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : Buffer.alloc(0);
}
