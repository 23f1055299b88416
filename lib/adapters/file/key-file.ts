// A key in a JSON file, for machines without a key service: { "key_id": …, "key": base64 of 32 bytes }.
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProtectorError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { errorCode } from '../../base/error-code.ts';

/**
 * `KEY_FILE_UNREADABLE`: the file is absent, or this user may not read or write it. `KEY_FILE_EXISTS`: overwriting a
 * key loses the data under it; move the file away first. `KEY_FILE_INVALID`: not a key file. Messages name the path,
 * never the content.
 */
export class KeyFileError extends ProtectorError<'KEY_FILE_UNREADABLE' | 'KEY_FILE_EXISTS' | 'KEY_FILE_INVALID'> {}

/** A 256-bit key and the id by which records and sealed files name it. */
export interface NamedKey {
  readonly keyId: string;
  readonly key: Secret;
}

const KEY_BYTES = 32;

/** Reads a key file. Rejects with `KeyFileError` only. */
export async function readKeyFile(path: string): Promise<NamedKey> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new KeyFileError('KEY_FILE_UNREADABLE', `Key file ${path} cannot be read (${errorCode(error)})`);
  }
  return parseKeyFile(path, text);
}

/**
 * Writes a new key file that only its owner may read, creating its directory, and destroys `key`. Never overwrites a
 * file. Rejects with `KeyFileError` only.
 */
export async function createKeyFile(path: string, keyId: string, key: Secret): Promise<void> {
  using secret = key;
  const text = `${JSON.stringify({ key_id: keyId, key: secret.exposeText('base64') })}\n`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') throw new KeyFileError('KEY_FILE_EXISTS', `Key file ${path} exists and is not overwritten`);
    throw new KeyFileError('KEY_FILE_UNREADABLE', `Key file ${path} cannot be written (${code})`);
  }
}

/** Formats 16 random bytes as a version 4 UUID (RFC 9562 §5.4). */
export function uuidOf(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function parseKeyFile(path: string, text: string): NamedKey {
  const content = parseObject(path, text);
  const keyId = 'key_id' in content ? content.key_id : undefined;
  const key = 'key' in content ? content.key : undefined;
  if (typeof keyId !== 'string' || keyId === '') throw invalid(path, 'key_id is not a text');
  if (typeof key !== 'string') throw invalid(path, 'key is not a text');
  const bytes = Buffer.from(key, 'base64');
  // Buffer skips characters that are not base64, so only a round trip shows that it skipped none.
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== key) {
    throw invalid(path, `key is not the base64 of ${KEY_BYTES} bytes`);
  }
  return { keyId, key: new Secret(bytes) };
}

function parseObject(path: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(path, 'not JSON'); // V8's own message quotes the text, and the text is a key
  }
  if (typeof value !== 'object' || value === null) throw invalid(path, 'not a JSON object');
  return value;
}

function invalid(path: string, why: string): KeyFileError {
  return new KeyFileError('KEY_FILE_INVALID', `Key file ${path} is not valid: ${why}`);
}
