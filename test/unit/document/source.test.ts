import { describe, expect, test } from '@jest/globals';
import { setMembers } from '../../../lib/document/edit-members.ts';
import { PolicyError } from '../../../lib/policy/errors.ts';
import { SourceError } from '../../../lib/document/source-error.ts';
import { readSource, sourceFormat } from '../../../lib/document/source.ts';

const lines = (text: string, format: 'json' | 'yaml', ...paths: string[]): unknown => {
  const source = readSource(text, format);
  const error = source.locate(
    new PolicyError(
      'It',
      paths.map((path) => ({ path, message: 'wrong' })),
    ),
  ) as PolicyError;
  return error.problems.map(({ line }) => line);
};

/** Nine of the line before. */
const nine = (item: string): string => `[${Array.from({ length: 9 }, () => item).join(',')}]`;

/** Nine times nine times nine …: 387 million items in nine lines. */
const BOMB = Array.from({ length: 9 }, (_, i) => `l${i}: &l${i} ${nine(i === 0 ? 'x' : `*l${i - 1}`)}`).join('\n');

describe('a file that people write', () => {
  test.each([
    ['policy.yaml', 'yaml'],
    ['policy.yml', 'yaml'],
    ['POLICY.YAML', 'yaml'],
    ['policy.json', 'json'],
    ['policy', 'json'],
  ])('called %s is %s', (path, format) => {
    expect(sourceFormat(path)).toBe(format);
  });

  test('is the same document in both forms', () => {
    const yaml =
      'name: P # no comment in the document\nroles:\n  - &r { name: r, default: false }\nmembers: [no, 1.5, "2", ~]';
    const json = '{"name":"P","roles":[{"name":"r","default":false}],"members":["no",1.5,"2",null]}';
    expect(readSource(yaml, 'yaml').document).toEqual(readSource(json, 'json').document);
  });

  test.each<[string, string, string]>([
    [
      'an end that is missing',
      'a: [1',
      'Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 6',
    ],
    ['two documents', 'a: 1\n---\nb: 2', 'Source contains multiple documents'],
    ['a tag', 'a: !!js/function x', 'Unresolved tag'],
    ['an alias of nothing', 'a: *b', 'Unresolved alias'],
    ['depth without end', '['.repeat(100_000), ''],
    ['aliases that multiply', BOMB, 'Excessive alias count indicates a resource exhaustion attack'],
  ])('with %s is refused as YAML', (_, text, why) => {
    expect(() => readSource(text, 'yaml')).toThrow(SourceError);
    expect(() => readSource(text, 'yaml')).toThrow(`it is not YAML: ${why}`);
  });

  test('that is no JSON is refused with the place of the error', () => {
    expect(() => readSource('{"a":\n 1,}', 'json')).toThrow('it is not JSON at line 2, column 4');
  });

  test.each<[string, 'json' | 'yaml', string, string]>([
    ['JSON', 'json', '{"a": 1,\n "a": 2}', '$.a is given twice, again at line 2, column 2'],
    ['JSON with escapes', 'json', '{"a":1,"\\u0061":2}', '$.a is given twice, again at line 1, column 8'],
    [
      'JSON, deep inside',
      'json',
      '{"e":[{},{"x y":1,\n\n"x y":{}}]}',
      '$.e[1]["x y"] is given twice, again at line 3, column 1',
    ],
    [
      'JSON, __proto__',
      'json',
      '{"__proto__":1,"__proto__":2}',
      '$.__proto__ is given twice, again at line 1, column 16',
    ],
    ['YAML', 'yaml', 'a: 1\na: 2', '$.a is given twice, again at line 2, column 1'],
    ['YAML in braces', 'yaml', 'e:\n  - {b: 1,\n     b: 2}', '$.e[0].b is given twice, again at line 3, column 6'],
    ['YAML, as number and text', 'yaml', '1: a\n"1": b', '$["1"] is given twice, again at line 2, column 1'],
    [
      'YAML, below a key that is a map',
      'yaml',
      '? {a: 1, a: 2}\n: x',
      '$.a is given twice, again at line 1, column 10',
    ],
  ])('with a member twice is refused with its line: %s', (_, format, text, message) => {
    expect(() => readSource(text, format)).toThrow(new SourceError('SOURCE_MALFORMED', message));
  });

  test.each<[string, 'json' | 'yaml', string, string]>([
    ['JSON of 101 levels', 'json', '['.repeat(101) + ']'.repeat(101), 'more than 100 levels at line 1, column 101'],
    [
      'YAML of a million brackets',
      'yaml',
      '['.repeat(1_000_000),
      'it is not YAML: more than 100 levels at line 1, column 101',
    ],
    [
      'YAML of brackets and braces',
      'yaml',
      `a: 1\nb: ${'[{x: '.repeat(51)}`,
      'it is not YAML: more than 100 levels at line 2, column 254',
    ],
    ['JSON of a million levels', 'json', '{"a":'.repeat(1_000_000), 'more than 100 levels at line 1, column 501'],
    [
      'YAML of 101 levels',
      'yaml',
      '['.repeat(101) + ']'.repeat(101),
      'it is not YAML: more than 100 levels at line 1, column 101',
    ],
    ['JSON of more than 16 MB', 'json', `"${'x'.repeat(16 * 2 ** 20)}"`, 'it has more than 16 MB'],
    [
      'YAML of more than 1 MB',
      'yaml',
      `a: ${'x'.repeat(2 ** 20)}`,
      'it has more than 1 MB: write it in JSON, which may have 16 MB',
    ],
    [
      'YAML with an unknown escape',
      'yaml',
      'a: "\\q"',
      'it is not YAML: Invalid escape sequence \\q at line 1, column 5',
    ],
  ])('beyond its limits is refused: %s', (_, format, text, message) => {
    expect(() => readSource(text, format)).toThrow(new SourceError('SOURCE_MALFORMED', message));
  });

  test.each<[string, 'json' | 'yaml']>([
    ['JSON', 'json'],
    ['YAML', 'yaml'],
  ])('is read up to its limits: %s', (_, format) => {
    expect(readSource('['.repeat(100) + ']'.repeat(100), format).document).toHaveLength(1);
    expect(readSource(`a: |\n${'  [\n'.repeat(200)}b: "${'['.repeat(200)}"`, 'yaml').document).toHaveProperty('b');
    expect(readSource(`"${'x'.repeat((format === 'json' ? 16 : 1) * 2 ** 20 - 2)}"`, format).document).toMatch(/^x/);
  });

  test('of tens of thousands of keys has the line of each of its problems', () => {
    const text = Array.from({ length: 30_000 }, (_, i) => `key${i}: ${i}`).join('\n');
    const source = readSource(text, 'yaml');
    const problems = Array.from({ length: 100 }, (_, i) => ({ path: `$.key${300 * i}`, message: 'wrong' }));
    const error = source.locate(new PolicyError('It', problems)) as PolicyError;
    expect(error.problems.map(({ line }) => line)).toEqual(problems.map((_, i) => 300 * i + 1));
  });

  test('with a member __proto__ is plain data', () => {
    const { document } = readSource('__proto__: { polluted: true }', 'yaml');
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
    expect(Object.keys(document as object)).toEqual(['__proto__']);
  });

  test('has lines for its problems in YAML and JSON; a missing member has the line of its object', () => {
    const yaml =
      '# policy\nname: P\nelements:\n  - id: x\n    type: numeric\n  - { id: y,\n      type: z }\n"a b":\n  c: 1\n';
    const paths = [
      '$',
      '$.name',
      '$.elements[0].type',
      '$.elements[1].type',
      '$.elements[1].name',
      '$["a b"].c',
      '$.roles',
    ];
    expect(lines(yaml, 'yaml', ...paths)).toEqual([2, 2, 5, 7, 6, 9, 2]);
    const json = '{\n  "name": "P",\n  "elements": [\n    {\n      "id": "x" },\n    {"id": 7}],\n\t"a b": {"c": 1}\n}';
    expect(lines(json, 'json', '$', '$.name', '$.elements[0].id', '$.elements[1]', '$["a b"].c')).toEqual([
      1, 2, 5, 6, 7,
    ]);
  });

  test('has its lines in the message, and other errors stay unchanged', () => {
    const source = readSource('a: 1', 'yaml');
    const error = source.locate(new PolicyError('The policy', [{ path: '$.a', message: 'wrong' }]));
    expect((error as Error).message).toBe('The policy has 1 problem:\n  line 1, $.a: wrong');
    const other = new Error('x');
    expect(source.locate(other)).toBe(other);
  });
});

describe('a new key version is written into the file', () => {
  const MEMBERS = { keyVersion: 2, oldKeyVersions: [1] };

  test.each<[string, 'json' | 'yaml', string, string]>([
    [
      'JSON, after the name, on lines of their own',
      'json',
      '{\n  "elements": [\n    {\n      "name": "a",\n      "type": "t"\n    }\n  ]\n}',
      '{\n  "elements": [\n    {\n      "name": "a",\n      "keyVersion": 2,\n      "oldKeyVersions": [1],\n      "type": "t"\n    }\n  ]\n}',
    ],
    [
      'JSON on one line',
      'json',
      '{"elements":[{"name":"a"}]}',
      '{"elements":[{"name":"a", "keyVersion": 2, "oldKeyVersions": [1]}]}',
    ],
    [
      'JSON that has them',
      'json',
      '{"elements":[{"keyVersion":1,"name":"a","oldKeyVersions":[ ]}]}',
      '{"elements":[{"keyVersion":2,"name":"a","oldKeyVersions":[1]}]}',
    ],
    [
      'YAML, comments and all',
      'yaml',
      '# top\nelements:\n- name: a # the name\n  type: t\n# end\n',
      '# top\nelements:\n- name: a # the name\n  keyVersion: 2\n  oldKeyVersions: [1]\n  type: t\n# end\n',
    ],
    [
      'YAML that has them',
      'yaml',
      'elements:\n  - keyVersion: 1 # one\n    name: a\n    oldKeyVersions:\n      - 7\n    type: t\n',
      'elements:\n  - keyVersion: 2 # one\n    name: a\n    oldKeyVersions:\n      [1]\n    type: t\n',
    ],
    [
      'YAML in JSON’s manner',
      'yaml',
      'elements: [{ name: a, type: t }]',
      'elements: [{ name: a, "keyVersion": 2, "oldKeyVersions": [1], type: t }]',
    ],
    [
      'YAML whose name is at the end',
      'yaml',
      'elements:\n  - name: a',
      'elements:\n  - name: a\n    keyVersion: 2\n    oldKeyVersions: [1]',
    ],
  ])('in %s', (_, format, before, after) => {
    expect(setMembers(before, format, ['elements', 0], 'name', MEMBERS)).toBe(after);
  });

  test.each([
    ['an alias', 'x: &x { name: a }\nelements: [*x]'],
    ['not there', 'elements: []'],
    ['tied to another by an anchor', 'elements:\n  - { name: a, keyVersion: &v 1 }\n  - { name: b, keyVersion: *v }'],
    ['without a name', 'elements: [{ id: a }]'],
  ])('but not if the element is %s', (_, text) => {
    expect(() => setMembers(text, 'yaml', ['elements', 0], 'name', MEMBERS)).toThrow(
      expect.objectContaining({ code: 'SOURCE_MALFORMED' }),
    );
  });
});
