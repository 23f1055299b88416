import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import type { TileStore } from '../../../lib/transparency/ports.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { ensureKeyList } from './key-list.ts';
import { RecordLines, type Unread } from './record-lines.ts';

/** Seals the records of a file that are new into the Merkle log of a workspace. Without a new record it changes nothing. */
export async function sealRecords(
  ws: Workspace,
  file: string,
  nowMs: () => number,
): Promise<SealReport & { readonly unread: readonly Unread[] }> {
  const { sealer, store, size } = await openSealer(ws, nowMs);
  const lines = new RecordLines(file);
  const report = await sealer.seal(unsealed(lines, readEntries(store, 0, size)));
  return { ...report, unread: lines.unread };
}

/** Opens the Merkle log of a workspace for sealing; makes its key and key list where there are none. `size`: its leaves. */
export async function openSealer(
  ws: Workspace,
  nowMs: () => number,
): Promise<{ readonly sealer: Sealer; readonly store: TileStore; readonly size: number }> {
  const { origin, checkpointKeys } = await ensureKeyList(ws);
  const store = fileTileStore(ws.merkleLog);
  const signer = await insecureLocalCheckpointSigner(ws.checkpointKey);
  const formerKeys = checkpointKeys.map(({ key }) => key);
  const log = new LogWriter({ store, signer, origin, formerKeys, nowMs });
  const { tree } = await log.open();
  return { sealer: new Sealer(log, store), store, size: tree.size };
}
