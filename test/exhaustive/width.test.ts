// The width of protected values, against the code that protects: no token is wider, and some token is as wide.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { traitsOf } from '../../lib/policy/element-types.ts';
import { atMost, type Width } from '../../lib/policy/elements/width.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import type { ElementDefinition } from '../../lib/policy/schema.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { ALPHABETS, fuzzElements, normalizes } from '../fuzz/elements.ts';
import { fittingCell } from '../fuzz/inputs.ts';
import { Random } from '../fuzz/random.ts';
import { countingKeyring } from '../support/element-method.ts';

const OWN = [
  ...ALPHABETS.map((alphabet) => ({ include: [], ...alphabet })),
  { name: 'two of four bytes', include: [], ranges: ['1F600-1F601'] },
];

const characters = (text: string): number => Array.from(text).length;
const bytes = (text: string): number => Buffer.byteLength(text);

/** How far a token stays below the bounds of its value: 0 and 0 for one that is as wide as can be. */
function room(width: Width, value: string, token: string): { readonly characters: number; readonly bytes: number } {
  return {
    characters: atMost(width.characters, characters(value)) - characters(token),
    bytes: atMost(width.bytes, bytes(value)) - bytes(token),
  };
}

/** Protects one value; undefined if it is refused. */
function tokenOf(method: Method, value: string, iv: string | undefined): string | undefined {
  try {
    const [token] = method.protect([value], iv).column;
    return token as string;
  } catch {
    return undefined;
  }
}

describe('no token is wider than its element says', () => {
  const elements = fuzzElements().map(({ definition, method }) => ({
    definition,
    method,
    width: traitsOf(definition).width(definition, OWN),
    options: JSON.stringify(definition).replace(/.*?"method"/, '"method"'),
  }));

  test.each(elements)('for $options', ({ definition, method, width }) => {
    const random = new Random(elements.findIndex((one) => one.definition === definition));
    let tokens = 0;
    for (let i = 0; i < 2000 && tokens < 100; i++) {
      const value = fittingCell(definition, random);
      if (typeof value !== 'string' || value === '' || !value.isWellFormed()) continue;
      const token = tokenOf(method, value, 'tweakInput' in definition ? random.pick(['iv', undefined]) : undefined);
      if (token === undefined) continue;
      tokens++;
      const normal = normalizes(definition) ? value.normalize('NFC') : value;
      const left = room(width, normal, token);
      expect(left.characters).toBeGreaterThanOrEqual(0);
      expect(left.bytes).toBeGreaterThanOrEqual(0);
    }
    expect(tokens).toBeGreaterThan(0);
  });
});

type Values = (random: Random) => string;
type Wide = readonly [options: object, ...values: Values[]];

const text =
  (alphabet: string, least: number, most = least): Values =>
  (random) =>
    random.text(Array.from(alphabet), random.between(least, most));
const always =
  (value: string): Values =>
  () =>
    value;
const longer = { preserveLength: false, shortData: 'error' };
const weak = { shortData: 'weak-token', minLength: 1 };
const error = { shortData: 'error' };

/**
 * Elements of every type with kinds of values whose tokens reach the bounds, perhaps after some tries: one kind that of
 * characters, perhaps another one that of bytes.
 */
const WIDEST: Readonly<Record<ElementDefinition['type'], readonly Wide[]>> = {
  numeric: [
    [error, text('0123456789', 6, 20)],
    [longer, always('7')],
    [longer, always('7------')],
    [{ ...longer, minLength: 9 }, text('0123456789', 9)],
  ],
  alpha: [
    [error, text('abcXYZ', 6)],
    [longer, always('a')],
  ],
  'upper-case-alpha': [
    [error, text('abcXYZ', 6)],
    [longer, always('a')],
    [{ ...longer, minLength: 3, shortData: 'as-is' }, always('abc')],
  ],
  'alpha-numeric': [
    [error, text('abcXYZ012', 6)],
    [longer, always('a')],
    [{ shortData: 'error', preserveCase: true, externalIV: false }, always('abcXYZ')],
  ],
  'upper-case-alpha-numeric': [
    [error, text('abcXYZ012', 6)],
    [longer, always('a')],
  ],
  'lower-ascii': [
    [error, text('abc!"', 6)],
    [longer, always('a')],
    [{ ...longer, minLength: 3, shortData: 'weak-token' }, always('a')],
  ],
  printable: [[weak, text('abcdefghijklmnopqrstuvwxyz0123456789', 1)]],
  unicode: [
    [{ ...weak, alphabet: 'latin extended' }, text('abcdefghijklmnopqrstuvwxyz', 1)],
    [{ ...weak, alphabet: 'faces' }, text('abcdefghijklmnopqrstuvwxyz', 1, 2)],
    [{ ...weak, alphabet: 'han' }, text('漢字仮名張', 1, 4)],
    [{ ...longer, alphabet: 'two of four bytes' }, always('\u{1f600}')],
    [{ ...longer, alphabet: 'two' }, always('1')],
  ],
  'unicode-script': [
    [{ shortData: 'weak-token' }, always('Zoë'), always('𠮷野')],
    [{ shortData: 'weak-token', normalize: 'refuse' }, text('abcXYZ', 6), text('漢字仮名', 6)],
  ],
  integer: [
    [{ size: 2 }, text('123456789', 1, 4)],
    [{ size: 4 }, text('123456789', 1, 9)],
    [{ size: 8 }, text('123456789', 1, 18)],
  ],
  'credit-card': [
    [{}, text('0123456789', 16)],
    [{ alphabeticIndicator: 1 }, text('0123456789', 16)],
  ],
  decimal: [
    [{}, text('0123456789', 21, 36)],
    [{ maxLength: 38 }, text('0123456789', 38)],
    [{ maxLength: 20 }, text('0123456789', 1, 20)],
  ],
  date: [[{}, always('1980-02-29')]],
  datetime: [[{ tokenizeTime: true }, always('1980-02-29T23:59:59.250')]],
  email: [
    [error, always('ada.lovelace@example.com')],
    [longer, always('a@b.c')],
    [{ ...longer, letterCase: 'fold' }, always('a@b.c')],
    [longer, always(`a@${'b'.repeat(252)}`)],
  ],
  binary: [
    [{}, always('cafebabe')],
    [{ fromLeft: 2 }, always('cafeba')],
    [{ fromLeft: 1 }, always('cafeba')],
    [{}, always('ca'.repeat(4095))],
  ],
  'unicode-bytes': [
    [{}, text('a', 1, 40), text('😀', 1, 20)],
    [{}, always('a'), always('😀'.repeat(5))],
    [{}, always('a'.repeat(4096)), always('😀'.repeat(1024))],
  ],
  'unicode-base64': [
    [{}, text('a', 1, 40), text('😀', 1, 20)],
    [{}, always('a'.repeat(4096)), always('😀'.repeat(1024))],
  ],
  'fpe-numeric': [
    [error, text('0123456789', 9)],
    [{ ...error, creditCard: true }, text('0123456789', 16)],
  ],
  'fpe-alpha': [[error, text('abcXYZ', 6)]],
  'fpe-alpha-numeric': [[error, text('abcXYZ012', 6)]],
  'fpe-latin1-alpha': [[{ ...error, minLength: 2 }, text('abcdefghijklmnopqrstuvwxyz', 2)]],
  'fpe-latin1-alpha-numeric': [[{ ...error, minLength: 2 }, text('abcdefghijklmnopqrstuvwxyz', 2)]],
  'aes-256-gcm': [
    [{}, always('a secret'), always('😀😀')],
    [{ keyId: 1 }, always('a secret'), always('😀😀')],
  ],
  'aes-256-siv': [
    [{}, always('a secret'), always('😀😀')],
    [{ keyId: 1 }, always('a secret'), always('😀😀')],
  ],
  'hmac-sha256': [[{}, always('a')]],
  'no-encryption': [[{}, always('é')]],
  monitor: [[{}, always('é')]],
  masking: [[{ mask: { fromLeft: 1, fromRight: 1, mode: 'clear' } }, always('é')]],
};

function methodName(type: string): string {
  if (type.startsWith('fpe-')) return 'fpe';
  if (type.startsWith('aes-')) return 'encryption';
  if (type === 'hmac-sha256') return 'hash';
  return ['no-encryption', 'monitor', 'masking'].includes(type) ? 'clear' : 'tokenization';
}

function compiled(type: string, options: object) {
  const element = { id: '00000000-0000-4000-8000-000000000001', name: 'e', method: methodName(type), type, ...options };
  const policy = parsePolicy({ name: 'P', dataStore: 'D', alphabets: OWN, elements: [element], roles: [] });
  const opened = { version: '1', content: { policy, mapping: {}, keyring: countingKeyring() } };
  const definition = policy.elements[0]!;
  const traits = traitsOf(definition);
  return {
    takesIv: traits.takesExternalIv(definition),
    width: traits.width(definition, policy.alphabets),
    method: compilePolicy(opened, randomBytes).method('e'),
  };
}

describe('some token is as wide as its element says', () => {
  const cases = Object.entries(WIDEST).flatMap(([type, wide]) =>
    wide.map(([options, ...values]) => ({ type, options, values })),
  );

  test.each(cases)('for $type $options', ({ type, options, values }) => {
    const { width, method, takesIv } = compiled(type, options);
    const random = new Random(1);
    const least = { characters: Infinity, bytes: Infinity };
    for (let i = 0; i < 3000 && least.characters + least.bytes > 0; i++) {
      const value = random.pick(values)(random);
      const token = tokenOf(method, value, takesIv ? String(i) : undefined);
      if (token === undefined) continue;
      const left = room(width, value, token);
      least.characters = Math.min(least.characters, left.characters);
      least.bytes = Math.min(least.bytes, left.bytes);
    }
    expect(least).toEqual({ characters: 0, bytes: 0 });
  });
});
