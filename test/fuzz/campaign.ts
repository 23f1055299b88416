import type { Cell } from '../../lib/base/cell.ts';
import { ELEMENT_TYPE_NAMES } from '../../lib/policy/element-types.ts';
import { checkBatch, type Direction } from './check.ts';
import { type FuzzElement, fuzzElements } from './elements.ts';
import { anyCell, anyIv, damaged, fittingCell } from './inputs.ts';
import { Random } from './random.ts';

export interface TypeSummary {
  inputs: number;
  trips: number;
  readonly refusals: Map<string, number>;
}

export type Summary = ReadonlyMap<string, TypeSummary>;

const MAX_BATCH = 64;
/** Number of results of each element that are kept for later batches to unprotect. */
const KEPT = 64;

/** Runs random batches; throws `Finding` at the first undocumented result. The same seed and count repeat the batches. */
export function fuzz(inputs: number, seed: number): Summary {
  const random = new Random(seed);
  const elements = fuzzElements();
  const tokens: Cell[][] = elements.map(() => []);
  const summary = new Map<string, TypeSummary>();
  // Every element in turn, so that a short run sees all of them.
  for (let done = 0, turn = 0; done < inputs; turn++) {
    const which = turn % elements.length;
    const element = elements[which]!;
    const direction: Direction = random.onceIn(4) ? 'unprotect' : 'protect';
    const size = Math.min(random.between(1, MAX_BATCH), inputs - done);
    const column = cells(element, direction, size, tokens, which, random);
    const outcome = checkBatch(element, direction, column, anyIv(element.definition, random));
    if (direction === 'protect') keep(tokens[which]!, outcome.results, random);
    count(summary, element, size, outcome);
    done += size;
  }
  return summary;
}

/** Returns the element types without a single round trip: the run checked nothing of them. */
export function untested(summary: Summary): string[] {
  return ELEMENT_TYPE_NAMES.filter((type) => (summary.get(type)?.trips ?? 0) === 0);
}

function cells(
  element: FuzzElement,
  direction: Direction,
  size: number,
  tokens: readonly Cell[][],
  which: number,
  random: Random,
): Cell[] {
  // Some batches hold only fitting cells, most a few odd ones, some odd ones alone.
  const fitting = random.pick([100, 100, 97, 90, 50, 10]);
  const cell = (): Cell => {
    const odd = random.below(100) >= fitting;
    if (direction === 'protect') return odd ? anyCell(random) : fittingCell(element.definition, random);
    const own = random.pick(tokens[which]!.length === 0 ? [null] : tokens[which]!);
    if (!odd) return own;
    if (random.onceIn(3)) return anyCell(random);
    const token = random.onceIn(2) ? own : random.pick(random.pick(tokens.filter((kept) => kept.length > 0)) ?? [null]);
    return typeof token === 'string' && random.onceIn(2) ? damaged(random, token) : token;
  };
  return Array.from({ length: size }, cell);
}

function keep(kept: Cell[], results: readonly Cell[], random: Random): void {
  for (const result of results) {
    if (result === null || result === '' || (typeof result === 'string' && result.length > 300)) continue;
    if (kept.length < KEPT) kept.push(result);
    else if (random.onceIn(4)) kept[random.below(KEPT)] = result;
  }
}

function count(
  summary: Map<string, TypeSummary>,
  { definition: { type } }: FuzzElement,
  size: number,
  outcome: { readonly trips: number; readonly refusals: readonly string[] },
): void {
  let entry = summary.get(type);
  if (entry === undefined) {
    entry = { inputs: 0, trips: 0, refusals: new Map() };
    summary.set(type, entry);
  }
  entry.inputs += size;
  entry.trips += outcome.trips;
  for (const code of outcome.refusals) entry.refusals.set(code, (entry.refusals.get(code) ?? 0) + 1);
}
