import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { equivalentOf, linesOf, readEquivalents } from '../../mutation/equivalents.ts';
import { mutantsOf, mutated } from '../../mutation/operators.ts';

/** The sources with one mutant each. */
const mutantsIn = (source: string): string[] => mutantsOf('lib/a.ts', source).map((mutant) => mutated(source, mutant));

describe('the mutants of', () => {
  test.each<[what: string, source: string, mutants: readonly string[]]>([
    ['a boundary', 'f = a < b;', [';', 'f = a <= b;']],
    ['a comparison', 'const f = a === b;', ['const f = a !== b;']],
    ['a sum', 'const f = a + b;', ['const f = a - b;']],
    ['a sum of texts are those of the text', "const f = a + 'b';", ["const f = a + '';"]],
    ['a compound assignment', 'a += b;', [';', 'a -= b;']],
    ['a conjunction', 'const f = a && b;', ['const f = a || b;']],
    ['a disjunction', 'const f = a || b;', ['const f = a && b;']],
    ['a default', 'const f = a ?? b;', ['const f = (a);', 'const f = (b);']],
    ['a negation', 'const f = !a;', ['const f = (a);']],
    [
      'an early return',
      'const f = () => { if (a) return; };',
      ['const f = () => { if (true) return; };', 'const f = () => { if (false) return; };'],
    ],
    ['a choice', 'const f = a ? b : c;', ['const f = true ? b : c;', 'const f = false ? b : c;']],
    ['a loop, which never runs and never lasts', 'for (;a;a++) {}', ['for (;false;a++) {}']],
    ['a step', 'const f = a++;', ['const f = a--;']],
    ['a boolean', 'const f = true;', ['const f = false;']],
    ['a number', 'const f = 0xff;', ['const f = (0xff + 1);']],
    ['a big number', 'const f = 2n;', ['const f = (2n + 1n);']],
    ['a text', "const f = 'a';", ["const f = '';"]],
    ['a template', 'const f = `a${b}`;', ["const f = '';"]],
    ['a pattern', 'const f = /^a$/u;', ['const f = /a$/u;', 'const f = /^a/u;']],
    ['a filter', 'const f = a.filter(b);', ['const f = a;']],
    ['a quantifier', 'const f = a.every(b);', ['const f = a.some(b);']],
    ['an awaited call', 'await a();', ['(a());', ';']],
    ['a value that is destroyed', 'using f = a();', ['const f = a();']],
    ['a last word', 'try {} finally { a(); }', ['try {} finally {}', 'try {} finally { ; }']],
    ['a list', 'const f = [a];', ['const f = [];']],
    ['a spread', 'const f = { ...a };', ['const f = { ...{} };']],
  ])('%s', (_what, source, mutants) => {
    expect(mutantsIn(source)).toEqual(mutants);
  });

  test.each([
    ['an import', "import { a } from './a.ts';"],
    ['a re-export', "export { a } from './a.ts';"],
    ['a dynamic import', "const f = import('./a.ts');"],
    ['a type', "type A = 'a' | 1 | true; interface B { readonly c: 'd' }"],
    ['an annotation', "const f: 'a' | 1 = g as 'a';"],
    ['the name of a member', "const f = { 'a-b': c };"],
    ['an empty text and an empty list', "const f = ''; const g = []; const h = ``;"],
  ])('%s: none', (_what, source) => {
    expect(mutantsIn(source)).toEqual([]);
  });

  test('an operator in parentheses replace the operator alone', () => {
    expect(mutantsIn('const f = (a) < (b);')).toEqual(['const f = (a) <= (b);']);
  });

  test('a file carry the number of their line', () => {
    const mutants = mutantsOf('lib/a.ts', 'const a = 1;\n\nconst b =\n  2;\n');
    expect(mutants.map(({ line }) => line)).toEqual([1, 4]);
  });
});

describe('a known equivalent', () => {
  const source = 'const first = 1;\n  const f = a < b;\n';
  const [, boundary] = mutantsOf('lib/a.ts', source);
  const entry = { file: 'lib/a.ts', before: 'const f = a < b;', after: 'const f = a <= b;', reason: 'never equal' };

  test('is found by its lines, wherever they stand', () => {
    expect(linesOf(source, boundary!)).toEqual({ before: entry.before, after: entry.after });
    const moved = `\n\n${source}`;
    expect(equivalentOf([entry], moved, mutantsOf('lib/a.ts', moved)[1]!)).toBe(entry);
  });

  test.each([
    ['another file', { file: 'lib/b.ts' }],
    ['another line', { before: 'const f = a < c;' }],
    ['another mistake', { after: 'const f = a > b;' }],
  ])('of %s is not found', (_what, change) => {
    expect(equivalentOf([{ ...entry, ...change }], source, boundary!)).toBeUndefined();
  });

  test('of the list is a mutant of today, once, and has a reason', () => {
    const wrong = readEquivalents().filter((one, i, list) => {
      const text = readFileSync(new URL(`../../../${one.file}`, import.meta.url), 'utf8');
      const known = mutantsOf(one.file, text).some((mutant) => equivalentOf([one], text, mutant) !== undefined);
      const first = list.findIndex(
        ({ file, before, after }) => file === one.file && before === one.before && after === one.after,
      );
      return !known || one.reason.length < 20 || first !== i;
    });
    expect(wrong).toEqual([]);
  });
});
