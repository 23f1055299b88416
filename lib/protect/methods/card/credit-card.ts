import type { Direction } from '../../../crypto/direction.ts';
import type { Ff1, Ff1Batch } from '../../../crypto/ff1.ts';
import { MIN_DOMAIN } from '../../../crypto/ff1-domain.ts';
import { cardDomain, leastCardDigits } from '../../../policy/elements/card.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import { atLeast, atMost, RefusedError, refuseValue } from '../../refusal.ts';
import { ivBytes, MAX_TWEAK, sharedTweak, writeTweak } from '../../tweak.ts';
import type { ColumnText } from '../../columns/column-text.ts';
import { type CardRules, type CardSpan, faultOfDigits, restoreDigits, toFirstNumerals } from './credit-card-form.ts';
import { cycleWalk, type Outside } from '../../../crypto/cycle-walk.ts';
import { elementFf1 } from '../element-ciphers.ts';
import type { CipherMeter, Method, MethodContext } from '../method.ts';
import { textMethod, type TextResult } from '../text-method.ts';

const ZERO = 0x30;
const RADIX = 10;

/**
 * Compiles a credit card element: digits become digits, with a mark, if an option asks for one, that no card number
 * has. Values are digits without separators, with at least 3 tokenized digits.
 *
 * Throws `RefusedError`: `ELEMENT_UNFIT` for options that exclude each other. The method refuses a value with
 * `CARD_INVALID`, `INPUT_TOO_SHORT`, `INPUT_TOO_LONG`, or the code of the mark that is wrong.
 */
export function compileCreditCard(element: ElementOf<'credit-card'>, context: MethodContext): Method {
  return cardToken(elementFf1(context), element, context.meter);
}

/** Makes the method. Throws `RefusedError` `ELEMENT_UNFIT` for options that exclude each other. */
function cardToken(ff1: Ff1, rules: CardRules, meter: CipherMeter): Method {
  const { invalidLuhn, invalidCardType, alphabeticIndicator, fromLeft } = rules;
  if (alphabeticIndicator !== undefined && (invalidLuhn || invalidCardType)) throw new RefusedError('ELEMENT_UNFIT');
  if (invalidCardType && fromLeft > 0) throw new RefusedError('ELEMENT_UNFIT');
  return textMethod((direction, text, externalIv) => transform(ff1, direction, rules, meter, text, externalIv));
}

const notACard: Outside = (numerals, at) => numerals[at]! > 4;

function transform(
  ff1: Ff1,
  direction: Direction,
  rules: CardRules,
  meter: CipherMeter,
  text: ColumnText,
  externalIv: string | undefined,
): TextResult {
  const iv = ivBytes(externalIv, rules.externalIV);
  let weakCount = 0;
  let values = 0;
  const groups = [...groupSpans(text, rules, direction)].map((spans) => {
    values += spans.length;
    if (cardDomain(rules, spans[0]!.to - spans[0]!.from) < MIN_DOMAIN) weakCount += spans.length;
    return { spans, batch: toBatch(text, spans, rules, iv) };
  });
  const walks = groups.map(({ batch }) => ({ batch, outside: rules.invalidCardType ? notACard : undefined }));
  meter(values, () => void cycleWalk((batches) => ff1[direction](batches), walks));
  for (const { spans, batch } of groups) writeBatch(text, spans, batch, rules, direction);
  return { text, weakCount, clearCount: 0 };
}

/** Checks every value and groups the values by length. On the way, tokens' letters become digits. */
function groupSpans({ units, ends }: ColumnText, rules: CardRules, direction: Direction): Iterable<CardSpan[]> {
  const minimum = leastCardDigits(rules);
  const beside = rules.fromLeft + rules.fromRight > 0;
  const groups = new Map<number, CardSpan[]>();
  for (let row = 0, start = 0; row < ends.length; row++) {
    const end = ends[row]!;
    if (end > start) {
      const from = start + rules.fromLeft;
      const to = end - rules.fromRight;
      const span = { start, end, from, to, cipherTo: rules.invalidLuhn ? to - 1 : to };
      const fault = faultOfDigits(units, span, rules, direction);
      const group = groups.get(end - start);
      if (fault !== undefined) refuseValue(fault, { row });
      else if (to - from < minimum) refuseValue('INPUT_TOO_SHORT', { row, limit: atLeast(minimum, 'digit', beside) });
      else if (to - from > rules.maxLength) {
        refuseValue('INPUT_TOO_LONG', { row, limit: atMost(rules.maxLength, 'digit', beside) });
      } else if (group === undefined) groups.set(end - start, [span]);
      else group.push(span);
    }
    start = end;
  }
  return groups.values();
}

function toBatch({ units }: ColumnText, spans: readonly CardSpan[], rules: CardRules, iv: Uint8Array): Ff1Batch {
  const length = spans[0]!.cipherTo - spans[0]!.from;
  const numerals = new Uint16Array(spans.length * length);
  let at = 0;
  for (const { from, cipherTo } of spans) {
    for (let i = from; i < cipherTo; i++) numerals[at++] = units[i]! - ZERO;
  }
  if (rules.invalidCardType) toFirstNumerals(numerals, length);
  return { radix: RADIX, length, numerals, acceptSmallDomain: true, ...groupTweaks(units, spans, rules, iv) };
}

/** Makes the tweaks of a group, which have one length because the clear parts have. */
function groupTweaks(
  units: Uint16Array,
  spans: readonly CardSpan[],
  rules: CardRules,
  iv: Uint8Array,
): Pick<Ff1Batch, 'tweaks' | 'tweakLength'> {
  if (rules.fromLeft === 0 && rules.fromRight === 0) {
    const shared = sharedTweak(iv);
    return { tweaks: shared, tweakLength: shared.length };
  }
  const tweaks = new Uint8Array(spans.length * MAX_TWEAK);
  let tweakLength = 0;
  // Tweaks close up as they are written: the next one overwrites the room that this one did not need.
  for (let i = 0; i < spans.length; i++) {
    const { start, from, to, end } = spans[i]!;
    tweakLength = writeTweak(tweaks, i * tweakLength, units, start, from, to, end, iv);
  }
  return { tweaks: tweaks.subarray(0, spans.length * tweakLength), tweakLength };
}

function writeBatch(
  { units }: ColumnText,
  spans: readonly CardSpan[],
  { numerals }: Ff1Batch,
  rules: CardRules,
  direction: Direction,
): void {
  let at = 0;
  for (const span of spans) {
    for (let i = span.from; i < span.cipherTo; i++) units[i] = ZERO + numerals[at++]!;
    restoreDigits(units, span, rules, direction);
  }
}
