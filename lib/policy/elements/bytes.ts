// Bytes, and any text as bytes.

import { minimumLength } from '../../crypto/ff1-domain.ts';
import { clearEnds } from './clear-parts.ts';
import { bothWays, MIN_TOKEN, SAME } from './growth.ts';
import { MAX_LENGTH } from './lengths.ts';
import type { BytesElement } from './bytes.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { byOption, nothing, textToken, type TraitsByType } from './traits.ts';
import { asciiOfBytes, both, type Width } from './width.ts';

const common = {
  ...textToken,
  check: nothing,
  lint: { shortData: nothing, clearParts: nothing, domain: nothing },
  takesExternalIv: byOption,
  shown: () => NOTHING_SHOWN,
};

/** The longest binary value, in bytes. */
const MAX_BINARY = 4095;
const HEX_DIGITS = 2;

/** A token has a byte more than its value; two more where all bytes but one may stay clear. */
function binaryWidth({ fromLeft, fromRight }: { readonly fromLeft: number; readonly fromRight: number }): Width {
  const more = HEX_DIGITS * (fromLeft + fromRight < 2 ? 1 : 2);
  return both({ factor: 1, more, most: HEX_DIGITS * MAX_BINARY + more });
}

/** Letters of a radix that write 01 ‖ bytes: ⌈(8n + 1) / log2(radix)⌉, which is at most ⌊8n / log2(radix)⌋ + 2. */
function textWidth(radix: number): Width {
  const bits = Math.log2(radix);
  const most = Math.ceil((8 * MAX_LENGTH + 1) / bits);
  return asciiOfBytes({ factor: 8 / bits, more: 2, least: minimumLength(radix), most });
}

const textGrowth = {
  // 01 ‖ bytes in base 62: 8 bits in front, log2(62) = 5.95 bits a letter.
  protect: () => ({ factor: 8 / Math.log2(62), more: MIN_TOKEN }),
  // A control character is one byte before and six of JSON after (\u0001); a letter of base 65 stands for log2(65)
  // bits.
  unprotect: () => ({ factor: (6 * Math.log2(65)) / 8, more: 0 }),
  least: () => ({ protect: 8 / Math.log2(65), unprotect: 0 }),
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
    shown: ({ fromLeft, fromRight }) => ({ ...NOTHING_SHOWN, fromLeft, fromRight }),
    width: binaryWidth,
    growth: { ...bothWays(SAME, 0), protect: () => ({ factor: 1, more: 4 }) },
  },
  'unicode-bytes': {
    ...common,
    describe: () => ({
      element: { method: 'tokenization', type: 'unicode-bytes' },
      alphabet: 'any text; tokens of 0-9 A-Z a-z',
      lengths: '1 … 4,096 UTF-8 bytes; tokens are longer',
      example: '東京 Tōkyō',
    }),
    width: () => textWidth(62),
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
    width: () => textWidth(65),
    growth: textGrowth,
  },
} satisfies TraitsByType<BytesElement>;
