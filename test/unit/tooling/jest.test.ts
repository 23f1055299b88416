// What jest runs with: the stripping of types, and the order of suites.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';

interface JestConfig {
  readonly testTimeout?: number;
  readonly projects: readonly { readonly displayName: string; readonly testMatch: readonly string[] }[];
}

const CONFIG = '../../../jest.config.js';
const require = createRequire(import.meta.url);

async function readConfig(): Promise<JestConfig> {
  return ((await import(CONFIG)) as { default: JestConfig }).default;
}

describe('the configuration', () => {
  test('has a tier for every suite, so that none is left out', async () => {
    const { projects } = await readConfig();
    const names = readdirSync(new URL('../../', import.meta.url), { recursive: true, encoding: 'utf8' });
    const suites = names.filter((name) => name.endsWith('.test.ts')).map((name) => name.replaceAll('\\', '/'));
    const tiers = projects.map(({ displayName }) => displayName);
    expect(suites.length).toBeGreaterThan(200);
    expect(suites.filter((name) => !tiers.includes(name.split('/')[0]!))).toEqual([]);
    expect(projects.map(({ testMatch }) => testMatch)).toEqual(
      tiers.map((tier) => [`<rootDir>/test/${tier}/**/*.test.ts`]),
    );
  });

  test('gives a test two minutes, at the place where jest reads it', async () => {
    expect((await readConfig()).testTimeout).toBe(120_000);
  });
});

describe('the transformer', () => {
  const { process: transform, getCacheKey } = require('../../support/strip-types.cjs') as {
    process: (source: string) => { code: string };
    getCacheKey: (source: string, path: string) => string;
  };
  const codeOf = (source: string): string => transform(source).code;

  test('keeps every line where it was', () => {
    const source = 'interface A {\n  b: string;\n}\nconst c: number =\n  Math.max(1);\n';
    expect(codeOf(source).split('\n')).toHaveLength(source.split('\n').length);
    expect(codeOf(source).split('\n')[4]).toBe('  Math.max(1);');
  });

  test('makes constants of the built-ins that code names, and of no others', () => {
    expect(codeOf('const a = new Map<string, Date>(); // String\n')).toMatch(
      /^const \{ Map, String \} = globalThis; const a/,
    );
    expect(codeOf('const a: Map<string, 1> = b;\n')).not.toContain('globalThis');
  });

  test('has another cache key for another source and for another file', () => {
    const keys = [getCacheKey('a', 'a.ts'), getCacheKey('b', 'a.ts'), getCacheKey('a', 'b.ts')];
    expect(new Set(keys).size).toBe(3);
    expect(getCacheKey('a', 'a.ts')).toBe(keys[0]);
  });
});

describe('the order of suites', () => {
  const LongestFirst = require('../../support/longest-first.cjs') as new (
    options: object,
  ) => {
    sort: (tests: readonly object[]) => { readonly path: string }[];
    /** What a suite took in an earlier run. */
    time: (test: { readonly path: string }) => number | undefined;
  };
  const SIZES = new Map([
    ['/r/test/unit/small.test.ts', 1],
    ['/r/test/unit/large.test.ts', 9],
    ['/r/test/property/ff1.property.test.ts', 2],
    ['/r/test/local/cli.test.ts', 3],
  ]);
  const names = (durations: Readonly<Record<string, number>>): string[] => {
    const hasteFS = { getSize: (path: string) => SIZES.get(path) };
    const context = { config: { cache: false, id: 'x', cacheDirectory: tmpdir() }, hasteFS };
    const tests = [...SIZES.keys()].map((path) => ({ path, context }));
    const sequencer = new LongestFirst({ contexts: [context], globalConfig: {} });
    sequencer.time = ({ path }) => durations[basename(path)];
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    return sequencer.sort(tests).map(({ path }) => basename(path));
  };

  test('begins with the suites known to be long, then goes by size, where no time is known', () => {
    expect(names({})).toEqual(['cli.test.ts', 'ff1.property.test.ts', 'large.test.ts', 'small.test.ts']);
  });

  test('goes by the times of earlier runs where there are some', () => {
    expect(names({ 'small.test.ts': 9, 'large.test.ts': 5, 'cli.test.ts': 1, 'ff1.property.test.ts': 3 })).toEqual([
      'small.test.ts',
      'large.test.ts',
      'ff1.property.test.ts',
      'cli.test.ts',
    ]);
  });
});
