// Valid documents, notes and logs that several doors begin with.
import { Sealer } from '../../../lib/evidence/sealer.ts';
import { formatAddCheckpoint } from '../../../lib/transparency/add-checkpoint.ts';
import { chainLines } from '../../support/chain-lines.ts';
import { fixedLog } from '../../support/log.ts';
import { MemoryTileStore } from '../../support/memory-tile-store.ts';

/** A log of seven records, and their lines. */
export async function sampleLog(): Promise<{ readonly store: MemoryTileStore; readonly lines: readonly string[] }> {
  const store = new MemoryTileStore();
  const lines = await chainLines('environment', 7);
  await new Sealer(fixedLog(store), store).seal(lines);
  return { store, lines };
}

export async function sampleCheckpoint(): Promise<Buffer> {
  const { store } = await sampleLog();
  return Buffer.from((await store.read('checkpoint'))!);
}

/** The body of a request to a witness that knows no checkpoint yet. */
export async function addCheckpointBody(): Promise<string> {
  return formatAddCheckpoint({ old: 0, proof: [] }, (await sampleCheckpoint()).toString());
}
