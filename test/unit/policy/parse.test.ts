import { describe, expect, test } from '@jest/globals';
import { parseMapping, parsePolicy } from '../../../lib/policy/parse.ts';
import type { Problem } from '../../../lib/document/problem.ts';
import { changed, POLICY } from '../../support/policy.ts';

type Step = string | number;

/** Returns the problems of a document; fails the test for a valid one. */
function problemsOf(parse: () => unknown): readonly Problem[] {
  let failure: unknown;
  try {
    parse();
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({ name: 'PolicyError', code: 'POLICY_INVALID' });
  return (failure as { problems: readonly Problem[] }).problems;
}

const grant = (element: string) => ({ element, permissions: [], noAccess: 'null' });
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe('a policy', () => {
  test('has all defaults after parsing', () => {
    const policy = parsePolicy({
      name: 'P',
      dataStore: 'D',
      elements: [{ id: uuid(1), name: 'deA', method: 'tokenization', type: 'numeric', shortData: 'error' }],
      roles: [{ name: 'r', members: ['u'], grants: [{ element: 'deA', permissions: [] }] }],
    });
    expect(policy.alphabets).toEqual([]);
    expect(policy.elements[0]).toMatchObject({ fromLeft: 0, fromRight: 0, maxLength: 4096, externalIV: true });
    expect(policy.roles[0]).toMatchObject({ default: false, grants: [{ noAccess: 'null' }] });
  });

  test.each<[string, readonly Step[], unknown, string]>([
    ['no object', [], null, '$'],
    ['a list', [], [], '$'],
    ['without a name', ['name'], undefined, '$.name'],
    ['with an empty name', ['name'], '', '$.name'],
    ['with a name of 56 characters', ['name'], 'x'.repeat(56), '$.name'],
    ['without a data store', ['dataStore'], undefined, '$.dataStore'],
    ['without roles', ['roles'], undefined, '$.roles'],
    ['with an element id that is not a UUID', ['elements', 1, 'id'], 'one', '$.elements[1].id'],
    ['with an unknown method', ['elements', 1, 'method'], 'encryption', '$.elements[1].method'],
    ['with an unknown type', ['elements', 1, 'type'], 'emoji', '$.elements[1].type'],
    ['with negative left', ['elements', 1, 'fromLeft'], -1, '$.elements[1].fromLeft'],
    ['with a fraction on the right', ['elements', 1, 'fromRight'], 0.5, '$.elements[1].fromRight'],
    ['with no decision about short data', ['elements', 1, 'shortData'], undefined, '$.elements[1].shortData'],
    ['with an unknown setting for short data', ['elements', 1, 'shortData'], 'pad', '$.elements[1].shortData'],
    ['with a length above what FF1 takes', ['elements', 1, 'maxLength'], 4097, '$.elements[1].maxLength'],
    ['with externalIV as text', ['elements', 1, 'externalIV'], 'yes', '$.elements[1].externalIV'],
    [
      'with an unknown permission',
      ['roles', 0, 'grants', 0, 'permissions', 1],
      'read',
      '$.roles[0].grants[0].permissions[1]',
    ],
    [
      'with an unknown no-access answer',
      ['roles', 0, 'grants', 0, 'noAccess'],
      'mask',
      '$.roles[0].grants[0].noAccess',
    ],
    ['with a member without a name', ['roles', 0, 'members', 0], '', '$.roles[0].members[0]'],
    ['with a range that is not hexadecimal', ['alphabets', 0, 'ranges', 0], 'A-Z', '$.alphabets[0].ranges[0]'],
    ['with three ends of a range', ['alphabets', 0, 'ranges', 0], '0041-0042-0043', '$.alphabets[0].ranges[0]'],
    ['with an alphabet without code points', ['alphabets', 0, 'ranges'], [], '$.alphabets[0]'],
    ['with an unknown member', ['conflictResolution'], 'none', '$.conflictResolution'],
    ['with an unknown member of an element', ['elements', 2, 'masks'], [], '$.elements[2].masks'],
    ['with an unknown member of a role', ['roles', 0, 'no access'], 'null', '$.roles[0]["no access"]'],
    ['with an unknown member of a grant', ['roles', 0, 'grants', 1, 'mask'], 'x', '$.roles[0].grants[1].mask'],
    ['with an unknown member of an alphabet', ['alphabets', 0, 'range'], [], '$.alphabets[0].range'],
  ])('%s is refused, with the path', (_, path, value, where) => {
    expect(problemsOf(() => parsePolicy(changed(POLICY, path, value)))).toEqual([
      { path: where, message: expect.any(String) },
    ]);
  });

  test('without elements is refused, and so is every grant', () => {
    const paths = problemsOf(() => parsePolicy(changed(POLICY, ['elements'], []))).map(({ path }) => path);
    const grants = POLICY.roles.flatMap((role, i) => role.grants.map((_, j) => `$.roles[${i}].grants[${j}].element`));
    expect(paths).toEqual(['$.elements', ...grants]);
  });

  test('with an element name of 56 characters is refused, and so are the grants of the old name', () => {
    const { name } = POLICY.elements[1] as { name: string };
    const problems = problemsOf(() => parsePolicy(changed(POLICY, ['elements', 1, 'name'], 'x'.repeat(56))));
    const grants = POLICY.roles.flatMap((role, i) =>
      role.grants.flatMap(({ element }, j) => (element === name ? [`$.roles[${i}].grants[${j}].element`] : [])),
    );
    expect(problems.map(({ path }) => path)).toEqual(['$.elements[1].name', ...grants]);
  });

  test('is refused for mistakes of form and of reference at once', () => {
    const document = changed(changed(POLICY, ['extra'], 1), ['roles', 0, 'grants', 0, 'element'], 'deGone');
    expect(problemsOf(() => parsePolicy(document))).toEqual([
      { path: '$.extra', message: 'unknown member' },
      { path: '$.roles[0].grants[0].element', message: 'the policy has no element of this name' },
    ]);
  });

  test.each<[string, readonly Step[], unknown, Problem]>([
    [
      'two elements of one name, but for case',
      ['elements', 5],
      { ...POLICY.elements[1], id: uuid(9), name: 'DENAME' },
      { path: '$.elements[5]', message: 'another element has this name' },
    ],
    [
      'two elements of one id',
      ['elements', 1, 'id'],
      uuid(1),
      { path: '$.elements[1]', message: 'another element has this id' },
    ],
    [
      'two roles of one name, but for case',
      ['roles', 1, 'name'],
      'Administrator',
      { path: '$.roles[1]', message: 'another role has this name' },
    ],
    [
      'two alphabets of one name',
      ['alphabets', 1],
      { name: 'letters', ranges: ['0041-005A'] },
      { path: '$.alphabets[1]', message: 'another alphabet has this name' },
    ],
    [
      'a grant for an element that the policy has not',
      ['roles', 0, 'grants', 0],
      grant('dename'),
      { path: '$.roles[0].grants[0].element', message: 'the policy has no element of this name; did you mean deName?' },
    ],
    [
      'two grants of a role for one element',
      ['roles', 0, 'grants', 1],
      grant('deName'),
      { path: '$.roles[0].grants[1]', message: 'another grant names this element' },
    ],
    [
      'a member twice in a role',
      ['roles', 0, 'members'],
      ['a', 'b', 'a'],
      { path: '$.roles[0].members[2]', message: 'this member is listed twice' },
    ],
    [
      'an alphabet on a type that has its own',
      ['elements', 1, 'alphabet'],
      'letters',
      { path: '$.elements[1].alphabet', message: 'unknown member' },
    ],
    [
      'type unicode without an alphabet',
      ['elements', 0, 'alphabet'],
      undefined,
      { path: '$.elements[0].alphabet', message: 'Invalid input: expected string, received undefined' },
    ],
    [
      'type unicode with an alphabet that is not there',
      ['elements', 0, 'alphabet'],
      'Letters',
      {
        path: '$.elements[0].alphabet',
        message:
          'neither this policy nor the product has an alphabet of this name ("protector methods --alphabets" lists them); did you mean letters?',
      },
    ],
    [
      'a code point below the blank',
      ['alphabets', 0, 'ranges', 0],
      '001F-005A',
      { path: '$.alphabets[0].ranges[0]', message: 'code points go from 0020 to 3FFFF' },
    ],
    [
      'a code point above 3FFFF',
      ['alphabets', 0, 'ranges', 0],
      '40000',
      { path: '$.alphabets[0].ranges[0]', message: 'code points go from 0020 to 3FFFF' },
    ],
    [
      'a range that reaches into the surrogates',
      ['alphabets', 0, 'ranges', 0],
      'D700-D800',
      { path: '$.alphabets[0].ranges[0]', message: 'surrogates (D800-DFFF) are not characters' },
    ],
    [
      'an alphabet of one letter',
      ['alphabets', 0, 'ranges'],
      ['0041', '0041-0041'],
      { path: '$.alphabets[0]', message: 'an alphabet has 2 to 65,536 code points, this one has 1' },
    ],
    [
      'an alphabet above 65,536',
      ['alphabets', 0, 'ranges'],
      ['10000-1FFFF', '0041'],
      { path: '$.alphabets[0]', message: 'an alphabet has 2 to 65,536 code points, this one has 65537' },
    ],
    [
      'an alphabet that includes one that is not there',
      ['alphabets', 0, 'include'],
      ['greek', 'Runes'],
      { path: '$.alphabets[0]', message: expect.stringContaining('there is no alphabet') as unknown as string },
    ],
    [
      'an alphabet that includes itself',
      ['alphabets', 0, 'include'],
      ['letters'],
      { path: '$.alphabets[0]', message: 'alphabet letters includes itself' },
    ],
    [
      'a least length that FF1 does not take',
      ['elements', 3, 'minLength'],
      1,
      { path: '$.elements[3].minLength', message: expect.stringContaining('2') as unknown as string },
    ],
    [
      'a greatest length below the one that six digits need by default',
      ['elements', 1, 'maxLength'],
      5,
      { path: '$.elements[1].maxLength', message: 'it is below the minimum length' },
    ],
  ])('with %s is refused', (_, path, value, problem) => {
    expect(problemsOf(() => parsePolicy(changed(POLICY, path, value)))).toEqual([problem]);
  });

  test('with an alphabet of exactly 2 or 65,536 code points is accepted', () => {
    for (const ranges of [['0041', '0042'], ['10000-1FFFF']]) {
      expect(parsePolicy(changed(POLICY, ['alphabets', 0, 'ranges'], ranges)).alphabets[0]?.ranges).toEqual(ranges);
    }
  });

  test('may choose a small domain, down to the hundred that FF1 needs', () => {
    const two = changed(POLICY, ['alphabets', 0, 'ranges'], ['0041-0042']);
    expect(problemsOf(() => parsePolicy(changed(two, ['elements', 0, 'minLength'], 6)))).toEqual([
      {
        path: '$.elements[0].minLength',
        message: 'FF1 needs at least 7 symbols of this alphabet; shorter values need shortData weak-token',
      },
    ]);
    expect(parsePolicy(changed(two, ['elements', 0, 'minLength'], 7)).elements[0]).toMatchObject({ minLength: 7 });
  });

  test('with two default roles is refused', () => {
    const one = changed(POLICY, ['roles', 0, 'default'], true);
    expect(parsePolicy(one).roles[0]?.default).toBe(true);
    expect(problemsOf(() => parsePolicy(changed(one, ['roles', 1, 'default'], true)))).toEqual([
      { path: '$.roles', message: 'at most one role may be the default role' },
    ]);
  });

  test('is refused with all mistakes of form at once, in the message too', () => {
    let document = changed(POLICY, ['elements', 0, 'type'], 'emoji');
    document = changed(document, ['elements', 4, 'shortData'], 7);
    document = changed(document, ['roles', 2, 'colour'], 'red');
    document = changed(document, ['name'], undefined);
    const problems = problemsOf(() => parsePolicy(document));
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      '$.elements[0].type',
      '$.elements[4].shortData',
      '$.name',
      '$.roles[2].colour',
    ]);
    const lines = problems.map(({ path, message }) => `\n  ${path}: ${message}`);
    expect(() => parsePolicy(document)).toThrow(
      expect.objectContaining({ message: `The policy has 4 problems:${lines.join('')}` }),
    );
  });

  test('is refused with all mistakes of reference at once', () => {
    let document = changed(POLICY, ['roles', 0, 'grants', 0], grant('nothing'));
    document = changed(document, ['roles', 3, 'name'], 'ANALYST');
    document = changed(document, ['elements', 1, 'alphabet'], 'letters');
    document = changed(document, ['alphabets', 0, 'ranges', 2], 'D800');
    expect(problemsOf(() => parsePolicy(document)).map(({ path }) => path)).toEqual([
      '$.elements[1].alphabet',
      '$.alphabets[0].ranges[2]',
      '$.roles[3]',
      '$.roles[0].grants[0].element',
    ]);
  });

  // Such an alphabet has a negative size: it must not be expanded.
  test('with a range that runs backwards is refused, with the path', () => {
    expect(problemsOf(() => parsePolicy(changed(POLICY, ['alphabets', 0, 'ranges'], ['005A-0041'])))).toEqual([
      { path: '$.alphabets[0].ranges[0]', message: 'the range runs backwards' },
    ]);
  });
});

describe('a mapping', () => {
  const policy = parsePolicy(POLICY);
  const mapping = (name: string, target: unknown) => parseMapping({ [name]: target }, policy);
  const city = { Operation: 'unprotect', Element: 'deName' };

  test.each(['protect', 'PROTECT', 'Protect'])('accepts the operation %s', (Operation) => {
    expect(mapping('f', { Operation, Element: 'deName' })).toEqual({
      f: { Operation: 'protect', Element: 'deName' },
    });
  });

  test('keeps its constants', () => {
    const target = {
      Operation: 'reprotect',
      Element: 'deName',
      OldElement: 'deText',
      ExternalIV: 'new',
      OldExternalIV: 'é'.repeat(128),
    };
    expect(mapping('hr.move', target)).toEqual({ 'hr.move': target });
  });

  test.each<[string, unknown, string]>([
    ['without an operation', { Element: 'deName' }, '$.f.Operation'],
    ['with an unknown operation', { ...city, Operation: 'mask' }, '$.f.Operation'],
    ['with an operation in front of another', { ...city, Operation: 'unprotected' }, '$.f.Operation'],
    ['without an element', { Operation: 'protect' }, '$.f.Element'],
    ['with an unknown member', { ...city, element: 'deName' }, '$.f.element'],
    ['with an empty IV', { ...city, ExternalIV: '' }, '$.f.ExternalIV'],
    ['that is a text', 'protect', '$.f'],
    ['for an element in another case', { ...city, Element: 'dename' }, '$["f"].Element'],
    ['for an old element that is not there', { ...city, Operation: 'reprotect', OldElement: 'x' }, '$["f"].OldElement'],
    ['for reprotect without an old element', { ...city, Operation: 'reprotect' }, '$["f"].OldElement'],
    ['for unprotect with an old element', { ...city, OldElement: 'deText' }, '$["f"]'],
    ['for unprotect with an old IV', { ...city, OldExternalIV: 'x' }, '$["f"]'],
    ['with an IV of 257 bytes', { ...city, ExternalIV: `${'é'.repeat(128)}x` }, '$["f"].ExternalIV'],
    [
      'with an IV for an element that takes none',
      { ...city, Element: 'deFixed', ExternalIV: 'x' },
      '$["f"].ExternalIV',
    ],
    [
      'with an old IV for an old element that takes none',
      { ...city, Operation: 'reprotect', OldElement: 'deFixed', OldExternalIV: 'x' },
      '$["f"].OldExternalIV',
    ],
  ])('%s is refused, with the path', (_, target, where) => {
    expect(problemsOf(() => mapping('f', target))).toEqual([{ path: where, message: expect.any(String) }]);
  });

  test('is refused with all mistakes at once, and with quoted function names in paths', () => {
    const document = {
      'hr.a': { ...city, Element: 'x' },
      'hr.b': { ...city, Operation: 'reprotect', OldElement: 'y', ExternalIV: 'z'.repeat(300) },
    };
    expect(problemsOf(() => parseMapping(document, policy)).map(({ path }) => path)).toEqual([
      '$["hr.a"].Element',
      '$["hr.b"].ExternalIV',
      '$["hr.b"].OldElement',
    ]);
  });

  test.each([[[]], [null], ['protect'], [{ '': city }]])('cannot be %j', (document) => {
    expect(problemsOf(() => parseMapping(document, policy))).toHaveLength(1);
  });
});
