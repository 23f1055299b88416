import type { FpeElement } from '../../../policy/elements/fpe.schema.ts';
import { leastLength } from '../../../policy/elements/fpe.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { RefusedError } from '../../refusal.ts';
import { NumeralCipher } from './cipher.ts';
import { preservingMethod } from './token.ts';
import { compileCreditCard } from '../card/credit-card.ts';
import { otherCharactersOf } from '../../../policy/elements/other-characters.ts';
import type { Method, MethodContext } from '../method.ts';
import { fixedSymbols } from './symbols.ts';

const MAX_TWEAK_INPUT = 256;

/**
 * Compiles an FPE element: FF1 with AES-256 over the characters of the element's alphabet; other characters stay in
 * place. The clear parts are part of the tweak. With `tweakInput` `argument`, the caller must add an IV
 * (`TWEAK_MISSING`, `TWEAK_TOO_LONG` beyond 256 bytes); with `message`, the caller must not (`TWEAK_UNSUPPORTED`).
 */
export function compileFpe(element: FpeElement, context: MethodContext): Method {
  const symbols = fixedSymbols(element.type);
  const { fromLeft, fromRight, maxLength, shortData, tweakInput } = element;
  const minLength = leastLength(element, symbols.radix);
  if (element.type === 'fpe-numeric' && element.creditCard) {
    return takingTweak(compileCard(element, minLength, context), tweakInput);
  }
  const otherCharacters = otherCharactersOf(element);
  const rules = { symbols, fromLeft, fromRight, minLength, maxLength, shortData, otherCharacters };
  return takingTweak(preservingMethod(new NumeralCipher(context), rules, true), tweakInput);
}

/** Compiles an FPE element of card numbers: digits only, no short data, with the options of a credit card token. */
function compileCard(element: ElementOf<'fpe-numeric'>, minLength: number, context: MethodContext): Method {
  if (element.shortData !== 'error') throw new RefusedError('ELEMENT_UNFIT');
  const { id, name, fromLeft, fromRight, maxLength, invalidLuhn, invalidCardType, alphabeticIndicator } = element;
  const options = { fromLeft, fromRight, minLength, maxLength, invalidLuhn, invalidCardType, alphabeticIndicator };
  return compileCreditCard(
    { id, name, method: 'tokenization', type: 'credit-card', tokenizer: undefined, externalIV: true, ...options },
    context,
  );
}

function takingTweak(method: Method, tweakInput: FpeElement['tweakInput']): Method {
  const check = tweakInput === 'argument' ? requireTweak : refuseTweak;
  const checked =
    <C, R>(run: (column: C, externalIv: string | undefined) => R) =>
    (column: C, externalIv: string | undefined): R => {
      check(externalIv ?? '');
      return run(column, externalIv);
    };
  const { packed } = method;
  return {
    protect: checked(method.protect),
    unprotect: checked(method.unprotect),
    ...(packed && { packed: { protect: checked(packed.protect), unprotect: checked(packed.unprotect) } }),
  };
}

function requireTweak(tweak: string): void {
  if (tweak === '') throw new RefusedError('TWEAK_MISSING');
  if (Buffer.byteLength(tweak) > MAX_TWEAK_INPUT) throw new RefusedError('TWEAK_TOO_LONG');
}

function refuseTweak(tweak: string): void {
  if (tweak !== '') throw new RefusedError('TWEAK_UNSUPPORTED');
}
