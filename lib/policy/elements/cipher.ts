// Ciphers: any text becomes bytes.

import type { CipherElement } from './cipher.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { never, nothing, textToken, type TraitsByType } from './traits.ts';
import { asciiOfBytes, type Width } from './width.ts';

/** Bytes in front of a ciphertext and behind it: format, nonce and tag; format and synthetic IV. */
const GCM_BYTES = 1 + 12 + 16;
const SIV_BYTES = 1 + 16;
const KEY_NUMBER_BYTES = 2;

function widthOf({ keyId }: CipherElement, added: number): Width {
  const more = 2 * (added + (keyId === undefined ? 0 : KEY_NUMBER_BYTES));
  return asciiOfBytes({ factor: 2, more });
}

const common = {
  ...textToken,
  check: nothing,
  lint: { shortData: nothing, clearParts: nothing, domain: nothing },
  takesExternalIv: never,
  shown: () => NOTHING_SHOWN,
  values: { clear: 'text', protected: 'bytes' },
  growth: {
    // Key number 2, format 1, nonce 12, tag 16 bytes, in hexadecimal.
    protect: () => ({ factor: 2, more: 2 * (2 + 1 + 12 + 16) }),
    // A control character is two hexadecimal digits before and six bytes of JSON after (\u0001).
    unprotect: () => ({ factor: 6 * 0.5, more: 0 }),
    least: () => ({ protect: 2, unprotect: 0 }),
  },
} as const;

export const cipherTypes = {
  'aes-256-gcm': {
    ...common,
    describe: () => ({
      element: { method: 'encryption', type: 'aes-256-gcm' },
      alphabet: 'any text; another ciphertext each time',
      lengths: 'any; 29 bytes longer, hexadecimal',
      example: 'a secret',
    }),
    isDeterministic: false,
    width: (element) => widthOf(element, GCM_BYTES),
  },
  'aes-256-siv': {
    ...common,
    describe: () => ({
      element: { method: 'encryption', type: 'aes-256-siv' },
      alphabet: 'any text; equal texts, equal ciphertexts',
      lengths: 'any; 17 bytes longer, hexadecimal',
      example: 'a secret',
    }),
    width: (element) => widthOf(element, SIV_BYTES),
  },
} satisfies TraitsByType<CipherElement>;
