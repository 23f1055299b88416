import { describe, expect, test } from '@jest/globals';
import type { Fate, Outcome } from '../../mutation/campaign.ts';
import { NearestSuites, runtimeImports } from '../../mutation/nearest-suites.ts';
import { type Mutant, mutantsOf } from '../../mutation/operators.ts';
import { survivor, table } from '../../mutation/report.ts';
import { AREAS, changedLines, isUnder, runsAsWritten, shuffled } from '../../mutation/selection.ts';
import { repositoryFiles } from '../../mutation/workspace.ts';
import { ROOT } from '../../documents/pages.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

describe('the nearest suites', () => {
  const sources = new Map([
    ['lib/policy/parse.ts', "import { z } from '../base/z.ts';\n"],
    ['lib/policy/check.ts', "import { parse } from './parse.ts';\nimport type { T } from '../base/types.ts';\n"],
    ['lib/base/z.ts', ''],
    ['lib/base/types.ts', ''],
    ['test/unit/policy/parse.test.ts', "import { check } from '../../../lib/policy/check.ts';\n"],
    ['test/unit/policy/check.test.ts', "import { parse } from '../../../lib/policy/parse.ts';\n"],
    ['test/property/all.property.test.ts', "import { parse } from '../../lib/policy/parse.ts';\n"],
    ['test/local/cli.test.ts', "const main = new URL('../../lib/policy/check.ts', import.meta.url);\n"],
    ['test/exhaustive/parse-many.test.ts', "import { check } from '../../lib/policy/check.ts';\n"],
    ['test/exhaustive/sparse.test.ts', "import { check } from '../../lib/policy/check.ts';\n"],
    ['test/e2e/deployment.test.ts', "import { parse } from '../../lib/policy/parse.ts';\n"],
    ['test/unit/base/other.test.ts', ''],
  ]);
  const nearest = new NearestSuites(sources);

  test('begin with the namesake and those named after it, then go by imports, then by the likeness of the path', () => {
    expect(nearest.of('lib/policy/parse.ts', 9)).toEqual([
      'test/unit/policy/parse.test.ts',
      'test/exhaustive/parse-many.test.ts',
      'test/unit/policy/check.test.ts',
      'test/property/all.property.test.ts',
      'test/exhaustive/sparse.test.ts',
      'test/local/cli.test.ts',
    ]);
  });

  test('named after a word of the path come before others as near', () => {
    const more = new Map([
      ...sources,
      [
        'test/property/policy.property.test.ts',
        sources.get('test/unit/policy/check.test.ts')!.replace('../../../', '../../'),
      ],
    ]);
    expect(new NearestSuites(more).of('lib/policy/parse.ts', 3)[2]).toBe('test/property/policy.property.test.ts');
  });

  test('are no more than the limit', () => {
    expect(nearest.of('lib/policy/parse.ts', 2)).toHaveLength(2);
  });

  test('reach the file when they run: an import of types does not count', () => {
    expect(nearest.of('lib/base/types.ts', 9)).toEqual([]);
    expect(nearest.of('lib/base/z.ts', 9)).toHaveLength(6);
  });

  test.each([
    ["import { a } from './b.ts';", ['lib/b.ts']],
    ["import {\n  a,\n  type B,\n} from '../b.ts';", ['b.ts']],
    ["export * from './b.ts';", ['lib/b.ts']],
    ["import './b.ts';", ['lib/b.ts']],
    ["const b = await import('./b.ts');", ['lib/b.ts']],
    ["import type { A } from './b.ts';", []],
    ["import { z } from 'zod';", []],
  ])('follow %s', (source, imports) => {
    expect(runtimeImports('lib/a.ts', source)).toEqual(imports);
  });
});

describe('the selection', () => {
  const mutants = mutantsOf('lib/a.ts', Array.from({ length: 40 }, (_, i) => `const a${i} = 1;`).join('\n'));

  test('of a seed is the same every time, and holds every mutant once', () => {
    const order = shuffled(mutants, 7);
    expect(shuffled(mutants, 7)).toEqual(order);
    expect(order).not.toEqual(mutants);
    expect(order.toSorted((a, b) => a.start - b.start)).toEqual(mutants);
  });

  test('of another seed is another', () => {
    expect(shuffled(mutants, 8)).not.toEqual(shuffled(mutants, 7));
  });

  test('reads every file of its rooms, and finds mutants in each room', () => {
    const files = repositoryFiles(ROOT).filter((file) => runsAsWritten(file) && isUnder(file, AREAS));
    const found = files.map((file) => [file, mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')).length] as const);
    for (const room of AREAS) {
      expect([room, found.some(([file, count]) => isUnder(file, [room]) && count > 0)]).toEqual([room, true]);
    }
  });

  test('takes the new lines of a difference', () => {
    const diff = [
      'diff --git a/lib/a.ts b/lib/a.ts',
      '--- a/lib/a.ts',
      '+++ b/lib/a.ts',
      '@@ -3,2 +3,0 @@ const gone',
      '-a',
      '-b',
      '@@ -9 +7 @@',
      '+c',
      '@@ -20,0 +19,2 @@',
      '+d',
      '+e',
      'diff --git a/lib/gone.ts b/lib/gone.ts',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
    ].join('\n');
    expect(changedLines(diff)).toEqual(new Map([['lib/a.ts', new Set([7, 19, 20])]]));
  });

  test.each([
    ['lib/policy/a.ts', ['lib/policy'], true],
    ['lib/policy/a.ts', ['lib/policy/'], true],
    ['lib/policy/a.ts', ['lib/policy/a.ts'], true],
    ['lib/policy-x/a.ts', ['lib/policy'], false],
  ])('%s is of %j: %s', (file, names, expected) => {
    expect(isUnder(file, names)).toBe(expected);
  });
});

const mutantIn = (file: string): Mutant => mutantsOf(file, 'const f = a < b;')[0]!;

const outcome = (file: string, fate: Fate): Outcome => ({ mutant: mutantIn(file), fate, passed: 3 });

describe('the report', () => {
  test('counts by area what noticed a mutant; equivalents are no part of the share', () => {
    const fates: Fate[] = ['killed', 'killed', 'timed out', 'checks', 'survived', 'equivalent'];
    const rows = table([...fates.map((fate) => outcome('lib/b/c.ts', fate)), outcome('lib/a/b.ts', 'equivalent')]);
    expect(rows.split('\n').map((row) => row.trim().split(/\s+/).join(' '))).toEqual([
      'area mutants tests checks survived equivalent noticed',
      'lib/a 1 0 0 0 1 —',
      'lib/b 6 3 1 1 1 80.0 %',
      'all 7 3 1 1 2 80.0 %',
    ]);
  });

  test('names a survivor by its place, with both lines', () => {
    expect(survivor(outcome('lib/b/c.ts', 'survived'), 'const f = a < b;')).toBe(
      'lib/b/c.ts:1 (boundary, 3 suites)\n  - const f = a < b;\n  + const f = a <= b;',
    );
  });
});
