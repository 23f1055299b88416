// What discovery found, as a table.
import type { DraftColumn } from '../../../lib/discovery/draft.ts';
import { KIND_TABLE, type KindTraits } from '../../../lib/discovery/kinds/table.ts';
import { refusedRows } from '../../../lib/discovery/propose.ts';
import type { Io } from '../core/io.ts';
import { table } from '../output/table.ts';
import { count, print, quantity, styled, visible } from '../output/text.ts';
import type { SampledDraft } from './draft.ts';

/** Prints a table for each sample: what its columns hold, and what the engine made of them. */
export function printColumns(io: Io, { draft, samples }: SampledDraft): void {
  for (const { name, rows } of samples) {
    const own = draft.columns.filter((column) => column.table === name);
    print(io, styled(io.stdout, 'bold', `${visible(name)}: a sample of ${quantity(rows, 'row')}`));
    print(io, table(io.stdout, ['column', 'holds', 'sure', 'element', 'of the sample'], own.map(rowOf)));
    print(io);
  }
}

function rowOf(column: DraftColumn): string[] {
  const { finding, element, elementName } = column;
  const { title }: KindTraits = KIND_TABLE[finding.kind];
  return [
    column.column.name,
    finding.number?.title ?? title,
    finding.sure,
    elementName ?? 'left in clear',
    outcomeOf(column, element),
  ];
}

function outcomeOf(column: DraftColumn, element: DraftColumn['element']): string {
  if (element === undefined) return '';
  const { rows, weak, clear } = element.trial;
  const refused = refusedRows(column);
  const parts = [
    ...(refused === 0 ? [] : [`${count(refused)} refused`]),
    ...(clear === 0 ? [] : [`${count(clear)} clear`]),
    ...(weak === 0 ? [] : [`${count(weak)} weak`]),
  ];
  return parts.length === 0 ? `all ${count(rows)} protected` : `${parts.join(', ')} of ${count(rows)}`;
}
