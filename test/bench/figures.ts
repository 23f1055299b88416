import { median, type Rounds } from './measure.ts';

export interface Figure {
  readonly name: string;
  readonly unit: 'values/s' | 'rows/s' | 'records/s' | 'operations/s' | 'calls' | 'events' | '×' | '%' | 'MB' | 'ms';
  readonly median: number;
  readonly best: number;
  /** The target of performance.md, and whether the median reaches it. */
  readonly target?: string;
  readonly ok?: boolean;
}

export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export interface Target {
  readonly least?: number;
  readonly most?: number;
}

/** Units per second of one task. */
export function speed(rounds: Rounds, name: string, unit: 'values/s' | 'rows/s' = 'values/s'): Figure {
  const speeds = rounds.get(name)!.map((seconds) => 1 / seconds);
  return { name, unit, median: median(speeds), best: Math.max(...speeds) };
}

/** Divides the time of `slow` by the time of `fast`, round by round. */
export function ratio(
  rounds: Rounds,
  [slow, fast]: readonly [string, string],
  name: string,
  options: { readonly unit?: '×' | '%'; readonly target?: Target } = {},
): Figure {
  const { unit = '×', target } = options;
  const others = rounds.get(fast)!;
  const ratios = rounds.get(slow)!.map((seconds, round) => (unit === '%' ? 100 : 1) * (seconds / others[round]!));
  return judged({ name, unit, median: median(ratios), best: best(ratios, target) }, target);
}

/** Divides the best time of `slow` by the best time of `fast`: what other load on the machine changes least. */
export function bestRatio(
  rounds: Rounds,
  [slow, fast]: readonly [string, string],
  name: string,
  target: Target | undefined,
): Figure {
  const times = Math.min(...rounds.get(slow)!) / Math.min(...rounds.get(fast)!);
  return judged({ name, unit: '×', median: times, best: times }, target);
}

/** A figure with its target beside it. */
export function judged(figure: Figure, target: Target | undefined): Figure {
  if (target?.least !== undefined) {
    return { ...figure, target: `≥ ${target.least} ${figure.unit}`, ok: figure.median >= target.least };
  }
  if (target?.most !== undefined) {
    return { ...figure, target: `≤ ${target.most} ${figure.unit}`, ok: figure.median <= target.most };
  }
  return figure;
}

function best(ratios: readonly number[], target: Target | undefined): number {
  return target?.most === undefined ? Math.max(...ratios) : Math.min(...ratios);
}

export function print({ title, figures }: Section): void {
  console.log(`\n${title}`);
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, unit, median: middle, best: top, target, ok } of figures) {
    const numbers = `${short(middle).padStart(8)} (${short(top)}) ${unit}`.padEnd(30);
    const verdict = target === undefined ? '' : `target ${target}: ${ok === true ? 'ok' : 'missed'}`;
    console.log(`  ${name.padEnd(width)}  ${numbers} ${verdict}`.trimEnd());
  }
}

/** Names every target that was missed. */
export function printMissed(sections: readonly Section[]): void {
  const missed = sections.flatMap(({ title, figures }) =>
    figures.filter(({ ok }) => ok === false).map(({ name, target }) => `  ${title}: ${name}, target ${target}`),
  );
  if (missed.length > 0) console.log(`\nMissed (docs/performance.md says why):\n${missed.join('\n')}`);
}

function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
