// Logs that a sealer writes in memory, and what they hold.
import { Sealer } from '../../lib/evidence/sealer.ts';
import { type EvidenceFinding, verifyEvidence } from '../../lib/evidence/verify-evidence.ts';
import { readEntries } from '../../lib/transparency/entries.ts';
import type { LogWriterOptions } from '../../lib/transparency/log-writer.ts';
import type { TileStore } from '../../lib/transparency/ports.ts';
import { recordKeys } from './chain-lines.ts';
import { fixedKeys, fixedLog } from './log.ts';

export const sealerOf = (store: TileStore, change: Partial<LogWriterOptions> = {}): Sealer =>
  new Sealer(fixedLog(store, change), store);

export async function leavesOf(store: TileStore): Promise<string[]> {
  const { tree } = await fixedLog(store).open();
  const lines: string[] = [];
  for await (const { bytes } of readEntries(store, 0, tree.size)) lines.push(Buffer.from(bytes).toString());
  return lines;
}

export async function findings(store: TileStore, records?: readonly string[]): Promise<readonly EvidenceFinding[]> {
  const report = await verifyEvidence({
    log: { reader: store },
    ...(records && { records }),
    recordKeys: recordKeys(),
    keys: fixedKeys(),
  });
  return report.findings;
}
