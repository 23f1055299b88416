import { alphabetTypes } from '../../policy/elements/alphabet.ts';
import { fpeTypes } from '../../policy/elements/fpe.ts';
import type { ElementWith } from '../../policy/elements/traits.ts';
import type { ElementDefinition } from '../../policy/schema.ts';
import { compileAlphabetElement } from './alphabet/element.ts';
import { compileEmail } from './alphabet/email.ts';
import { compileFpe } from './alphabet/fpe.ts';
import { compileBinary } from './bytes/binary.ts';
import { compileUnicodeBytes } from './bytes/unicode-bytes.ts';
import { compileCreditCard } from './card/credit-card.ts';
import { compileEncryption } from './cipher/encryption.ts';
import { compileHmac } from './cipher/hmac.ts';
import { keepClear } from './cipher/keep-clear.ts';
import { compileDate, compileDatetime } from './date/date.ts';
import type { Method, MethodContext } from './method.ts';
import { compileDecimal } from './number/decimal.ts';
import { compileInteger } from './number/integer.ts';
import { compileScript } from './script/element.ts';

type Compile<Element> = (element: Element, context: MethodContext) => Method;
type Compilers = {
  readonly [Type in ElementDefinition['type']]: Compile<ElementWith<ElementDefinition, Type>>;
};

/** The functions that make the method of each type. */
const COMPILERS = {
  ...forEach(alphabetTypes, compileAlphabetElement),
  'unicode-script': compileScript,
  integer: compileInteger,
  'credit-card': compileCreditCard,
  decimal: compileDecimal,
  date: compileDate,
  datetime: compileDatetime,
  email: compileEmail,
  binary: compileBinary,
  'unicode-bytes': compileUnicodeBytes,
  'unicode-base64': compileUnicodeBytes,
  ...forEach(fpeTypes, compileFpe),
  'aes-256-gcm': compileEncryption,
  'aes-256-siv': compileEncryption,
  'hmac-sha256': compileHmac,
  'no-encryption': () => keepClear,
  monitor: () => keepClear,
  masking: () => keepClear,
} satisfies Compilers;

/** Makes the method of an element. */
export function compileMethod(element: ElementDefinition, context: MethodContext): Method {
  // The row of its own type takes this element; TypeScript does not relate a key to the member of a union that has it.
  const compile = COMPILERS[element.type] as Compile<ElementDefinition>;
  return compile(element, context);
}

/** Returns a table with the same value for every type of a family's table. */
function forEach<Type extends string, Value>(
  types: Readonly<Record<Type, unknown>>,
  value: Value,
): Record<Type, Value> {
  return Object.fromEntries(Object.keys(types).map((type) => [type, value])) as Record<Type, Value>;
}
