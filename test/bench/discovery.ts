// Precision and recall of discovery on generated tables of every locale, and on public tables where their folder is given.
import { drawSamples } from '../../functions/cli/sql/sample.ts';
import type { Kind } from '../../lib/discovery/kinds/table.ts';
import { PUBLIC_TABLES, publicTable } from '../support/discovery/public-tables.ts';
import { precision, recall, type Score, type Scores, score } from '../support/discovery/score.ts';
import {
  type Label,
  type LabelledTable,
  labelledTable,
  LOCALE_NAMES,
  type Naming,
} from '../support/discovery/tables.ts';
import type { Figure, Section } from './figures.ts';

/** Scores tables of `rows` rows in all locales, a section for each way to name columns. */
export function* discoverySections(rows: number, seed: number): Generator<Section> {
  for (const naming of ['helpful', 'neutral', 'lying'] as const satisfies readonly Naming[]) {
    const scores = score(LOCALE_NAMES.map((locale) => labelledTable(locale, naming, rows, seed)));
    yield {
      title: `Discovery: ${LOCALE_NAMES.length} locales, ${rows} rows, ${naming} names of columns`,
      figures: figuresOf(scores),
    };
  }
  yield* localeSections(rows, seed);
}

/** The kinds of each locale, column by column: the share that was found, and the columns that were not. */
function* localeSections(rows: number, seed: number): Generator<Section> {
  for (const naming of ['helpful', 'neutral', 'lying'] as const satisfies readonly Naming[]) {
    yield {
      title: `Discovery by locale: kinds that were found, of ${rows} rows under ${naming} names`,
      figures: LOCALE_NAMES.map((locale) => {
        const { byKind, sensitive, covered } = score([labelledTable(locale, naming, rows, seed)]);
        const kinds = [...byKind].filter(([kind]) => kind !== 'other');
        const sum = (of: (counts: Score) => number): number => kinds.reduce((all, [, counts]) => all + of(counts), 0);
        const right = sum((counts) => counts.right);
        const missed = kinds.flatMap(([kind, counts]) => Array<string>(counts.missed).fill(kind));
        const wrong = kinds.flatMap(([kind, counts]) => Array<string>(counts.wrong).fill(kind));
        const facts = [
          `${covered} of ${sensitive} get an element`,
          ...(missed.length === 0 ? [] : [`missed ${missed.join(', ')}`]),
          ...(wrong.length === 0 ? [] : [`found falsely ${wrong.join(', ')}`]),
        ];
        return share(`${locale}: ${facts.join('; ')}`, right / (right + missed.length));
      }),
    };
  }
}

/** Scores the public tables below a folder. */
export async function publicTablesSection(folder: string): Promise<Section> {
  const tables: LabelledTable[] = [];
  for (const [name, kinds] of Object.entries(PUBLIC_TABLES)) {
    const [sample] = await drawSamples([publicTable(folder, name)], 10_000, { at: (path) => path });
    const labels = sample!.columns.map((column): Label => ({ kind: kinds[column.name] ?? 'other' }));
    tables.push({ ...sample!, locale: 'en', naming: 'helpful', labels });
  }
  return { title: `Discovery: ${Object.keys(PUBLIC_TABLES).join(', ')}`, figures: figuresOf(score(tables)) };
}

function figuresOf({ byKind, sensitive, covered, harmless, leftAlone }: Scores): Figure[] {
  const kinds = [...byKind].filter(([kind]) => (kind as Kind | 'other') !== 'other');
  return [
    ...kinds.flatMap(([kind, counts]): Figure[] => [
      share(`${kind} (${counts.right + counts.missed}): precision`, precision(counts)),
      ...(counts.right + counts.missed === 0
        ? []
        : [share(`${kind} (${counts.right + counts.missed}): recall`, recall(counts))]),
    ]),
    share(`${sensitive} columns that need an element: get one`, covered / sensitive),
    share(`${harmless} columns that need none: left alone`, leftAlone / harmless),
  ];
}

function share(name: string, part: number): Figure {
  return { name, unit: '%', median: 100 * part, best: 100 * part };
}
