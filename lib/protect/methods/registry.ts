import { unreachable } from '../../base/errors.ts';
import type { ElementDefinition } from '../../policy/schema.ts';
import { compileAlphabetElement } from './alphabet/element.ts';
import { compileBinary } from './bytes/binary.ts';
import { compileCreditCard } from './card/credit-card.ts';
import { compileDate, compileDatetime } from './date/date.ts';
import { compileDecimal } from './number/decimal.ts';
import { compileEmail } from './alphabet/email.ts';
import { compileEncryption } from './cipher/encryption.ts';
import { compileFpe } from './alphabet/fpe.ts';
import { compileHmac } from './cipher/hmac.ts';
import { compileInteger } from './number/integer.ts';
import { keepClear } from './cipher/keep-clear.ts';
import type { Method, MethodContext } from './method.ts';
import { compileUnicodeBytes } from './bytes/unicode-bytes.ts';

/** The method of an element: one file per family. */
export function compileMethod(element: ElementDefinition, context: MethodContext): Method {
  switch (element.type) {
    case 'numeric':
    case 'alpha':
    case 'upper-case-alpha':
    case 'alpha-numeric':
    case 'upper-case-alpha-numeric':
    case 'lower-ascii':
    case 'printable':
    case 'unicode':
      return compileAlphabetElement(element, context);
    case 'integer':
      return compileInteger(element, context);
    case 'credit-card':
      return compileCreditCard(element, context);
    case 'decimal':
      return compileDecimal(element, context);
    case 'date':
      return compileDate(element, context);
    case 'datetime':
      return compileDatetime(element, context);
    case 'email':
      return compileEmail(element, context);
    case 'binary':
      return compileBinary(element, context);
    case 'unicode-bytes':
    case 'unicode-base64':
      return compileUnicodeBytes(element, context);
    case 'fpe-numeric':
    case 'fpe-alpha':
    case 'fpe-alpha-numeric':
    case 'fpe-latin1-alpha':
    case 'fpe-latin1-alpha-numeric':
      return compileFpe(element, context);
    case 'aes-256-gcm':
    case 'aes-256-siv':
      return compileEncryption(element, context);
    case 'hmac-sha256':
      return compileHmac(element, context);
    case 'no-encryption':
    case 'monitor':
    case 'masking':
      return keepClear;
    default:
      return unreachable(element);
  }
}
