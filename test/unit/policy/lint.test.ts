import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { lintPolicy } from '../../../lib/policy/lint.ts';
import type { Warning } from '../../../lib/policy/warning.ts';
import { parsePolicy } from '../../../lib/policy/parse.ts';

type Rule = Warning['rule'];

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Types that say what becomes of ASCII letters and digits outside their alphabet. */
const WITH_OTHERS = ['numeric', 'alpha', 'upper-case-alpha', 'unicode', 'fpe-numeric', 'fpe-alpha', 'fpe-latin1-alpha'];

/** Changes an element that gives no warning. */
const element = (change: { readonly type?: string } & Record<string, unknown>, n = 1) => ({
  id: uuid(n),
  name: `de${n}`,
  method: 'tokenization',
  type: 'numeric',
  shortData: 'error',
  ...(WITH_OTHERS.includes(change.type ?? 'numeric') && { otherCharacters: 'refuse' }),
  ...change,
});
const plain = (change: Record<string, unknown>) => element({ shortData: undefined, ...change });
const fpe = (change: Record<string, unknown>) => element({ method: 'fpe', type: 'fpe-numeric', ...change });
const grant = (name: string, ...permissions: string[]) => ({ element: name, permissions });
const role = (grants: readonly object[], change: object = {}) => ({ name: 'r', members: ['u'], grants, ...change });

function lint(elements: readonly object[], roles: readonly object[] = [role([grant('de1', 'protect')])]): Warning[] {
  const document = { name: 'P', dataStore: 'D', alphabets: [{ name: 'two', ranges: ['0041-0042'] }], elements, roles };
  // What has no effect has tests of its own: lint-no-effect.test.ts.
  return lintPolicy(parsePolicy(JSON.parse(JSON.stringify(document))), 0).filter(({ rule }) => rule !== 'no-effect');
}

const FEWER = (symbols: number) => `values of fewer than ${symbols} symbols have less than a million combinations`;
const LEFT = (digits: number) => `the clear parts leave ${digits} of a card number's 16 digits to tokenize`;
const LOOK_UP = 'short values get tokens that anyone who may protect can look up';
const IN_CLEAR = 'short values stay in clear';
const DATE_PART = (part: string) => `the ${part} stays in clear, which leaves few dates to choose from`;
const SPELLINGS =
  'spellings that differ in the case of a clear letter have different tokens (de89… and DE89…); a new element should set foldClearParts';
const LIVES = { from: '1900-01-01', to: '2026-12-31' };
const DECIMAL = 'decimals of fewer than 6 digits have less than a million combinations';

describe('lint warns about an element, and not about its neighbour:', () => {
  test.each<[Rule, string, object, object]>([
    ['weak-domain', FEWER(6), element({ minLength: 5 }), element({ minLength: 6 })],
    ['weak-domain', FEWER(6), element({ minLength: 5 }), element({ minLength: 5, preserveLength: false })],
    [
      'weak-domain',
      FEWER(7),
      element({ minLength: 6, leadingZero: 'preserve' }),
      element({ minLength: 6, leadingZero: 'preserve', fromLeft: 1 }),
    ],
    [
      'weak-domain',
      FEWER(4),
      element({ type: 'alpha', minLength: 3 }),
      element({ type: 'alpha', tokenizer: 'SLT_1_3' }),
    ],
    [
      'weak-domain',
      FEWER(20),
      element({ type: 'unicode', alphabet: 'two', minLength: 19 }),
      element({ type: 'unicode', alphabet: 'two' }),
    ],
    [
      'weak-domain',
      FEWER(6),
      element({ type: 'alpha-numeric', preservePosition: true, externalIV: false, minLength: 5 }),
      element({ type: 'alpha-numeric', preservePosition: true, externalIV: false }),
    ],
    [
      'weak-domain',
      FEWER(6),
      plain({ type: 'credit-card', minLength: 5 }),
      plain({ type: 'credit-card', minLength: 6 }),
    ],
    [
      'weak-domain',
      FEWER(7),
      plain({ type: 'credit-card', minLength: 6, invalidLuhn: true }),
      plain({ type: 'credit-card', minLength: 7, invalidLuhn: true }),
    ],
    [
      'weak-domain',
      FEWER(7),
      plain({ type: 'credit-card', minLength: 6, invalidCardType: true }),
      plain({ type: 'credit-card', minLength: 7, invalidCardType: true }),
    ],
    [
      'weak-domain',
      FEWER(8),
      plain({ type: 'credit-card', minLength: 7, invalidCardType: true, invalidLuhn: true }),
      plain({ type: 'credit-card', minLength: 8, invalidCardType: true, invalidLuhn: true }),
    ],
    [
      'weak-domain',
      LEFT(5),
      plain({ type: 'credit-card', fromLeft: 7, fromRight: 4 }),
      plain({ type: 'credit-card', fromLeft: 6, fromRight: 4 }),
    ],
    [
      'weak-domain',
      LEFT(6),
      plain({ type: 'credit-card', fromLeft: 6, fromRight: 4, invalidLuhn: true }),
      plain({ type: 'credit-card', fromLeft: 5, fromRight: 4, invalidLuhn: true }),
    ],
    ['weak-domain', LEFT(4), element({ fromLeft: 8, fromRight: 4 }), element({ fromLeft: 8 })],
    ['weak-domain', LEFT(0), element({ fromLeft: 12, fromRight: 12 }), element({ fromRight: 12 })],
    [
      'weak-domain',
      LEFT(4),
      element({ fromLeft: 8, fromRight: 4, preserveLength: false }),
      element({ type: 'alpha', fromLeft: 8, fromRight: 4 }),
    ],
    ['weak-domain', LEFT(4), fpe({ creditCard: true, fromLeft: 8, fromRight: 4 }), fpe({ creditCard: true })],
    [
      'weak-domain',
      FEWER(8),
      fpe({ creditCard: true, invalidLuhn: true, invalidCardType: true, minLength: 7 }),
      fpe({ creditCard: true, invalidLuhn: true, minLength: 7 }),
    ],
    ['weak-domain', FEWER(6), fpe({ minLength: 5 }), fpe({ minLength: 6 })],
    [
      'weak-domain',
      FEWER(3),
      fpe({ type: 'fpe-latin1-alpha', minLength: 2 }),
      fpe({ type: 'fpe-latin1-alpha', minLength: 3 }),
    ],
    [
      'weak-domain',
      'a 2-byte integer has 65,536 values',
      plain({ type: 'integer', size: 2 }),
      plain({ type: 'integer', size: 4 }),
    ],
    ['weak-domain', DECIMAL, plain({ type: 'decimal' }), plain({ type: 'binary' })],
    [
      'case-of-clear-parts',
      SPELLINGS,
      element({ type: 'upper-case-alpha-numeric', fromLeft: 2 }),
      element({ type: 'upper-case-alpha-numeric', fromLeft: 2, foldClearParts: true }),
    ],
    [
      'case-of-clear-parts',
      SPELLINGS,
      element({ type: 'upper-case-alpha', fromRight: 1, preserveLength: false }),
      element({ type: 'alpha', fromRight: 1, preserveLength: false }),
    ],
    [
      'case-of-clear-parts',
      SPELLINGS,
      element({ type: 'upper-case-alpha', fromLeft: 1 }),
      element({ type: 'upper-case-alpha' }),
    ],
  ])('%s, %s: %j', (rule, message, weak, strong) => {
    expect(lint([weak])).toEqual([{ rule, path: '$.elements[0]', message }]);
    expect(lint([strong])).toEqual([]);
  });

  test.each<[Rule, string, string, object, object]>([
    [
      'tokens-change-in-nfc',
      'alphabet',
      '70 % of the tokens of 8 symbols change under Unicode normalisation (NFC) and unprotect to another value; a new element should use unicode-script or "hebrew letters"',
      element({ type: 'unicode', alphabet: 'hebrew' }),
      element({ type: 'unicode', alphabet: 'hebrew letters' }),
    ],
    [
      'tokens-change-in-nfc',
      'alphabet',
      'tokens with combining marks may change under Unicode normalisation (NFC) and unprotect to another value; a new element should use unicode-script or an alphabet of a whole script, such as "bengali letters"',
      element({ type: 'unicode', alphabet: 'letters' }),
      element({ type: 'unicode', alphabet: 'hangul' }),
    ],
    ['weak-token', 'shortData', LOOK_UP, element({ shortData: 'weak-token' }), element({})],
    [
      'weak-token',
      'shortData',
      LOOK_UP,
      element({ type: 'email', shortData: 'weak-token' }),
      element({ type: 'email', shortData: 'weak-token', preserveLength: false }),
    ],
    ['short-data-in-clear', 'shortData', IN_CLEAR, element({ shortData: 'as-is' }), element({})],
    ['short-data-in-clear', 'shortData', IN_CLEAR, fpe({ shortData: 'as-is' }), fpe({})],
    [
      'date-part-in-clear',
      'dateInClear',
      DATE_PART('year'),
      plain({ type: 'date', dateInClear: 'year' }),
      plain({ type: 'date' }),
    ],
    [
      'date-part-in-clear',
      'dateInClear',
      DATE_PART('month'),
      plain({ type: 'datetime', tokenizeTime: true, dateInClear: 'month' }),
      plain({ type: 'datetime', tokenizeTime: true }),
    ],
    [
      'time-in-clear',
      'tokenizeTime',
      'the time of day stays in clear',
      plain({ type: 'datetime' }),
      plain({ type: 'datetime', tokenizeTime: true }),
    ],
    [
      'weak-domain',
      'range',
      'it leaves 46,386 dates, less than a million combinations',
      plain({ type: 'date', range: LIVES }),
      plain({ type: 'date', dateOrder: 'mdy' }),
    ],
    [
      'weak-domain',
      'range',
      'it leaves 46,385 dates, less than a million combinations',
      plain({ type: 'datetime', tokenizeTime: true, range: { ...LIVES, to: '2026-12-30' } }),
      plain({ type: 'datetime', tokenizeTime: true }),
    ],
    [
      'dates-in-clear',
      'staysClear',
      'values with 2 dates stay in clear as a whole',
      plain({ type: 'date', staysClear: ['9999-12-31', '0001-01-01'] }),
      plain({ type: 'date', staysClear: [] }),
    ],
  ])('%s at %s, %s: %j', (rule, member, message, weak, strong) => {
    expect(lint([weak])).toEqual([{ rule, path: `$.elements[0].${member}`, message }]);
    expect(lint([strong])).toEqual([]);
  });
});

const both = (...permissions: string[]) => [grant('de1', ...permissions), grant('de2', ...permissions)];

describe('lint of roles', () => {
  const two = [element({}, 1), element({}, 2)];
  const digest = { id: uuid(3), name: 'de3', method: 'hash', type: 'hmac-sha256' };
  const monitor = { id: uuid(4), name: 'de4', method: 'clear', type: 'monitor' };
  const powerful = {
    rule: 'all-powerful-role',
    path: '$.roles[0]',
    message: 'its members may unprotect every element',
  };

  test('warns about an element without grants; a grant without permissions does not count', () => {
    const unused = { rule: 'unused-element', path: '$.elements[1]', message: 'no role may do anything with it' };
    expect(lint(two, [role([grant('de1', 'protect')])])).toEqual([unused]);
    expect(lint(two, [role([grant('de1', 'protect'), grant('de2')])])).toEqual([unused]);
    expect(lint(two, [role(both('protect'))])).toEqual([]);
    expect(
      lint(two, [role([grant('de1', 'protect')]), role([grant('de2', 'reprotect')], { name: 's', members: ['v'] })]),
    ).toEqual([]);
  });

  test('does not warn about a monitor element without grants: it is open to everyone', () => {
    expect(lint([element({}, 1), monitor], [role([grant('de1', 'protect')])])).toEqual([]);
  });

  test('warns about a role that may unprotect every element but digests', () => {
    expect(lint(two, [role(both('unprotect'))])).toEqual([powerful]);
    expect(lint([...two, digest], [role([...both('unprotect'), grant('de3', 'protect')])])).toEqual([powerful]);
    expect(lint(two, [role([grant('de1', 'unprotect'), grant('de2', 'protect')])])).toEqual([]);
    expect(lint([element({})], [role([grant('de1', 'unprotect')])])).toEqual([]); // there is but one
  });

  test('warns about a default role with permissions', () => {
    const everybody = { name: 'everybody', members: [], default: true };
    const used = role([grant('de1', 'protect')]);
    expect(lint([element({})], [used, role([grant('de1', 'protect')], everybody)])).toEqual([
      {
        rule: 'default-role-with-permissions',
        path: '$.roles[1]',
        message: 'every user whom no other role lists has these permissions',
      },
    ]);
    expect(lint([element({})], [used, role([grant('de1')], everybody)])).toEqual([]);
    expect(lint([element({})], [used, role([grant('de1', 'protect')], { ...everybody, default: false })])).toEqual([]);
  });
});

test('lint returns warnings in the order of the document', () => {
  const elements = [
    element({ shortData: 'as-is', minLength: 5 }, 1),
    plain({ id: uuid(2), name: 'de2', type: 'decimal' }),
  ];
  const roles = [role([grant('de1', 'unprotect')], { default: true })];
  expect(lint(elements, roles).map(({ rule, path }) => `${path} ${rule}`)).toEqual([
    '$.elements[0].shortData short-data-in-clear',
    '$.elements[0] weak-domain',
    '$.elements[1] weak-domain',
    '$.elements[1] unused-element',
    '$.roles[0] default-role-with-permissions',
  ]);
});

const seen = (mask: string | undefined) => ({ ...grant('de1', 'unprotect'), mask });

const reader = (mask: string | undefined, name: string, ...members: unknown[]) => role([seen(mask)], { name, members });
/** Makes a role that may unprotect both elements. */
const seesBoth = (mask?: string) => role([seen(mask), { ...grant('de2', 'unprotect'), mask }]);

const warningsOfMembers = (members: readonly unknown[], change: object = {}) =>
  lint([element({})], [role([grant('de1', 'protect')], { members, ...change })]).map(({ rule, message }) => [
    rule,
    message,
  ]);

describe('lint of visibility', () => {
  const masks = [
    { name: 'ends', fromLeft: 2, fromRight: 2, mode: 'mask' },
    { name: 'same', fromLeft: 2, fromRight: 2, mode: 'mask' },
    { name: 'middle', fromLeft: 6, fromRight: 4, mode: 'clear' },
  ];
  const found = (roles: readonly object[], change: object = {}): string[] =>
    lintPolicy(
      parsePolicy(
        JSON.parse(
          JSON.stringify({
            name: 'P',
            dataStore: 'D',
            masks,
            elements: [element({}), element({}, 2)],
            roles,
            ...change,
          }),
        ),
      ),
      0,
    )
      .filter(({ rule }) => rule !== 'unused-element' && rule !== 'no-effect')
      .map(({ rule, path, message, auditCode }) => `${rule} ${auditCode ?? ''} ${path}: ${message}`);

  test('warns about conflicting masks once for each combination of roles, with the reference product’s code', () => {
    const roles = [
      reader('ends', 'a', 'ann', 'joe', { group: 'g' }),
      reader('middle', 'b', 'joe', { group: 'g' }),
      reader('same', 'c', 'ann'),
    ];
    expect(found(roles, { groups: [{ name: 'g', members: ['eva'] }] })).toEqual([
      'mask-conflict 57 $.elements[0]: joe and 1 more get null: their roles show it under different masks (left=2,right=2,mode=mask,char=*; left=6,right=4,mode=clear,char=*)',
    ]);
  });

  test('sees no conflict where the least restrictive role shows clear values, and a conflict where the most restrictive wins', () => {
    const roles = [reader('ends', 'a', 'u'), reader('middle', 'b', 'u'), reader(undefined, 'c', 'u')];
    expect(found(roles)).toEqual([]);
    expect(found(roles, { conflictResolution: 'most-restrictive' })).toHaveLength(1);
  });

  test('does not count a masked element among those that a role sees in clear', () => {
    expect(found([seesBoth()])).toEqual(['all-powerful-role  $.roles[0]: its members may unprotect every element']);
    expect(found([seesBoth('ends')])).toEqual([]);
  });

  test('warns about switched-off records, by permission', () => {
    const quiet = {
      ...grant('de1', 'protect'),
      audit: { protect: { successful: false }, unprotect: { successful: false, failed: false } },
    };
    expect(found([role([quiet])])).toEqual([
      'audit-switched-off  $.roles[0].grants[0].audit.protect: successful protect of de1 leaves no record of each request, only a summary of counts',
      'audit-switched-off  $.roles[0].grants[0].audit.unprotect: successful and failed unprotect of de1 leaves no record of each request, only a summary of counts',
    ]);
    expect(found([role([{ ...quiet, audit: { protect: { successful: true } } }])])).toEqual([]);
  });

  test('warns about users who differ in case only', () => {
    expect(found([role([grant('de1', 'protect')], { members: ['ann', 'Ann', 'joe'] })])).toEqual([
      'users-fold-to-one  $.roles: ann and Ann differ in case only: each is known by its exact spelling alone',
    ]);
  });

  test('warns about an element whose roles have no members', () => {
    expect(warningsOfMembers(['u'])).toEqual([]);
    expect(warningsOfMembers([])).toEqual([['unused-element', 'no role that may do anything with it has a member']]);
    expect(warningsOfMembers([], { default: true }).map(([rule]) => rule)).toEqual(['default-role-with-permissions']);
  });

  test('warns about each old key version', () => {
    const rotated = element({ keyVersion: 3, oldKeyVersions: [1, 2] });
    expect(lint([rotated]).map(({ rule, message }) => [rule, message])).toEqual([
      ['old-key-version', 'de1@1 can still be read: remove it when every column is moved'],
      ['old-key-version', 'de1@2 can still be read: remove it when every column is moved'],
    ]);
  });
});

test('lint warns of nothing in the sample policy but short values, amounts and the administrator', () => {
  const sample = readFileSync(new URL('../../../lib/local/sample/policy.json', import.meta.url), 'utf8');
  const rules = lintPolicy(parsePolicy(JSON.parse(sample)), 0).map(({ rule }) => rule);
  expect(new Set(rules)).toEqual(new Set<Rule>(['weak-token', 'weak-domain', 'all-powerful-role']));
});

const moves = (names: readonly string[], ...permissions: string[]) => names.map((name) => grant(name, ...permissions));
const refused = (message: string) => ({
  rule: 'reprotect-refused',
  path: '$.roles[0]',
  message: `its members may not reprotect where the new element shows more than they may see: ${message}`,
});
const rulesOf = (elements: readonly object[], roles: readonly object[]) =>
  lint(elements, roles).map(({ rule }) => rule);

describe('lint of moves', () => {
  const elements = [
    element({}, 1),
    element({ fromRight: 4 }, 2),
    element({ type: 'alpha-numeric', otherCharacters: undefined }, 3),
  ];

  test('names the pairs of a role that may reprotect both and see neither', () => {
    expect(lint(elements, [role(moves(['de1', 'de2', 'de3'], 'reprotect'))])).toEqual([
      refused('de1 to de2 (characters at an end), de3 to de2 (characters at an end)'),
    ]);
  });

  test('warns about no role that sees the clear values, and none that may reprotect one element', () => {
    expect(rulesOf(elements, [role(moves(['de1', 'de2', 'de3'], 'reprotect', 'unprotect'))])).toEqual([
      'all-powerful-role',
    ]);
    expect(rulesOf(elements, [role([...moves(['de1'], 'reprotect'), ...moves(['de2', 'de3'], 'protect')])])).toEqual(
      [],
    );
  });

  test('names three pairs of a policy of 900 elements and counts the others, in a fraction of a second', () => {
    const many = Array.from({ length: 900 }, (_, i) => element(i % 2 === 0 ? {} : { fromRight: 4 }, i + 1));
    const [warning, ...more] = lint(many, [
      role(
        moves(
          many.map(({ name }) => name),
          'reprotect',
        ),
      ),
    ]);
    expect(more).toEqual([]);
    expect(warning).toEqual(refused('de1 to de2 (characters at an end), and 202,499 more'));
  });
});

// `parsePolicy` refuses such a policy. One that did not go through it must not hold the caller up.
test.each([['unicode'], ['unicode with a minimum length']])(
  'lint of a policy that was not parsed ends for an unknown alphabet: %s',
  (what) => {
    const odd = element({
      type: 'unicode',
      alphabet: 'none',
      preserveLength: true,
      ...(what !== 'unicode' && { minLength: 3 }),
    });
    const other = element({}, 2);
    const roles = [role([grant('de1', 'reprotect'), grant('de2', 'reprotect')])];
    const policy = { ...parsePolicy({ name: 'P', dataStore: 'D', elements: [other], roles: [] }) };
    const unparsed = { ...policy, elements: [odd, ...policy.elements], roles } as unknown as typeof policy;
    expect(() => lintPolicy(unparsed, 0)).toThrow(expect.objectContaining({ code: 'FF1_RADIX' }));
  },
);
