// Digests: any text becomes bytes, with no way back.

import { bothWays, SAME } from './growth.ts';
import type { DigestElement } from './digest.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { type ElementTraits, never, none, nothing } from './traits.ts';
import { both } from './width.ts';

export const digest: ElementTraits<DigestElement> = {
  describe: () => ({
    element: { method: 'hash', type: 'hmac-sha256' },
    alphabet: 'any text; no way back',
    lengths: 'any; 32 bytes, hexadecimal',
    example: 'ada@example.com',
  }),
  check: nothing,
  lint: { shortData: nothing, clearParts: nothing, domain: nothing },
  key: { kind: 'fixed', version: (element) => element.keyVersion },
  clearParts: nothing,
  shown: () => NOTHING_SHOWN,
  takesExternalIv: never,
  namedAlphabet: none,
  values: { clear: 'text', protected: 'bytes' },
  isReversible: false,
  isDeterministic: true,
  access: 'by grant',
  defaultView: none,
  variant: none,
  integerBytes: none,
  width: () => both({ factor: 0, more: 64 }),
  growth: { ...bothWays(SAME, 0), protect: () => ({ factor: 0, more: 64 }) },
};
