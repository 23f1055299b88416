// What a run of mutants comes to: a table by area, and every survivor with its place.
import { linesOf } from './equivalents.ts';
import type { Fate, Outcome } from './campaign.ts';
import { areaOf } from './selection.ts';

const COLUMNS: readonly (readonly [title: string, fates: readonly Fate[]])[] = [
  ['mutants', ['killed', 'timed out', 'checks', 'survived', 'equivalent']],
  ['tests', ['killed', 'timed out']],
  ['checks', ['checks']],
  ['survived', ['survived']],
  ['equivalent', ['equivalent']],
];

/** A line for each area and one for all of them. The share is of the mutants that are not equivalent. */
export function table(outcomes: readonly Outcome[]): string {
  const areas = [...Map.groupBy(outcomes, ({ mutant }) => areaOf(mutant.file))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const header = ['area'.padEnd(20), ...COLUMNS.map(([title]) => title.padStart(12)), 'noticed'.padStart(12)].join('');
  const line = (name: string, group: readonly Outcome[]): string => {
    const counts = COLUMNS.map(([, fates]) => group.filter(({ fate }) => fates.includes(fate)).length);
    const [all = 0, tests = 0, checks = 0, , equivalent = 0] = counts;
    const share = all === equivalent ? '—' : `${((100 * (tests + checks)) / (all - equivalent)).toFixed(1)} %`;
    return [name.padEnd(20), ...counts.map((count) => String(count).padStart(12)), share.padStart(12)].join('');
  };
  return [header, ...areas.map(([area, group]) => line(area, group)), line('all', outcomes)].join('\n');
}

/** `file:line (operator, suites that passed)`, the old line and the new one. */
export function survivor({ mutant, passed }: Outcome, source: string): string {
  const { before, after } = linesOf(source, mutant);
  const suites = `${passed} ${passed === 1 ? 'suite' : 'suites'}`;
  return `${mutant.file}:${mutant.line} (${mutant.operator}, ${suites})\n  - ${before}\n  + ${after}`;
}
