// The list of the public keys that records and checkpoints are or were signed with, and the keys of a workspace themselves.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  createInsecureLocalCheckpointKey,
  insecureLocalCheckpointSigner,
} from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { createSigningKey, readSigningKey, readSigningKeyId } from '../../../lib/adapters/file/signing-key.ts';
import { errorCode } from '../../../lib/base/error-code.ts';
import type { Secret } from '../../../lib/base/secret.ts';
import { formatKeyList, type KeyList, parseKeyList } from '../../../lib/evidence/key-list.ts';
import { noteKey } from '../../../lib/transparency/note.ts';
import { CliError } from '../core/exit.ts';
import { replaceFile } from '../files/replace.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Records of processes that are still running with a key that was rotated out, seconds. */
const GRACE_S = 24 * 60 * 60;

/** Reads a key list. Rejects with `CliError`, or `LogError` for a file that is none. */
export async function readKeyList(path: string): Promise<KeyList> {
  try {
    return parseKeyList(await readFile(path, 'utf8'));
  } catch (error) {
    if (typeof Object(error).syscall === 'string') {
      throw new CliError('CLI_USAGE', `The key list ${path} cannot be read (${errorCode(error)})`);
    }
    throw error;
  }
}

/** Writes a key list in one step, and durably. */
export async function writeKeyList(path: string, list: KeyList): Promise<void> {
  await replaceFile(path, formatKeyList(list), 0o666);
}

/** Returns the key list of a workspace. Where there is none, makes it, with a checkpoint key and a name for the Merkle log. */
export async function ensureKeyList(ws: Workspace): Promise<KeyList> {
  if (existsSync(ws.keyList)) return readKeyList(ws.keyList);
  const origin = `localhost/protector/${randomUUID()}`;
  if (!existsSync(ws.checkpointKey)) await createInsecureLocalCheckpointKey(ws.checkpointKey);
  const { publicKey } = await insecureLocalCheckpointSigner(ws.checkpointKey);
  const keyId = await readSigningKeyId(ws.signingKey);
  const list = { origin, checkpointKeys: [{ key: noteKey(origin, publicKey) }], recordKeys: [{ keyId }] };
  await createKeyList(ws.keyList, list);
  return readKeyList(ws.keyList);
}

/** Writes a key list, unless another process has made one meanwhile: that one has named the log, and stays. */
async function createKeyList(path: string, list: KeyList): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, formatKeyList(list), { flush: true });
  try {
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(temporary);
  }
}

/** Reads every record key of a workspace, the former ones too. Resolves to them by their ids; the caller must destroy them. */
export async function workspaceRecordKeys(ws: Workspace): Promise<ReadonlyMap<string, Secret>> {
  const directory = dirname(ws.signingKey);
  const [current, stem] = [basename(ws.signingKey), basename(ws.signingKey, '.json')];
  const names = await readdir(directory).catch(() => []);
  const former = names.filter((name) => name.startsWith(`${stem}.`) && name !== current);
  return readRecordKeys([current, ...former].map((name) => join(directory, name)));
}

/** Reads record keys. Resolves to them by their ids; the caller must destroy them. Rejects with `KeyFileError`. */
export async function readRecordKeys(paths: readonly string[]): Promise<ReadonlyMap<string, Secret>> {
  const keys = await Promise.all(paths.map((path) => readSigningKey(path)));
  return new Map(keys.map(({ keyId, key }) => [keyId, key]));
}

/** Moves a key file aside under a name that says which key it was. */
async function setAside(path: string, name: string): Promise<void> {
  await rename(path, path.replace(/\.json$/, `.${name}.json`));
}

/** Makes a new key for records. Processes that are running may use the old one for a day. @param now seconds */
export async function rotateRecordKey(ws: Workspace, now: number): Promise<KeyList> {
  const list = await ensureKeyList(ws);
  const before = await readSigningKeyId(ws.signingKey);
  await setAside(ws.signingKey, before.slice(0, 20));
  const keyId = await createSigningKey(ws.signingKey);
  const recordKeys = list.recordKeys.map((key) => {
    return key.keyId === before && key.until === undefined ? { ...key, until: now + GRACE_S } : key;
  });
  const rotated = { ...list, recordKeys: [...recordKeys, { keyId, from: now }] };
  await writeKeyList(ws.keyList, rotated);
  return rotated;
}

/** Makes a new key for checkpoints. @param now seconds */
export async function rotateCheckpointKey(ws: Workspace, now: number): Promise<KeyList> {
  const list = await ensureKeyList(ws);
  const before = noteKey(list.origin, (await insecureLocalCheckpointSigner(ws.checkpointKey)).publicKey);
  await setAside(ws.checkpointKey, before.id);
  await createInsecureLocalCheckpointKey(ws.checkpointKey);
  const key = noteKey(list.origin, (await insecureLocalCheckpointSigner(ws.checkpointKey)).publicKey);
  const checkpointKeys = list.checkpointKeys.map((each) => {
    return each.key.id === before.id && each.until === undefined ? { ...each, until: now } : each;
  });
  const rotated = { ...list, checkpointKeys: [...checkpointKeys, { key, from: now }] };
  await writeKeyList(ws.keyList, rotated);
  return rotated;
}
