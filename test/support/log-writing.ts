// Batches appended to a log in memory, and what it then holds.
import { readEntries } from '../../lib/transparency/entries.ts';
import type { LogFinding } from '../../lib/transparency/findings.ts';
import type { LogWriter } from '../../lib/transparency/log-writer.ts';
import type { TileStore } from '../../lib/transparency/ports.ts';
import { verifyLog } from '../../lib/transparency/verify-log.ts';
import { fixedKeys, fixedLog } from './log.ts';

export const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
export const entry = (name: string): Buffer => Buffer.from(name);
export const batchOf = (name: string, count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) => entry(`${name}${i}`));

/** Appends as the sealer does: looks again whenever another writer was first. */
export async function append(log: LogWriter, entries: readonly Buffer[]): Promise<void> {
  let head = await log.open();
  for (;;) {
    const commit = await log.commit(head, entries);
    if (commit.ours) return;
    head = commit.head;
  }
}

export async function entriesOf(store: TileStore): Promise<string[]> {
  const { tree } = await fixedLog(store).open();
  const names: string[] = [];
  for await (const { bytes } of readEntries(store, 0, tree.size)) names.push(text(bytes));
  return names;
}

/** What a verifier finds wrong with the log: notes are not. */
export async function faultsOf(store: TileStore): Promise<readonly LogFinding[]> {
  const report = await verifyLog({ reader: store, keys: fixedKeys().checkpointKeys });
  return report.findings.filter(({ note }) => note !== true);
}
