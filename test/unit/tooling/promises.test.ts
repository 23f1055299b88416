// The promises of SECURITY.md: each is numbered, and tried by a test that was seen failing without the protection.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { patternOf } from '../../promises/attempt.ts';
import { problemsOf } from '../../promises/check.ts';
import { promisesPage, statedPromises } from '../../promises/document.ts';
import { TRIALS, type Trial } from '../../promises/trials.ts';

const at = (file: string): URL => new URL(`../../../${file}`, import.meta.url);
const read = (file: string): string | undefined => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : undefined);
const PROMISES = statedPromises(read('SECURITY.md')!);

describe('the promises of SECURITY.md', () => {
  test('number more than sixty, in every section that makes some', () => {
    expect(PROMISES.length).toBeGreaterThan(60);
    expect(new Set(PROMISES.map(({ section }) => section)).size).toBeGreaterThanOrEqual(6);
  });

  test('each have a test that exists, over a protection that exists', () => {
    expect(problemsOf(PROMISES, TRIALS, read)).toEqual([]);
  });

  test('are listed with their tests on a page that is up to date', () => {
    expect(read('docs/security-promises.md')).toBe(promisesPage(PROMISES, TRIALS));
  });
});

test('the page of promises links to files that exist', () => {
  const page = promisesPage(PROMISES, TRIALS);
  const links = [...page.matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path!);
  expect(links.length).toBeGreaterThan(180);
  expect(links.filter((path) => !existsSync(new URL(path, at('docs/'))))).toEqual([]);
});

describe('the reader of promises', () => {
  test('finds rows and sentences with their section, and nothing in code', () => {
    const text = [
      '## Who',
      '',
      '| # | Attacker | Has | Cannot |',
      '|---|---|---|---|',
      '| P-01 | Reader | a *copy* | learn it |',
      '',
      '## Keys',
      '',
      'First one. No key is\nprinted (P-02), or kept. **Closed.** Nothing leaves (P-03).',
      '',
      '```',
      'not one (P-09).',
      '```',
    ].join('\n');
    expect(statedPromises(text)).toEqual([
      { id: 'P-01', section: 'Who', sentence: '**Reader** (has: a *copy*) cannot learn it' },
      { id: 'P-02', section: 'Keys', sentence: 'No key is printed' },
      { id: 'P-03', section: 'Keys', sentence: 'Nothing leaves' },
    ]);
  });
});

describe('the check of promises', () => {
  const promise = { id: 'P-01', section: 'Keys', sentence: 'No key is printed' };
  const trial: Trial = {
    how: 'prints a key',
    suite: 'test/a.test.ts',
    test: 'prints no key',
    without: { what: 'the filter', file: 'lib/a.ts', before: 'filter(key)', after: 'key' },
  };
  const files: Readonly<Record<string, string>> = {
    'test/a.test.ts': "test('prints no key', () => {});",
    'lib/a.ts': 'print(filter(key));',
  };
  const readPlanted = (file: string): string | undefined => files[file];
  const without = (change: Partial<Trial['without']>): Trial => ({
    ...trial,
    without: { ...trial.without, ...change },
  });

  test('finds nothing in a promise that is tried', () => {
    expect(problemsOf([promise], { 'P-01': [trial] }, readPlanted)).toEqual([]);
  });

  test.each<[what: string, trials: Readonly<Record<string, readonly Trial[]>>, problem: string]>([
    ['a promise without a test', {}, 'P-01: no test tries to break it'],
    ['a promise with an empty list', { 'P-01': [] }, 'P-01: no test tries to break it'],
    ['a number that no promise has', { 'P-01': [trial], 'P-02': [trial] }, 'P-02: SECURITY.md makes no such promise'],
    [
      'a test that is gone',
      { 'P-01': [{ ...trial, test: 'prints no' }] },
      'P-01: test/a.test.ts has no test "prints no"',
    ],
    [
      'a suite that is gone',
      { 'P-01': [{ ...trial, suite: 'test/b.test.ts' }] },
      'P-01: test/b.test.ts has no test "prints no key"',
    ],
    [
      'a protection that is gone',
      { 'P-01': [without({ before: 'hide(key)' })] },
      'P-01: lib/a.ts does not have the protection exactly once',
    ],
    [
      'a protection in two places',
      { 'P-01': [without({ before: '(' })] },
      'P-01: lib/a.ts does not have the protection exactly once',
    ],
    [
      'a file that is gone',
      { 'P-01': [without({ file: 'lib/b.ts' })] },
      'P-01: lib/b.ts does not have the protection exactly once',
    ],
    ['nothing taken out', { 'P-01': [without({ after: 'filter(key)' })] }, 'P-01: nothing is taken out of lib/a.ts'],
  ])('finds %s', (_what, trials, problem) => {
    expect(problemsOf([promise], trials, readPlanted)).toEqual([problem]);
  });

  test('finds a number that two promises have', () => {
    const twice = problemsOf([promise, promise], { 'P-01': [trial] }, readPlanted);
    expect(twice).toEqual(['P-01: SECURITY.md gives the number twice']);
  });
});

test.each([
  ['refuses %s of $what (1)', 'refuses a token of another issuer (1)'],
  ['a `${name}`', 'a `deSSN`'],
])('the pattern of the title %s matches it with its values', (title, full) => {
  expect(full).toMatch(new RegExp(`^${patternOf(title)}$`));
});
