import { describe, expect, test } from '@jest/globals';
import { NameDirectory } from '../../../lib/policy/names.ts';

describe('a directory of names', () => {
  const directory = new NameDirectory([
    ['deSSN', 1],
    ['Bob', 2],
    ['BOB', 3],
    ['ÉMILE', 4],
    ['constructor', 5],
  ]);

  test.each([
    ['deSSN', { kind: 'found', name: 'deSSN', value: 1 }],
    ['dessn', { kind: 'found', name: 'deSSN', value: 1 }],
    ['DESSN', { kind: 'found', name: 'deSSN', value: 1 }],
    ['Bob', { kind: 'found', name: 'Bob', value: 2 }],
    ['BOB', { kind: 'found', name: 'BOB', value: 3 }],
    ['bob', { kind: 'ambiguous' }],
    ['bOB', { kind: 'ambiguous' }],
    ['éMILE', { kind: 'unknown' }],
    ['ÉmilE', { kind: 'found', name: 'ÉMILE', value: 4 }],
    ['emile', { kind: 'unknown' }],
    ['deSSN ', { kind: 'unknown' }],
    ['', { kind: 'unknown' }],
    ['Constructor', { kind: 'found', name: 'constructor', value: 5 }],
    ['toString', { kind: 'unknown' }],
    ['__proto__', { kind: 'unknown' }],
  ])('resolves %j to %j', (name, resolved) => {
    expect(directory.resolve(name)).toEqual(resolved);
  });

  test('finds three names that fold to one ambiguous', () => {
    const three = new NameDirectory(['aB', 'Ab', 'AB'].map((name) => [name, name] as const));
    expect(three.resolve('ab')).toEqual({ kind: 'ambiguous' });
    expect(three.resolve('AB')).toEqual({ kind: 'found', name: 'AB', value: 'AB' });
  });

  test('lists its names as given', () => {
    expect(directory.names()).toEqual(['deSSN', 'Bob', 'BOB', 'ÉMILE', 'constructor']);
  });
});
