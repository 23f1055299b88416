import type { TrailEntry } from '../audit/entry.ts';
import type { RequestOrigin } from '../protect/batch.ts';
import type { Protector } from '../protect/protector.ts';
import { RefusedError } from '../protect/refusal.ts';
import type { FileColumn } from './protect-batch.ts';

/** A column that the policy does not let the user work on at all, and what the trail must say of it. */
export interface RefusedColumn {
  readonly name: string;
  readonly refusal: RefusedError;
  readonly entries: readonly TrailEntry[];
}

/** Asks for each column whether the user may do this at all, before anything is read. Resolves to the first refusal. */
export async function findRefusedColumn(
  protector: Protector,
  columns: readonly FileColumn[],
  origin: (column: number) => RequestOrigin,
): Promise<RefusedColumn | undefined> {
  for (const [column, { name, target }] of columns.entries()) {
    const entries: TrailEntry[] = [];
    const asking = protector.recordingTo({ record: (entry) => void entries.push(entry) });
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first refusal is the one to tell
      await asking.run({ origin: origin(column), target: () => target, column: () => [], encode: () => undefined });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return { name, refusal: error, entries };
    }
  }
  return undefined;
}
