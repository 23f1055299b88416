// npm run bench -- --save FILE.mjs keeps this version as one module, and --against FILE.mjs runs a kept version and this one
// in turns, in one process: other load on the machine slows both.

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bestRatio, type Figure, ratio, type Section, speed, type Target } from './figures.ts';
import { inTurns, type Task } from './measure.ts';
import { versionTasks } from './version.ts';

/** Gains of the second round (docs/performance.md): time of the version before, in times of this one. */
const GAINS: Readonly<Record<string, Target>> = {
  'FF1, 9 digits': { least: 1.4 },
  'FF1, 16 digits': { least: 1.4 },
  'FF1, 12 of radix 62': { least: 1.45 },
  'FF1, 24 of radix 62': { least: 1.6 },
  'FF1, 13 of radix 41,000': { least: 1.6 },
  'FF1, 64 of radix 62': { least: 2 },
  'deName, 500 rows': { least: 2 },
  'deName, 100 rows': { least: 4 },
  'deAddress, 500 rows': { least: 2 },
  'deAddress, 100 rows': { least: 4 },
  'Redshift call, 10000 rows': { least: 1.33 },
  'Redshift call, 500 rows': { least: 1.33 },
  'deName, a quarter distinct': { least: 2 },
  'deEmail, a quarter distinct': { least: 2 },
  'deSSN, a quarter distinct': { least: 2 },
  // Nearly all values of these are distinct.
  'deSSN, 10000 rows': { least: 0.97 },
  'deEmail, 10000 rows': { least: 0.97 },
  'deIBAN, 10000 rows': { least: 0.97 },
  'deIBAN, 500 rows': { least: 0.97 },
  'deIBAN, 100 rows': { least: 0.97 },
};

/** Files of the repository that a module reads lie where they lay, wherever the module is. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup: (bundle) => {
    bundle.onLoad({ filter: /[\\/](?:lib|test|functions)[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
    });
  },
};

/** Packages are those of the repository, wherever the module is. */
const ownPackages: Plugin = {
  name: 'own-packages',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'entry-point' || isBuiltin(path) ? undefined : { path: import.meta.resolve(path), external: true },
    );
  },
};

/** Writes this version to a file. */
export async function saveVersion(file: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('./version.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    plugins: [ownPackages, ownUrls],
    outfile: file,
    logLevel: 'warning',
  });
}

/** Measures the version in a file beside this one: each task whose name contains `only`. */
export async function againstSection(file: string, turns: number, only = ''): Promise<Section> {
  const { versionTasks: before } = (await import(pathToFileURL(resolve(file)).href)) as {
    readonly versionTasks: typeof versionTasks;
  };
  const wanted = ({ name }: Task): boolean => name.includes(only);
  const old = new Map(
    before()
      .filter(wanted)
      .map((task) => [task.name, task]),
  );
  const tasks = versionTasks().filter((task) => old.has(task.name));
  const pairs = tasks.map((task) => [{ ...old.get(task.name)!, name: beforeOf(task.name) }, task] as const);
  const measured = await inTurns(pairs, turns);
  const figures = tasks.flatMap(({ name }): Figure[] => {
    const target = GAINS[name];
    return [
      speed(measured, name),
      ratio(measured, [beforeOf(name), name], `${name}: time before, in times of now`, target && { target }),
      bestRatio(measured, [beforeOf(name), name], `${name}: the same, best turns`, target),
    ];
  });
  return { title: `This version against ${basename(file)}, in turns`, figures };
}

const beforeOf = (name: string): string => `${name}, before`;
