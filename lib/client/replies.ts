// Replies of the gateway, checked before use. Unknown members are ignored.
import { isObject, type JsonObject } from '../base/json.ts';
import { Secret } from '../base/secret.ts';
import { ClientError, serviceError } from './errors.ts';

/** A document key, and its EDEK: the key wrapped by the tenant's KMS (base64), to be stored with the document. */
export interface WrappedKey {
  readonly dek: Secret;
  readonly edek: string;
}

/** The outcome of each id of a batch: it is in one of the two maps. */
export interface KeyBatch<Key> {
  readonly keys: ReadonlyMap<string, Key>;
  readonly failures: ReadonlyMap<string, ClientError>;
}

const DEK_BYTES = 32;

export function readWrappedKey(reply: unknown): WrappedKey {
  const { edek } = membersOf(reply);
  if (typeof edek !== 'string' || edek === '') throw notOurs();
  return { dek: readDek(reply), edek };
}

export function readDek(reply: unknown): Secret {
  const { dek } = membersOf(reply);
  const key = new Secret(typeof dek === 'string' ? Buffer.from(dek, 'base64') : Buffer.alloc(0));
  if (key.expose().length === DEK_BYTES) return key;
  key.destroy();
  throw notOurs();
}

/** Returns the key itself of a key with or without its EDEK. */
export function dekOf(key: Secret | WrappedKey): Secret {
  return key instanceof Secret ? key : key.dek;
}

/**
 * Reads the reply for the requested ids. An id that the reply does not mention is a failure; other ids are ignored.
 * Destroys the keys that it has read when a later one is malformed, and throws.
 */
export function readBatch<Key extends Secret | WrappedKey>(
  reply: unknown,
  ids: Iterable<string>,
  readKey: (reply: unknown) => Key,
): KeyBatch<Key> {
  const { keys, failures } = membersOf(reply);
  const [good, bad] = [new Map(Object.entries(membersOf(keys))), new Map(Object.entries(membersOf(failures)))];
  const batch = { keys: new Map<string, Key>(), failures: new Map<string, ClientError>() };
  try {
    for (const id of ids) {
      if (good.has(id)) batch.keys.set(id, readKey(good.get(id)));
      else batch.failures.set(id, readFailure(bad.get(id)));
    }
    return batch;
  } catch (error) {
    for (const key of batch.keys.values()) dekOf(key).destroy();
    throw error;
  }
}

function readFailure(failure: unknown): ClientError {
  if (!isObject(failure)) return notOurs();
  const { code, message } = failure;
  return typeof code === 'number' && typeof message === 'string' ? serviceError(code, message) : notOurs();
}

function membersOf(reply: unknown): JsonObject {
  if (!isObject(reply)) throw notOurs();
  return reply;
}

function notOurs(): ClientError {
  return new ClientError('UNKNOWN_ERROR', 'The answer has not the shape that the operation asks for');
}
