// Every element type with its traits. A type that the schema has and this table does not is a compile error, and so is
// the reverse.

import { alphabetTypes } from './elements/alphabet.ts';
import { bytesTypes } from './elements/bytes.ts';
import { creditCard } from './elements/card.ts';
import { cipherTypes } from './elements/cipher.ts';
import { clearTypes } from './elements/clear.ts';
import { dateTypes } from './elements/date.ts';
import { digest } from './elements/digest.ts';
import { email } from './elements/email.ts';
import { fpeTypes } from './elements/fpe.ts';
import { decimal, integer } from './elements/number.ts';
import { script } from './elements/script.ts';
import type { ElementTraits, TraitsByType } from './elements/traits.ts';
import type { ElementDefinition } from './schema.ts';

/** In the order of the schema. */
const ELEMENT_TYPES = {
  ...alphabetTypes,
  'unicode-script': script,
  integer,
  'credit-card': creditCard,
  decimal,
  ...dateTypes,
  email,
  ...bytesTypes,
  ...fpeTypes,
  ...cipherTypes,
  'hmac-sha256': digest,
  ...clearTypes,
} satisfies TraitsByType<ElementDefinition>;

/** The names of all types. */
export const ELEMENT_TYPE_NAMES = Object.keys(ELEMENT_TYPES) as readonly ElementDefinition['type'][];

/** Returns the traits of the element's type. */
export function traitsOf(element: Pick<ElementDefinition, 'type'>): ElementTraits<ElementDefinition> {
  // The row of its own type takes this element; TypeScript does not relate a key to the member of a union that has it.
  return ELEMENT_TYPES[element.type] as ElementTraits<ElementDefinition>;
}

/** Describes all types, for the catalogue. */
export function describeTypes() {
  return Object.values(ELEMENT_TYPES).map(({ describe }) => describe());
}
