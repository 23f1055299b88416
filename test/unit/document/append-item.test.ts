import { describe, expect, test } from '@jest/globals';
import { appendItem } from '../../../lib/document/append-item.ts';
import type { SourceFormat } from '../../../lib/document/source.ts';

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
      '# keys\nlist:\n  - id: a # first\n    n: 0\n  - { "id": "b", "n": 1 }\n# more\nx: 1\n',
    ],
    [
      'in lines of YAML without indentation',
      'yaml',
      'list:\n- id: a\nx: 1\n',
      'list:\n- id: a\n- { "id": "b", "n": 1 }\nx: 1\n',
    ],
    ['in brackets of YAML', 'yaml', 'list: [{ id: a }]\n', 'list: [{ id: a }, { "id": "b", "n": 1 }]\n'],
    ['behind a comment', 'yaml', 'list:\n  - a # {', 'list:\n  - a # {\n  - { "id": "b", "n": 1 }'],
    ['that a YAML file does not have', 'yaml', 'x: 1\n', 'x: 1\nlist:\n  - { "id": "b", "n": 1 }\n'],
  ])('%s leaves the rest unchanged', (_, format, before, after) => {
    expect(appendItem(before, format, 'list', ITEM)).toBe(after);
  });

  test.each<[string, string]>([
    ['an alias in its place', 'x: &a [1]\nlist: *a\n'],
    ['a text in its place', 'list: none\n'],
    ['no object', '[1]\n'],
    ['a list that is repeated elsewhere', 'list: &l [{ id: a }]\nother: *l\n'],
    ['a dash on a line of its own', 'list:\n  -\n    id: a\n'],
  ])('is refused in a file with %s', (_, text) => {
    const work = () => appendItem(text, 'yaml', 'list', ITEM);
    expect(work).toThrow(expect.objectContaining({ code: 'SOURCE_MALFORMED' }));
  });
});
