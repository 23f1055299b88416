// E-mail addresses: letters and digits before the @ are tokenized.

import { bothWays, MIN_TOKEN, SAME } from './growth.ts';
import { lintShortData } from './lengths.ts';
import type { EmailElement } from './email.schema.ts';
import { byOption, type ElementTraits, nothing, textToken } from './traits.ts';

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
  takesExternalIv: byOption,
  growth: {
    ...bothWays(SAME),
    protect: ({ preserveLength }) => ({ factor: 1, more: preserveLength ? 0 : MIN_TOKEN }),
  },
};
