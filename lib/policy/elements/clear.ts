// Elements that store values in clear and decide who sees them.

import { checkMask } from '../mask.ts';
import { bothWays, SAME } from './growth.ts';
import type { ClearElement } from './clear.schema.ts';
import type { Shown } from './shown.ts';
import { type Description, never, none, nothing, type TraitsByType } from './traits.ts';
import { AS_WIDE } from './width.ts';

function example<Element>(element: Partial<Element>, alphabet: string): Description<Element> {
  return { element, alphabet, lengths: 'any; stored in clear', example: '4111111111111111' };
}

const common = {
  check: nothing,
  lint: { shortData: nothing, clearParts: nothing, domain: nothing },
  key: { kind: 'none' },
  clearParts: () => ['the whole value'],
  shown: (): Shown => 'everything',
  takesExternalIv: never,
  namedAlphabet: none,
  values: { clear: 'text', protected: 'text' },
  isReversible: true,
  isDeterministic: true,
  access: 'by grant',
  defaultView: none,
  variant: none,
  integerBytes: none,
  width: () => AS_WIDE,
  growth: bothWays(SAME, 1),
} as const;

export const clearTypes = {
  'no-encryption': {
    ...common,
    describe: () => example({ method: 'clear', type: 'no-encryption' }, 'any; access is decided and recorded'),
  },
  monitor: {
    ...common,
    describe: () => example({ method: 'clear', type: 'monitor' }, 'any; everyone has access, which is recorded'),
    access: 'everyone',
  },
  masking: {
    ...common,
    describe: () =>
      example(
        {
          method: 'clear',
          type: 'masking',
          mask: { fromLeft: 6, fromRight: 4, mode: 'clear', character: '*' },
        },
        'any; masked for users who may not unprotect',
      ),
    check: (element, path) => checkMask(element.mask, `${path}.mask`),
    defaultView: (element) => element.mask,
  },
} satisfies TraitsByType<ClearElement>;
