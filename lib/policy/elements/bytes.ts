// Bytes, and any text as bytes.

import { clearEnds } from './clear-parts.ts';
import { bothWays, MIN_TOKEN, SAME } from './growth.ts';
import type { BytesElement } from './bytes.schema.ts';
import { byOption, nothing, textToken, type TraitsByType } from './traits.ts';

const common = {
  ...textToken,
  check: nothing,
  lint: { shortData: nothing, clearParts: nothing, domain: nothing },
  takesExternalIv: byOption,
};

const textGrowth = {
  // 01 ‖ bytes in base 62: 8 bits in front, log2(62) = 5.95 bits a letter.
  protect: () => ({ factor: 8 / Math.log2(62), more: MIN_TOKEN }),
  // A control character is one byte before and six of JSON after (\u0001); a letter of base 65 stands for log2(65)
  // bits.
  unprotect: () => ({ factor: (6 * Math.log2(65)) / 8, more: 0 }),
};

export const bytesTypes = {
  binary: {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'binary' },
      alphabet: 'bytes as hexadecimal',
      lengths: '3 … 4,095 bytes; tokens are longer',
      example: 'cafebabe',
    }),
    values: { clear: 'bytes', protected: 'bytes' },
    clearParts: clearEnds,
    growth: { ...bothWays(SAME), protect: () => ({ factor: 1, more: 4 }) },
  },
  'unicode-bytes': {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'unicode-bytes' },
      alphabet: 'any text; tokens of 0-9 A-Z a-z',
      lengths: '1 … 4,096 UTF-8 bytes; tokens are longer',
      example: '東京 Tōkyō',
    }),
    growth: textGrowth,
  },
  'unicode-base64': {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'unicode-base64' },
      alphabet: 'any text; tokens of 0-9 A-Z a-z + / =',
      lengths: '1 … 4,096 UTF-8 bytes; tokens are longer',
      example: '東京 Tōkyō',
    }),
    growth: textGrowth,
  },
} satisfies TraitsByType<BytesElement>;
