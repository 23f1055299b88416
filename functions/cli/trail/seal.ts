import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { verifyCosignatures } from '../../../lib/transparency/cosignature.ts';
import { NEWEST_CHECKPOINT } from '../../../lib/transparency/layout.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import { parseNote } from '../../../lib/transparency/note.ts';
import type { TileReader } from '../../../lib/transparency/ports.ts';
import type { WitnessPolicy } from '../../../lib/transparency/witness-policy.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { ensureKeyList } from './key-list.ts';
import { recordLines } from './record-lines.ts';
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
): Promise<SealReport> {
  const { origin, checkpointKeys } = await ensureKeyList(ws);
  const store = fileTileStore(ws.merkleLog);
  const signer = await insecureLocalCheckpointSigner(ws.checkpointKey);
  const formerKeys = checkpointKeys.map(({ key }) => key);
  const witnesses = policy && cosignersOf(policy);
  const log = new LogWriter({ store, signer, origin, formerKeys, nowMs, ...(witnesses && { witnesses }) });
  const { tree } = await log.open();
  const sealer = new Sealer(log, store);
  const report = await sealer.seal(unsealed(recordLines(file), readEntries(store, 0, tree.size)));
  if (policy === undefined || report.sealed > 0 || (await isCosigned(store, policy))) return report;
  return { ...report, asked: (await sealer.tick(nowMs(), 0)).asked };
}

/** Tells whether every witness that can be asked has cosigned the newest checkpoint. */
async function isCosigned(store: TileReader, { witnesses }: WitnessPolicy): Promise<boolean> {
  const bytes = await store.read(NEWEST_CHECKPOINT);
  if (bytes === undefined) return true;
  const keys = witnesses.filter(({ url }) => url !== undefined).map(({ key }) => key);
  return verifyCosignatures(parseNote(bytes), keys).valid.length >= keys.length;
}
