import { hkdfSync, randomBytes } from 'node:crypto';
import { type KeyringDocument, newKeyring } from '../../lib/policy/keyring.ts';
import { parsePolicy } from '../../lib/policy/parse.ts';
import { compilePolicy } from '../../lib/protect/compile.ts';
import type { Method } from '../../lib/protect/methods/method.ts';

/** The members of an element that determine its tokens; the others have the policy's defaults. */
export interface ElementFacts {
  readonly id?: string;
  readonly type: string;
  /** Ranges of a `unicode` alphabet. */
  readonly ranges?: readonly string[] | undefined;
  readonly fromLeft?: number;
  readonly fromRight?: number;
  readonly shortData?: 'error' | 'as-is';
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly externalIV?: boolean;
}

export const ELEMENT_ID = '0a4e7a52-5f0c-4a7e-9d0e-6f3a1b2c3d4e';

/** Bytes that count up from 0: salt 00 … 1f, root key 20 … 3f. */
export function countingKeyring(): KeyringDocument {
  let next = 0;
  return newKeyring((bytes) => Uint8Array.from({ length: bytes }, () => next++));
}

/** Returns the method of an element of a published policy. */
export function elementMethod(facts: ElementFacts, keyring: KeyringDocument = countingKeyring()): Method {
  const { ranges, ...element } = facts;
  const policy = parsePolicy({
    name: 'p',
    dataStore: 's',
    alphabets: ranges === undefined ? [] : [{ name: 'own', ranges }],
    elements: [
      {
        id: ELEMENT_ID,
        name: 'e',
        method: 'tokenization',
        shortData: 'as-is',
        ...Object.fromEntries(Object.entries(element).filter(([, value]) => value !== undefined)),
        ...(ranges === undefined ? {} : { alphabet: 'own' }),
      },
    ],
    roles: [],
  });
  return compilePolicy({ version: '1', content: { policy, mapping: {}, keyring } }, randomBytes).method('e');
}

/** The element's FF1 key by the rule of policy.md: HKDF over product name, element id, purpose and key version. */
export function elementKey(id: string = ELEMENT_ID): Uint8Array {
  const fields = [id, 'ff1', '1'].map((field) => `\0${String.fromCharCode(field.length)}${field}`).join('');
  const salt = Uint8Array.from({ length: 32 }, (_, i) => i);
  const root = Uint8Array.from({ length: 32 }, (_, i) => 32 + i);
  return new Uint8Array(hkdfSync('sha256', root, salt, `serverless-protector/1${fields}`, 32));
}
