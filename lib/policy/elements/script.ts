// Tokens that keep script and width: each letter, digit and mark becomes another of its kind.

import { MIN_DOMAIN } from '../../crypto/ff1-domain.ts';
import { lintShortData } from './lengths.ts';
import { bothWays, type Growth } from './growth.ts';
import type { ScriptElement } from './script.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { byOption, type ElementTraits, nothing, textToken } from './traits.ts';
import { AS_WIDE } from './width.ts';

/** NFC makes at most three times as many bytes of UTF-8 of a text (Unicode Standard Annex 15, section 9). */
const NORMALIZED: Growth = { factor: 3, more: 0 };

export const script: ElementTraits<ScriptElement> = {
  ...textToken,
  describe: () => ({
    element: { method: 'tokenization', type: 'unicode-script', shortData: 'weak-token' },
    alphabet: 'each letter and digit by its script, case and width',
    lengths: 'a million combinations … 1,024 letters, digits and marks',
    example: 'Zoë Λάμπρου, 東京 12',
  }),
  check: nothing,
  lint: {
    shortData: ({ shortData }, path) => lintShortData({ shortData, preserveLength: true }, path),
    clearParts: nothing,
    domain: nothing,
  },
  takesExternalIv: byOption,
  shown: ({ normalize, shortData }) => ({
    ...NOTHING_SHOWN,
    hidden: 'kinds',
    normalizes: normalize === 'nfc',
    others: 'signs',
    short: shortData === 'as-is' ? { counted: 'combinations', fewer: [MIN_DOMAIN] } : undefined,
    weakFrom: shortData === 'weak-token' ? 1 : undefined,
  }),
  // A value in another form counts as its NFC form does.
  width: () => AS_WIDE,
  growth: bothWays(NORMALIZED, 0),
};
