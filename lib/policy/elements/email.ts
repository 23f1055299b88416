// E-mail addresses: letters and digits before the @ are tokenized.

import { minimumLength } from '../../crypto/ff1-domain.ts';
import { fixedAlphabetSize, fixedCodePoints } from '../alphabet.ts';
import { bothWays, MIN_TOKEN, SAME } from './growth.ts';
import { lintShortData } from './lengths.ts';
import type { EmailElement } from './email.schema.ts';
import { NOTHING_SHOWN } from './shown.ts';
import { byOption, type ElementTraits, nothing, textToken } from './traits.ts';
import { AS_WIDE, both, markerSymbols, type WidthOf } from './width.ts';

/** Symbols before the @ that make a million addresses, folded or not. */
const LEAST_SYMBOLS = minimumLength(fixedAlphabetSize('email'));

/** The longest address, in bytes. */
const MAX_ADDRESS = 256;

const width: WidthOf<EmailElement> = ({ preserveLength, letterCase }) => {
  if (preserveLength) return AS_WIDE;
  const more = markerSymbols(fixedAlphabetSize(letterCase === 'fold' ? 'lower-case-email' : 'email'), 1);
  return both({ factor: 1, more, most: MAX_ADDRESS + more });
};

export const email: ElementTraits<EmailElement> = {
  ...textToken,
  describe: () => ({
    element: { method: 'tokenization', type: 'email', shortData: 'error' },
    alphabet: '0-9 A-Z a-z before the @; 0-9 a-z with letterCase fold',
    lengths: '4 symbols … 64 characters before the @, 256 in all',
    example: 'ada.lovelace@example.com',
  }),
  check: nothing,
  lint: { shortData: lintShortData, clearParts: nothing, domain: nothing },
  clearParts: () => ['the domain'],
  shown: ({ preserveLength, shortData }) => ({
    ...NOTHING_SHOWN,
    hidden: [fixedCodePoints('email')],
    others: 'signs',
    parts: ['the domain'],
    short: preserveLength && shortData === 'as-is' ? { counted: 'symbols', fewer: [LEAST_SYMBOLS] } : undefined,
    weakFrom: preserveLength && shortData === 'weak-token' ? 1 : undefined,
  }),
  takesExternalIv: byOption,
  width,
  growth: {
    ...bothWays(SAME, 1),
    protect: ({ preserveLength }) => ({ factor: 1, more: preserveLength ? 0 : MIN_TOKEN }),
    least: ({ preserveLength }) => ({ protect: 1, unprotect: preserveLength ? 1 : 0 }),
  },
};
