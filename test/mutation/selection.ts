// Chooses the mutants of a run: files by area or by name, lines by what changed, and a seeded order.
import { Random } from '../fuzz/random.ts';
import type { Mutant } from './operators.ts';

/** The rooms that decide, encipher, sign, verify and deliver. */
export const AREAS: readonly string[] = [
  'lib/policy',
  'lib/protect',
  'lib/crypto',
  'lib/audit',
  'lib/evidence',
  'lib/transparency',
  'lib/delivery',
  'lib/siem',
  'lib/tenants',
  'lib/wire',
];

/** The folder two levels deep that a file belongs to. */
export function areaOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** Whether `file` is one of `names` or lies under one of them. */
export function isUnder(file: string, names: readonly string[]): boolean {
  return names.some((name) => file === name || file.startsWith(`${name.replace(/\/$/, '')}/`));
}

/** Whether a file runs as it is written: not a test, and not the source of a kernel, which is compiled beforehand. */
export function runsAsWritten(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.as.ts') && !file.startsWith('test/');
}

/** The mutants in an order that the seed decides: a longer run begins with the mutants of a shorter one. */
export function shuffled(mutants: readonly Mutant[], seed: number): Mutant[] {
  const order = [...mutants];
  const random = new Random(seed);
  for (let i = 0; i < order.length - 1; i++) {
    const j = random.between(i, order.length - 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** File → numbers of the lines that are new in it, from the output of `git diff --unified=0`. */
export function changedLines(diff: string): Map<string, Set<number>> {
  const changed = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const line of diff.split('\n')) {
    const file = /^\+\+\+ b\/(.+)$/.exec(line)?.[1];
    if (file !== undefined) {
      lines = new Set();
      changed.set(file, lines);
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    for (let i = 0; i < Number(hunk[2] ?? 1); i++) lines.add(Number(hunk[1]) + i);
  }
  return changed;
}
