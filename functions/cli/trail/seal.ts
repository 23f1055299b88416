import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { verifyCosignatures } from '../../../lib/transparency/cosignature.ts';
import { NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import { parseNote } from '../../../lib/transparency/note.ts';
import type { TileReader, TileStore } from '../../../lib/transparency/ports.ts';
import type { WitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { ensureKeyList } from './key-list.ts';
import { RecordLines, type Unread } from './record-lines.ts';
import { cosignersOf } from './witness-policy.ts';

/**
 * Seals the records of a file that are new into the Merkle log of a workspace, and asks the witnesses of a policy to
 * cosign it. Without a new record it changes nothing, unless a witness has not cosigned the newest checkpoint: then it
 * signs another one.
 */
export async function sealRecords(
  ws: Workspace,
  file: string,
  nowMs: () => number,
  policy?: WitnessPolicy,
): Promise<SealReport & { readonly unread: readonly Unread[] }> {
  const { sealer, store, size } = await openSealer(ws, nowMs, policy);
  const lines = new RecordLines(file);
  const report = await sealer.seal(unsealed(lines, readEntries(store, 0, size)));
  const isDone = policy === undefined || report.sealed > 0 || (await isCosigned(store, policy));
  const { asked } = isDone ? report : await sealer.tick(nowMs(), 0);
  return { ...report, asked, unread: lines.unread };
}

/**
 * Opens the Merkle log of a workspace for sealing, with the witnesses of a policy; makes its key and key list where
 * there are none. `size`: its leaves.
 */
export async function openSealer(
  ws: Workspace,
  nowMs: () => number,
  policy?: WitnessPolicy,
): Promise<{ readonly sealer: Sealer; readonly store: TileStore; readonly size: number }> {
  const { origin, checkpointKeys } = await ensureKeyList(ws);
  const store = fileTileStore(ws.merkleLog);
  const signer = await insecureLocalCheckpointSigner(ws.checkpointKey);
  const formerKeys = checkpointKeys.map(({ key }) => key);
  const witnesses = policy && cosignersOf(policy);
  const log = new LogWriter({ store, signer, origin, formerKeys, nowMs, ...(witnesses && { witnesses }) });
  const { tree } = await log.open();
  return { sealer: new Sealer(log, store), store, size: tree.size };
}

/** Tells whether every witness that can be asked has cosigned the newest checkpoint. */
async function isCosigned(store: TileReader, { witnesses }: WitnessPolicy): Promise<boolean> {
  const bytes = await store.read(NEWEST_CHECKPOINT);
  if (bytes === undefined) return true;
  const keys = witnesses.filter(({ url }) => url !== undefined).map(({ key }) => key);
  const { valid } = await verifyCosignatures(parseNote(bytes), keys);
  return valid.length >= keys.length;
}
