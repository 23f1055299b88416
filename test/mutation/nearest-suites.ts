// Finds the test suites that are nearest to a source file: those that reach it over the fewest imports, and then those
// whose path looks most like its own.
import { posix } from 'node:path';

/** Path from the root of the repository → source text. */
export type Sources = ReadonlyMap<string, string>;

/** File → the files it imports when it runs. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** Suites need an emulator or public clients, deploy stacks, or start many processes: not for a mutant. */
const TOO_FAR = /^test\/(?:e2e|conformance|infra|long)\//;
const TIERS = ['test/unit/', 'test/property/', 'test/exhaustive/', 'test/contract/', 'test/fault/', 'test/local/'];

export class NearestSuites {
  readonly #suites: readonly string[];
  /** Suite → number of imports to each file it reaches. */
  readonly #distances = new Map<string, ReadonlyMap<string, number>>();

  constructor(sources: Sources) {
    const graph: Graph = new Map([...sources].map(([file, source]) => [file, runtimeImports(file, source)]));
    this.#suites = [...sources.keys()].filter((file) => file.endsWith('.test.ts') && !TOO_FAR.test(file));
    for (const suite of this.#suites) this.#distances.set(suite, distancesFrom(suite, graph));
  }

  /** At most `limit` suites that reach `file`, the nearest first. */
  of(file: string, limit: number): string[] {
    return this.#suites
      .flatMap((suite) => {
        const distance = this.#distances.get(suite)!.get(file);
        return distance === undefined ? [] : [{ suite, key: this.#key(suite, file, distance) }];
      })
      .toSorted((a, b) => compareKeys(a.key, b.key) || (a.suite < b.suite ? -1 : 1))
      .slice(0, limit)
      .map(({ suite }) => suite);
  }

  /**
   * The suite named after the file comes first, then those that have its name in theirs, then those named after words of its path; then distance, likeness of the
   * path, tier, and how little else is reached.
   * Suites of the same room are two imports nearer than they are: they test what the room is for.
   */
  #key(suite: string, file: string, distance: number): number[] {
    const words = wordsOf(suite);
    const alike = wordsOf(file).filter((word) => words.includes(word)).length;
    const [own, name] = [posix.basename(suite).split('.')[0]!, posix.basename(file, '.ts')];
    const isOfPath = own.split('-').every((word) => wordsOf(file).includes(word));
    const kinship = [own === name, `-${own}-`.includes(`-${name}-`), isOfPath, true].indexOf(true);
    const tier = TIERS.findIndex((folder) => suite.startsWith(folder));
    const isHome = suite.split('/')[2] === file.split('/')[1];
    return [kinship, distance - (isHome ? 2 : 0), -alike, tier, this.#distances.get(suite)!.size];
  }
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

const wordsOf = (path: string): string[] =>
  path
    .replace(/(?:\.property)?(?:\.test)?\.ts$/, '')
    .split(/[/-]/)
    .slice(1);

function distancesFrom(suite: string, graph: Graph): Map<string, number> {
  const distances = new Map([[suite, 0]]);
  // A Map keeps the order of insertion and is walked while it grows: breadth first.
  for (const [file, distance] of distances) {
    for (const to of graph.get(file) ?? []) if (graph.has(to) && !distances.has(to)) distances.set(to, distance + 1);
  }
  return distances;
}

/** Imports and re-exports of values, dynamic imports, and modules named by URL; imports of types alone are left out. */
export function runtimeImports(file: string, source: string): string[] {
  const patterns = [
    /^(?:import|export)\s+(?!type\b)[^'";]*?from\s*'(\.[^']+)'/gm,
    /^import\s*'(\.[^']+)'/gm,
    /\bimport\(\s*'(\.[^']+)'/g,
    /new URL\(\s*'(\.[^']+\.ts)'\s*,\s*import\.meta\.url/g,
  ];
  const found = patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, specifier]) => specifier!));
  return [...new Set(found.map((specifier) => posix.join(posix.dirname(file), specifier)))];
}
