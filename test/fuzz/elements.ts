// Elements of every type with every option, as a policy has them, and what their values look like.

import { randomBytes } from 'node:crypto';
import { alphabetFacts } from '../../lib/policy/alphabet.ts';
import { normalFormOf } from '../../lib/policy/elements/alphabet.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import type { ElementDefinition } from '../../lib/policy/schema.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import type { Method } from '../../lib/protect/methods/method.ts';
import { countingKeyring } from '../support/element-method.ts';

interface Written {
  readonly type: ElementDefinition['type'];
  readonly [option: string]: unknown;
}

/** An element and its method. */
export interface FuzzElement {
  readonly definition: ElementDefinition;
  readonly method: Method;
}

export const ALPHABETS = [
  { name: 'faces', include: ['latin'], ranges: ['1F600-1F64F'] },
  { name: 'scripts', include: ['greek', 'arabic', 'thai'], ranges: ['0020', '0300-036F', '0660-0669'] },
  { name: 'two', ranges: ['0030-0031'] },
  { name: 'street', include: ['adlam letters', 'thai letters'], ranges: ['0020', '0030-0039'] },
];

const PRESERVING_TYPES = [
  'numeric',
  'alpha',
  'upper-case-alpha',
  'alpha-numeric',
  'upper-case-alpha-numeric',
  'lower-ascii',
  'printable',
] as const;

const POSITIONS = { type: 'alpha-numeric', externalIV: false } as const;
const CARD = { type: 'credit-card' } as const;
const CLEAR_DATES = ['9999-12-31', '0000-00-00', '1582-10-15', '1900-01-01'];
const FPE_CARD = { type: 'fpe-numeric', shortData: 'error', creditCard: true } as const;

const ELEMENTS: readonly Written[] = [
  ...PRESERVING_TYPES.flatMap((type): Written[] => [
    { type, shortData: 'error' },
    { type, shortData: 'as-is', fromLeft: 2, fromRight: 3 },
    { type, shortData: 'weak-token', minLength: 1 },
    { type, shortData: 'as-is', preserveLength: false, fromRight: 2 },
    { type, shortData: 'error', preserveLength: false, minLength: 3, maxLength: 40, externalIV: false },
    { type, shortData: 'weak-token', preserveLength: false, fromLeft: 1, minLength: 8 },
  ]),
  { type: 'unicode-script', shortData: 'error' },
  { type: 'unicode-script', shortData: 'as-is', normalize: 'refuse', externalIV: false },
  { type: 'unicode-script', shortData: 'weak-token', maxLength: 40 },
  { type: 'numeric', shortData: 'error', tokenizer: 'SLT_1_6', maxLength: 12 },
  { type: 'alpha-numeric', shortData: 'as-is', tokenizer: 'SLT_2_6' },
  { type: 'numeric', shortData: 'error', leadingZero: 'preserve' },
  { type: 'numeric', shortData: 'as-is', leadingZero: 'preserve', fromRight: 4 },
  { type: 'numeric', shortData: 'as-is', leadingZero: 'preserve', fromLeft: 1 },
  { type: 'numeric', shortData: 'weak-token', leadingZero: 'preserve' },
  { ...POSITIONS, shortData: 'error', preservePosition: true },
  { ...POSITIONS, shortData: 'as-is', preserveCase: true },
  { ...POSITIONS, shortData: 'weak-token', preserveCase: true, preservePosition: true },
  { ...POSITIONS, shortData: 'weak-token', preservePosition: true, maxLength: 60 },
  { type: 'unicode', alphabet: 'letters', shortData: 'error' },
  { type: 'unicode', alphabet: 'letters and digits', shortData: 'as-is', fromLeft: 1, fromRight: 1 },
  { type: 'unicode', alphabet: 'faces', shortData: 'error' },
  { type: 'unicode', alphabet: 'faces', shortData: 'weak-token', minLength: 1, fromLeft: 1 },
  { type: 'unicode', alphabet: 'faces', shortData: 'as-is', preserveLength: false, fromLeft: 1, fromRight: 2 },
  { type: 'unicode', alphabet: 'scripts', shortData: 'as-is' },
  { type: 'unicode', alphabet: 'scripts', shortData: 'weak-token', preserveLength: false },
  { type: 'unicode', alphabet: 'cyrillic', shortData: 'weak-token', minLength: 1 },
  { type: 'unicode', alphabet: 'han', shortData: 'error', minLength: 2, maxLength: 20 },
  { type: 'unicode', alphabet: 'two', shortData: 'weak-token', minLength: 3 },
  { type: 'unicode', alphabet: 'hebrew letters', shortData: 'weak-token', fromLeft: 1 },
  { type: 'unicode', alphabet: 'bengali letters', shortData: 'as-is', normalize: 'refuse' },
  { type: 'unicode', alphabet: 'hangul letters', shortData: 'weak-token', fromRight: 1 },
  { type: 'unicode', alphabet: 'street', shortData: 'error' },
  { type: 'unicode', alphabet: 'latin extended', shortData: 'weak-token', normalize: 'nfc' },
  { type: 'integer', size: 2 },
  { type: 'integer', size: 4 },
  { type: 'integer', size: 4, externalIV: false },
  { type: 'integer', size: 8 },
  CARD,
  { ...CARD, fromLeft: 6, fromRight: 4, minLength: 3 },
  { ...CARD, invalidLuhn: true },
  { ...CARD, invalidCardType: true, externalIV: false },
  { ...CARD, invalidLuhn: true, invalidCardType: true, fromRight: 4 },
  { ...CARD, invalidLuhn: true, fromLeft: 4, minLength: 3, maxLength: 20 },
  { ...CARD, alphabeticIndicator: 1 },
  { ...CARD, alphabeticIndicator: 5, fromLeft: 2, fromRight: 4, minLength: 4 },
  { type: 'decimal' },
  { type: 'decimal', maxLength: 38, tokenizer: 'SLT_6_DECIMAL' },
  { type: 'decimal', maxLength: 9 },
  { type: 'date' },
  { type: 'date', distinguishable: true },
  { type: 'date', dateInClear: 'year' },
  { type: 'date', dateInClear: 'month' },
  { type: 'date', dateOrder: 'mdy', range: { from: '1500-01-01', to: '2100-12-31' }, staysClear: CLEAR_DATES },
  { type: 'date', dateOrder: 'dmy', dateInClear: 'year', staysClear: CLEAR_DATES },
  { type: 'date', dateOrder: 'ymd', distinguishable: true, staysClear: CLEAR_DATES },
  ...[false, true].flatMap((tokenizeTime): Written[] => [
    { type: 'datetime', tokenizeTime, dateOrder: 'dmy', staysClear: CLEAR_DATES },
    { type: 'datetime', tokenizeTime, dateInClear: 'month', range: { from: '1500-01-01', to: '2100-12-31' } },
    { type: 'datetime', tokenizeTime },
    { type: 'datetime', tokenizeTime, distinguishable: true },
    { type: 'datetime', tokenizeTime, dateInClear: 'year' },
    { type: 'datetime', tokenizeTime, dateInClear: 'month' },
  ]),
  ...(['error', 'as-is', 'weak-token'] as const).flatMap((shortData): Written[] => [
    { type: 'email', shortData },
    { type: 'email', shortData, preserveLength: false, externalIV: shortData !== 'error' },
    { type: 'email', shortData, preserveLength: shortData !== 'error', letterCase: 'fold' },
    { type: 'upper-case-alpha-numeric', shortData, fromLeft: 2, foldClearParts: true },
    { type: 'upper-case-alpha', shortData, preserveLength: false, fromRight: 3, foldClearParts: true },
  ]),
  { type: 'binary' },
  { type: 'binary', fromLeft: 2, fromRight: 1 },
  { type: 'binary', fromRight: 40, externalIV: false },
  { type: 'unicode-bytes' },
  { type: 'unicode-bytes', externalIV: false },
  { type: 'unicode-base64' },
  { type: 'unicode-base64', externalIV: false },
  { type: 'fpe-numeric', shortData: 'error' },
  { type: 'fpe-numeric', shortData: 'as-is', fromLeft: 3, fromRight: 1, tweakInput: 'argument' },
  { type: 'fpe-numeric', shortData: 'error', minLength: 2 },
  FPE_CARD,
  { ...FPE_CARD, invalidLuhn: true, tweakInput: 'argument' },
  { ...FPE_CARD, invalidLuhn: true, invalidCardType: true, minLength: 10 },
  { ...FPE_CARD, alphabeticIndicator: 2, fromLeft: 6, tweakInput: 'argument' },
  { type: 'fpe-alpha', shortData: 'as-is', fromLeft: 1 },
  { type: 'fpe-alpha', shortData: 'error', tweakInput: 'argument' },
  { type: 'fpe-alpha-numeric', shortData: 'error', fromRight: 4, maxLength: 30 },
  { type: 'fpe-alpha-numeric', shortData: 'as-is', tweakInput: 'argument' },
  { type: 'fpe-latin1-alpha', shortData: 'as-is' },
  { type: 'fpe-latin1-alpha', shortData: 'error', fromLeft: 2, fromRight: 2, tweakInput: 'argument' },
  { type: 'fpe-latin1-alpha-numeric', shortData: 'error' },
  { type: 'fpe-latin1-alpha-numeric', shortData: 'as-is', tweakInput: 'argument' },
  { type: 'aes-256-gcm' },
  { type: 'aes-256-gcm', keyId: 8191 },
  { type: 'aes-256-siv' },
  { type: 'aes-256-siv', keyId: 1 },
  { type: 'hmac-sha256' },
  { type: 'no-encryption' },
  { type: 'monitor' },
  { type: 'masking', mask: { fromLeft: 2, fromRight: 2, mode: 'clear' } },
];

/** The elements of a checked policy, made as production makes them, with fixed keys. */
export function fuzzElements(): FuzzElement[] {
  const elements = ELEMENTS.map((written, i) => ({
    id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    name: `de${i}`,
    method: methodName(written.type),
    ...written,
  }));
  const policy = parsePolicy({ name: 'FUZZ', dataStore: 'FUZZ', alphabets: ALPHABETS, elements, roles: [] });
  const opened = { version: '1', content: { policy, mapping: {}, keyring: countingKeyring() } };
  const compiled = compilePolicy(opened, randomBytes);
  return policy.elements.map((definition) => ({ definition, method: compiled.method(definition.name) }));
}

/** Tells whether values of an element come back in Unicode normal form C. */
export function normalizes(element: ElementDefinition): boolean {
  if (element.type === 'unicode-script') return true;
  return element.type === 'unicode' && normalFormOf(element, alphabetFacts(element, OWN)) !== undefined;
}

const OWN = ALPHABETS.map((alphabet) => ({ include: [], ...alphabet }));

function methodName(type: ElementDefinition['type']): ElementDefinition['method'] {
  if (type.startsWith('fpe-')) return 'fpe';
  if (type.startsWith('aes-')) return 'encryption';
  if (type === 'hmac-sha256') return 'hash';
  return ['no-encryption', 'monitor', 'masking'].includes(type) ? 'clear' : 'tokenization';
}
