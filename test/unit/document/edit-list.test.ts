import { describe, expect, test } from '@jest/globals';
import { appendItem, removeItem, replaceItem } from '../../../lib/document/edit-list.ts';
import { readSource, type SourceFormat } from '../../../lib/document/source.ts';

const ITEM = { id: 'b', n: 1 };

describe('an item that is added to a list', () => {
  test.each<[string, SourceFormat, string, string]>([
    [
      'in lines of JSON',
      'json',
      '{\n  "x": 1,\n  "list": [\n    { "id": "a" }\n  ],\n  "y": 2\n}\n',
      '{\n  "x": 1,\n  "list": [\n    { "id": "a" },\n    { "id": "b", "n": 1 }\n  ],\n  "y": 2\n}\n',
    ],
    ['in one line of JSON', 'json', '{"list":[{"id":"a"}]}', '{"list":[{"id":"a"}, { "id": "b", "n": 1 }]}'],
    ['that is empty', 'json', '{"list":[]}', '{"list":[{ "id": "b", "n": 1 }]}'],
    ['that is not there', 'json', '{\n  "x": 1\n}\n', '{\n  "list": [{ "id": "b", "n": 1 }],\n  "x": 1\n}\n'],
    ['of an empty document', 'json', '{}', '{ "list": [{ "id": "b", "n": 1 }]}'],
    [
      'in lines of YAML, comments kept',
      'yaml',
      '# keys\nlist:\n  - id: a # first\n    n: 0\n# more\nx: 1\n',
      '# keys\nlist:\n  - id: a # first\n    n: 0\n  - id: b\n    "n": 1\n# more\nx: 1\n',
    ],
    [
      'in lines of YAML without indentation',
      'yaml',
      'list:\n- id: a\nx: 1\n',
      'list:\n- id: a\n- id: b\n  "n": 1\nx: 1\n',
    ],
    ['in brackets of YAML', 'yaml', 'list: [{ id: a }]\n', 'list: [{ id: a }, { id: b, "n": 1 }]\n'],
    ['behind a comment', 'yaml', 'list:\n  - a # {', 'list:\n  - a # {\n  - { id: b, "n": 1 }'],
    ['that a YAML file does not have', 'yaml', 'x: 1\n', 'x: 1\nlist:\n  - id: b\n    "n": 1\n'],
    [
      'in lines of JSON, as its neighbours are in lines',
      'json',
      '{\n  "list": [\n    {\n      "id": "a"\n    }\n  ]\n}\n',
      '{\n  "list": [\n    {\n      "id": "a"\n    },\n    {\n      "id": "b",\n      "n": 1\n    }\n  ]\n}\n',
    ],
    [
      'that is empty, in a file of lines',
      'json',
      '{\n  "list": []\n}\n',
      '{\n  "list": [\n    {\n      "id": "b",\n      "n": 1\n    }\n  ]\n}\n',
    ],
    ['in an empty list of YAML', 'yaml', 'list: []\n', 'list: [{ id: b, "n": 1 }]\n'],
  ])('%s leaves the rest unchanged', (_, format, before, after) => {
    expect(appendItem(before, format, ['list'], ITEM)).toBe(after);
  });

  test.each<[string, string]>([
    ['an alias in its place', 'x: &a [1]\nlist: *a\n'],
    ['a text in its place', 'list: none\n'],
    ['no object', '[1]\n'],
    ['a list that is repeated elsewhere', 'list: &l [{ id: a }]\nother: *l\n'],
    ['a dash on a line of its own', 'list:\n  -\n    id: a\n'],
  ])('is refused in a file with %s', (_, text) => {
    const work = () => appendItem(text, 'yaml', ['list'], ITEM);
    expect(work).toThrow(expect.objectContaining({ code: 'SOURCE_MALFORMED' }));
  });
});

describe('an item of a list inside the document', () => {
  const yaml =
    'roles:\n  - name: r # the only one\n    grants:\n      - element: a\n        may: [x]\n      # the second\n      - element: b\n';
  const json = '{\n  "roles": [\n    { "name": "r", "grants": [{ "element": "a" }, { "element": "b" }] }\n  ]\n}\n';
  const path = ['roles', 0, 'grants'];

  test('is added in the style of its neighbours', () => {
    expect(appendItem(yaml, 'yaml', path, { element: 'c', may: ['x', 'null'] })).toBe(
      `${yaml.trimEnd()}\n      - element: c\n        may: [x, "null"]\n`,
    );
    expect(appendItem(json, 'json', path, { element: 'c' })).toContain('{ "element": "b" }, { "element": "c" }]');
  });

  test('is replaced, and comments outside of it stay', () => {
    const changed = replaceItem(yaml, 'yaml', path, 0, { element: 'a', may: [] });
    expect(changed).toBe(yaml.replace('may: [x]', 'may: []'));
    expect(replaceItem(json, 'json', path, 1, { element: 'c' })).toContain('[{ "element": "a" }, { "element": "c" }]');
  });

  test('is removed, the first, the last and the only one', () => {
    expect(removeItem(yaml, 'yaml', path, 0)).not.toContain('element: a');
    expect(removeItem(yaml, 'yaml', path, 1)).not.toContain('element: b');
    const one = removeItem(yaml, 'yaml', path, 1);
    expect(removeItem(one, 'yaml', path, 0)).toMatch(/grants:\n +\[\]/);
    expect(removeItem(json, 'json', path, 0)).toContain('"grants": [{ "element": "b" }]');
    expect(removeItem(json, 'json', path, 1)).toContain('"grants": [{ "element": "a" }]');
    expect(removeItem(removeItem(json, 'json', path, 1), 'json', path, 0)).toContain('"grants": []');
  });

  test('a text that YAML would read as something else is quoted', () => {
    for (const text of ['yes', 'null', '1', 'a: b', '#', '2026-12-31', "it's", '']) {
      const added = appendItem('list: [a]\n', 'yaml', ['list'], text);
      expect(readSource(added, 'yaml').document).toEqual({ list: ['a', text] });
    }
  });
});
