// Precision and recall of discovery over labelled tables, by kind.
import { KIND_TABLE, type KindTraits } from '../../../lib/discovery/kinds/table.ts';
import { detectKinds } from '../../../lib/discovery/neighbours.ts';
import type { Label, LabelledTable } from './tables.ts';

export interface Score {
  /** Columns that hold the kind, and were found to. */
  right: number;
  /** Columns of another kind that were taken for it. */
  wrong: number;
  /** Columns of the kind that were taken for another. */
  missed: number;
}

export interface Scores {
  readonly byKind: ReadonlyMap<string, Score>;
  /** Columns that need an element, and how many of them get one, whatever its kind. */
  readonly sensitive: number;
  readonly covered: number;
  /** Columns that need none, and how many of them are left alone. */
  readonly harmless: number;
  readonly leftAlone: number;
}

export const precision = ({ right, wrong }: Score): number => right / Math.max(1, right + wrong);
export const recall = ({ right, missed }: Score): number => right / Math.max(1, right + missed);

/** Compares what discovery finds with the labels. A national number is right only where its country and name are. */
export function score(tables: Iterable<LabelledTable>): Scores {
  const byKind = new Map<string, Score>();
  const of = (kind: string): Score => {
    const known = byKind.get(kind) ?? { right: 0, wrong: 0, missed: 0 };
    byKind.set(kind, known);
    return known;
  };
  const totals = { sensitive: 0, covered: 0, harmless: 0, leftAlone: 0 };
  for (const { columns, labels } of tables) {
    for (const [i, { kind, number }] of detectKinds(columns).entries()) {
      const label = labels[i]!;
      const traits: KindTraits = KIND_TABLE[kind];
      const isCovered = traits.element !== undefined;
      const found: Label = { kind: isCovered ? kind : 'other', ...(number !== undefined && { number: number.label }) };
      if (label.kind === 'other') {
        totals.harmless += 1;
        totals.leftAlone += isCovered ? 0 : 1;
      } else {
        totals.sensitive += 1;
        totals.covered += isCovered ? 1 : 0;
      }
      if (found.kind === label.kind && (label.number === undefined || label.number === found.number))
        of(label.kind).right += 1;
      else {
        of(found.kind).wrong += 1;
        of(label.kind).missed += 1;
      }
    }
  }
  return { byKind, ...totals };
}
