import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { print, styled } from '../output/text.ts';

/** What a rollback is asked for. */
export interface Wanted {
  /** @default the newest version below the one in force */
  readonly to: number | undefined;
  /** Also to a version that protects with a compromised root key. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What a rollback changes. */
export interface Moved {
  readonly from: number;
  readonly to: number;
  readonly functions: readonly { readonly name: string; readonly from: string; readonly to?: string }[];
}

/** Prints what a rollback changed, or would change. */
export function printMoved(io: Io, { dryRun, json }: Wanted, { from, to, functions }: Moved): void {
  if (json) return print(io, JSON.stringify({ from, to, functions, dryRun }));
  const rows = functions.map((one) => [one.name, one.from, one.to ?? 'a new one']);
  if (rows.length > 0) print(io, table(io.stdout, ['function', 'version', dryRun ? 'would be' : 'now'], rows));
  const mark = dryRun ? styled(io.stdout, 'cyan', 'would go') : styled(io.stdout, 'green', '✓');
  print(io, `${mark} policy version ${from} → ${to}`);
}
