// What a workspace promises its verifier: the keys and the log that must be there once anything was sealed.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { KeyFileError, type NamedKey } from '../../../lib/adapters/file/key-file.ts';
import { readSigningKey } from '../../../lib/adapters/file/signing-key.ts';
import { shortKeyId } from '../../../lib/audit/sign.ts';
import type { Secret } from '../../../lib/base/secret.ts';
import type { KeyList } from '../../../lib/evidence/key-list.ts';
import type { EvidenceFinding, EvidenceKind } from '../../../lib/evidence/verify-evidence.ts';
import { LogError } from '../../../lib/transparency/errors.ts';
import { outsideUse } from '../../../lib/transparency/findings.ts';
import { noteKey } from '../../../lib/transparency/note.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { readKeyList } from './key-list.ts';

/** The keys of a workspace, and what is wrong with them. */
export interface WorkspaceEvidence {
  readonly keys: KeyList | undefined;
  readonly recordKeys: ReadonlyMap<string, Secret> | undefined;
  readonly findings: readonly EvidenceFinding[];
}

/** Tells whether a workspace was sealed: every file that sealing makes is a trace of it. */
export function isSealed(ws: Workspace): boolean {
  return [ws.keyList, ws.merkleLog, ws.checkpointKey].some(existsSync);
}

/**
 * Reads the keys of a workspace and checks them against its key list. An absent or damaged file is a finding. `now`: epoch
 * seconds. `given`: a key list instead of the workspace's own.
 */
export async function workspaceEvidence(
  ws: Workspace,
  now: number,
  given: string | undefined,
): Promise<WorkspaceEvidence> {
  const check = new Check(ws, now);
  const keys = isSealed(ws) || given !== undefined ? await check.keyList(given ?? ws.keyList) : undefined;
  const recordKeys = await check.recordKeys(keys);
  if (isSealed(ws)) await check.checkpointKey(keys);
  return { keys, recordKeys: recordKeys.size === 0 ? undefined : recordKeys, findings: check.findings };
}

class Check {
  readonly findings: EvidenceFinding[] = [];
  readonly #ws: Workspace;
  readonly #now: number;

  constructor(ws: Workspace, now: number) {
    this.#ws = ws;
    this.#now = now;
  }

  async keyList(path: string): Promise<KeyList | undefined> {
    if (!existsSync(path)) return this.#add('missing', path, 'The key list is gone: no checkpoint can be verified');
    try {
      return await readKeyList(path);
    } catch (error) {
      if (error instanceof LogError) return this.#add('malformed', path, error.message);
      throw error;
    }
  }

  /** Reads every record key, the former ones too, which are set aside under their ids. */
  async recordKeys(list: KeyList | undefined): Promise<ReadonlyMap<string, Secret>> {
    const { signingKey } = this.#ws;
    const stem = basename(signingKey, '.json');
    const names = await readdir(dirname(signingKey)).catch(() => []);
    const former = names.filter((name) => name.startsWith(`${stem}.`) && name !== basename(signingKey));
    const keys = new Map<string, Secret>();
    for (const path of [signingKey, ...former.map((name) => join(dirname(signingKey), name))]) {
      const named = await this.#recordKey(path);
      if (named === undefined) continue;
      keys.set(named.keyId, named.key);
      const id = shortKeyId(named.keyId);
      if (path !== signingKey && basename(path) !== `${stem}.${id}.json`) this.#add('moved', path, `It is key ${id}`);
    }
    for (const { keyId } of list?.recordKeys ?? []) {
      if (!keys.has(keyId)) this.#add('missing', signingKey, `The record key ${keyId} of the key list is gone`);
    }
    return keys;
  }

  async checkpointKey(list: KeyList | undefined): Promise<void> {
    const { checkpointKey: path } = this.#ws;
    if (!existsSync(path)) return this.#add('missing', path, 'The key that signs checkpoints is gone');
    if (list === undefined) return;
    try {
      const { id } = noteKey(list.origin, (await insecureLocalCheckpointSigner(path)).publicKey);
      const uses = list.checkpointKeys.filter(({ key }) => key.id === id).map((use) => outsideUse(this.#now, use));
      if (!uses.includes(undefined))
        this.#add('unknown-key', path, uses[0] ?? `The key list does not know key id ${id}`);
    } catch (error) {
      if (error instanceof LogError) this.#add('malformed', path, error.message);
      else throw error;
    }
  }

  async #recordKey(path: string): Promise<NamedKey | undefined> {
    try {
      return await readSigningKey(path);
    } catch (error) {
      if (!(error instanceof KeyFileError)) throw error;
      return this.#add(existsSync(path) ? 'malformed' : 'missing', path, error.message);
    }
  }

  #add(kind: EvidenceKind, path: string, detail: string): undefined {
    this.findings.push({ kind, where: 'keys', path, detail });
  }
}
