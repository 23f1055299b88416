import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { KeyringDocument } from '../../../lib/policy/keyring.ts';
import type { Method } from '../../../lib/protect/methods/method.ts';
import type { RefusedError } from '../../../lib/protect/refusal.ts';
import { ALPHABETS, FOLDING, outsideCode } from '../../support/token-reference.ts';
import { type ElementFacts, elementMethod } from '../../support/element-method.ts';

interface SampleTokens {
  readonly keyring: KeyringDocument;
  readonly elements: readonly {
    readonly name: string;
    readonly element: ElementFacts;
    readonly iv?: string;
    /** Value and token. */
    readonly tokens: readonly (readonly [string, string])[];
  }[];
}

const file = new URL('../../vectors/tokens/sample-tokens.json', import.meta.url);
const { keyring, elements }: SampleTokens = JSON.parse(readFileSync(file, 'utf8'));

function protectOne(method: Method, value: string, iv: string | undefined): unknown {
  try {
    return method.protect([value], iv).column[0];
  } catch (error) {
    return (error as RefusedError).code;
  }
}

describe('tokens of release 0.1.0', () => {
  const named = elements.map((sample): [string, (typeof elements)[number]] => {
    const { fromLeft = 0, fromRight = 0 } = sample.element;
    const iv = sample.iv === undefined ? 'no IV' : `an IV of ${Buffer.byteLength(sample.iv)} bytes`;
    return [`${sample.name}, ${fromLeft} and ${fromRight} characters clear, ${iv}`, sample];
  });

  test.each(named)('are written and read as before: %s', (_name, { element, iv, tokens }) => {
    const method = elementMethod(element, keyring);
    const [values, written] = [tokens.map(([value]) => value), tokens.map(([, token]) => token)];
    const alphabet = ALPHABETS[element.type as keyof typeof ALPHABETS] as readonly string[] | undefined;
    const { fromLeft = 0, fromRight = 0 } = element;
    // Release 0.1.0 left letters of other scripts clear. Such values are refused now; what was written is still read.
    const refused = (value: string) => alphabet && outsideCode({ alphabet, fromLeft, fromRight }, value);
    for (const [value, token] of tokens) {
      expect(protectOne(method, value, iv)).toBe(refused(value) ?? token);
    }
    const clear = method.unprotect(written, iv).column;
    const folds = FOLDING.has(element.type);
    expect(folds ? clear.map((cell) => String(cell).toUpperCase()) : clear).toEqual(
      folds ? values.map((value) => value.toUpperCase()) : values,
    );
  });

  test('number 414, at least 12 of each token type', () => {
    const counts = new Map<string, number>();
    for (const { element, tokens } of elements) {
      counts.set(element.type, (counts.get(element.type) ?? 0) + tokens.length);
    }
    expect(elements.reduce((sum, { tokens }) => sum + tokens.length, 0)).toBe(414);
    const types = [
      'numeric',
      'alpha',
      'upper-case-alpha',
      'alpha-numeric',
      'upper-case-alpha-numeric',
      'lower-ascii',
      'printable',
      'unicode',
    ];
    expect([...counts.keys()].toSorted()).toEqual(types.toSorted());
    for (const count of counts.values()) expect(count).toBeGreaterThanOrEqual(12);
  });
});
