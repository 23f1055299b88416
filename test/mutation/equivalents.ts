// Mutants that change nothing one can observe, each with the reason. They are matched by their text, so that an entry
// outlives a move of its line.
import { readFileSync } from 'node:fs';
import { type Mutant, mutated } from './operators.ts';

export interface Equivalent {
  readonly file: string;
  /** The lines of the mutant without and with the mistake, blanks folded. */
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

export function readEquivalents(): Equivalent[] {
  return JSON.parse(readFileSync(new URL('equivalents.json', import.meta.url), 'utf8')) as Equivalent[];
}

/** The whole lines that a mutant touches, without and with it. */
export function linesOf(source: string, mutant: Mutant): { readonly before: string; readonly after: string } {
  const from = source.lastIndexOf('\n', mutant.start - 1) + 1;
  const end = source.indexOf('\n', mutant.end);
  const rest = end < 0 ? source.length : end;
  const after = mutated(source, mutant).slice(from, rest + mutant.replacement.length - (mutant.end - mutant.start));
  return { before: folded(source.slice(from, rest)), after: folded(after) };
}

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The entry of `equivalents` that names this mutant. */
export function equivalentOf(
  equivalents: readonly Equivalent[],
  source: string,
  mutant: Mutant,
): Equivalent | undefined {
  const { before, after } = linesOf(source, mutant);
  return equivalents.find((one) => one.file === mutant.file && one.before === before && one.after === after);
}
