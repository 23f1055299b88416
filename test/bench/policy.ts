// Measures large policies, at publication and at the start of a function, and regular expressions that make a
// backtracking engine run without end.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createInsecureLocalKey, insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { sealPolicy } from '../../lib/policy/bundle.ts';
import { lintPolicy } from '../../lib/policy/lint.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { userNameExtractor } from '../../lib/policy/user-name.ts';
import { countingKeyring } from '../support/element-method.ts';
import { type Figure, judged, type Section } from './figures.ts';
import { median } from './measure.ts';
import { largePolicy } from './policies.ts';

const POLICIES: Readonly<Record<string, object>> = {
  '100 elements': largePolicy({ elements: 100 }),
  '1,000 elements': largePolicy({ elements: 1000 }),
  '10,000 elements': largePolicy({ elements: 10_000 }),
  '100,000 members': largePolicy({ elements: 100, members: 100_000 }),
  '5 MB': largePolicy({ elements: 12_000, members: 20_000 }),
};

/** The output of `first-batch.ts` for one start. */
type Start = Readonly<Record<'loadMs' | 'firstMs' | 'readyMs' | 'foldedMs' | 'heapMb' | 'rssMb', number>>;

export async function policySection(rounds: number): Promise<Section> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-policy-'));
  try {
    const keyFile = join(directory, 'key.json');
    await createInsecureLocalKey(keyFile);
    const program = join(directory, 'first-batch.cjs');
    await bundle(program);
    const figures: Figure[] = [];
    const sealed = new Map<string, string>();
    for (const [name, document] of Object.entries(POLICIES)) {
      const text = JSON.stringify(document);
      const path = join(directory, `${sealed.size}.json`);
      sealed.set(name, path);
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      figures.push(...(await publish(`${name} (${(text.length / 1e6).toFixed(1)} MB)`, text, keyFile, path)));
    }
    figures.push(...starts(rounds, program, keyFile, sealed));
    return { title: 'Large policies: four roles that name every element', figures };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('first-batch.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    mainFields: ['module', 'main'],
    external: ['re2js'],
    outfile,
    logLevel: 'error',
  });
}

/** Checks, lints and seals as publication does. */
async function publish(name: string, text: string, keyFile: string, path: string): Promise<Figure[]> {
  const from = performance.now();
  const policy = parsePolicy(JSON.parse(text));
  const checked = performance.now();
  lintPolicy(policy, 0);
  const linted = performance.now();
  const content = { policy, mapping: {}, keyring: countingKeyring() };
  const publication = { version: 1, createdAt: new Date() };
  const bundleOf = await sealPolicy(insecureLocalKeyService(keyFile), content, publication, randomBytes(12));
  writeFileSync(path, JSON.stringify(bundleOf));
  return [
    once(`${name}: checked`, 'ms', checked - from),
    once(`${name}: linted`, 'ms', linted - checked),
    once(`${name}: sealed`, 'ms', performance.now() - linted),
  ];
}

function starts(rounds: number, program: string, keyFile: string, sealed: ReadonlyMap<string, string>): Figure[] {
  const measured = new Map<string, Start[]>([...sealed.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, path] of sealed) {
      const output = execFileSync(process.execPath, [program, path, keyFile, 'decolumn7'], { encoding: 'utf8' });
      measured.get(name)!.push(JSON.parse(output) as Start);
    }
  }
  const figures = [...measured].flatMap(([name, runs]) => [
    of(runs, `${name}: process start to first answered batch`, 'ms', 'readyMs'),
    of(runs, `${name}: of which the policy, read to ready`, 'ms', 'loadMs'),
    of(runs, `${name}: a user spelled in another case, first time`, 'ms', 'foldedMs'),
    of(runs, `${name}: heap more`, 'MB', 'heapMb'),
    of(runs, `${name}: resident`, 'MB', 'rssMb'),
  ]);
  const [small, large] = ['100 elements', '1,000 elements'].map((name) => measured.get(name)!);
  const ratios = large!.map(({ readyMs }, round) => readyMs / small![round]!.readyMs);
  const ratio: Figure = {
    name: 'cold start, 1,000 elements against 100',
    unit: '×',
    median: median(ratios),
    best: Math.min(...ratios),
  };
  return [...figures, judged(ratio, { most: 1.5 })];
}

function of(runs: readonly Start[], name: string, unit: Figure['unit'], part: keyof Start): Figure {
  const numbers = runs.map((run) => run[part]);
  return { name, unit, median: median(numbers), best: Math.min(...numbers) };
}

function once(name: string, unit: Figure['unit'], value: number): Figure {
  return { name, unit, median: value, best: value };
}

/** Expressions that a backtracking engine never finishes, over a name of 1,000 characters made for them. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['^(a+)+$', 'a'],
  ['^((?:a|aa)+)$', 'a'],
  ['^(?:(?:a*)*)*(b)$', 'a'],
  ['(?:x+x+)+(y)', 'x'],
  ['^(?:a?){500}(a{500})$', 'a'],
];

export function userNameSection(rounds: number): Section {
  const figures = HOSTILE.map(([expression, letter]): Figure => {
    const extract = userNameExtractor(expression);
    const name = `${letter.repeat(999)}!`;
    const times = Array.from({ length: rounds }, () => {
      const from = performance.now();
      extract(name);
      return performance.now() - from;
    });
    return { name: expression, unit: 'ms', median: median(times), best: Math.min(...times) };
  });
  return { title: 'USERNAME_REGEX: a hostile name of 1,000 characters', figures };
}
