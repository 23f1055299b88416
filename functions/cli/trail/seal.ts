import { insecureLocalCheckpointSigner } from '../../../lib/adapters/file/insecure-local-checkpoint-signer.ts';
import { fileTileStore } from '../../../lib/adapters/file/tile-store.ts';
import { Sealer, type SealReport } from '../../../lib/evidence/sealer.ts';
import { unsealed } from '../../../lib/evidence/unsealed.ts';
import { readEntries } from '../../../lib/transparency/entries.ts';
import { LogWriter } from '../../../lib/transparency/log-writer.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { ensureKeyList } from './key-list.ts';
import { RecordLines, type Unread } from './record-lines.ts';

/** Seals the records of a file that are new into the Merkle log of a workspace. Without a new record it changes nothing. */
export async function sealRecords(
  ws: Workspace,
  file: string,
  nowMs: () => number,
): Promise<SealReport & { readonly unread: readonly Unread[] }> {
  const { origin, checkpointKeys } = await ensureKeyList(ws);
  const store = fileTileStore(ws.merkleLog);
  const signer = await insecureLocalCheckpointSigner(ws.checkpointKey);
  const formerKeys = checkpointKeys.map(({ key }) => key);
  const log = new LogWriter({ store, signer, origin, formerKeys, nowMs });
  const { tree } = await log.open();
  const lines = new RecordLines(file);
  const report = await new Sealer(log, store).seal(unsealed(lines, readEntries(store, 0, tree.size)));
  return { ...report, unread: lines.unread };
}
