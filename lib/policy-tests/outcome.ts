// What a policy gives, in the words of tests.

import type { Outcome } from '../policy/decide.ts';
import { isOldVersion } from '../policy/key-versions.ts';
import { applyMask, maskSetting } from '../policy/mask.ts';
import { misfitOf } from '../policy/moves.ts';
import type { MaskDefinition } from '../policy/elements/parts.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import type { Access } from './access.ts';
import type { Expected, PolicyTest } from './model.ts';

/** What an operation gives. `text`: what came back of the value of a test, where a user sees it. */
export type Given =
  | { readonly word: 'allowed' | 'null' | 'token' }
  | { readonly word: 'clear'; readonly text?: string }
  | { readonly word: 'masked'; readonly mask: MaskDefinition; readonly text?: string }
  | { readonly word: 'refused'; readonly code: number }
  /** The value of a test cannot be protected. */
  | { readonly word: 'unfit' };

/** The audit code of what no user may do, whatever the grants: to write an old key version, to move what does not fit. */
const UNFIT = 26;

type Asked = Pick<PolicyTest, 'operation' | 'element' | 'to'>;

/** Returns what a user gets, whatever the value. */
export function givenTo(access: Access, user: string, { operation, element, to }: Asked): Given {
  const request =
    operation === 'Reprotect'
      ? { user, operation, oldElement: element, element: to ?? element }
      : { user, operation, element };
  const decided = access.decider.decide(request, access.nowMs);
  if (decided.kind === 'refuse') return { word: 'refused', code: decided.code };
  if (operation === 'Unprotect') return seenAs(decided);
  const written = to ?? element;
  const [from, into] = [access.elements.get(element)!, access.elements.get(written)!];
  const isUnfit = isOldVersion(written) || (operation === 'Reprotect' && misfitOf(from, into) !== undefined);
  return isUnfit ? { word: 'refused', code: UNFIT } : { word: 'allowed' };
}

/** Returns what an unprotect gives by a decision. */
export function seenAs(decided: Outcome): Given {
  switch (decided.kind) {
    case 'allow':
      return decided.mask === undefined ? { word: 'clear' } : { word: 'masked', mask: decided.mask };
    case 'mask':
      return { word: 'masked', mask: decided.mask };
    case 'substitute':
      return { word: decided.noAccess === 'null' ? 'null' : 'token' };
    case 'refuse':
    default:
      return { word: 'refused', code: decided.code };
  }
}

/** Tells whether what is given is what a test expects. The text of a test without a value is compared with the mask. */
export function isAsExpected(
  given: Given,
  { expected, operation }: Pick<PolicyTest, 'expected' | 'operation'>,
  { masks }: PolicyDocument,
): boolean {
  switch (expected.word) {
    case 'text':
      return 'text' in given ? given.text === expected.text : isMaskOf(given, expected.text);
    case 'nothing':
      return given.word === 'null' || given.word === 'token' || given.word === 'refused';
    case 'refused':
      return given.word === 'refused' && (expected.code === undefined || expected.code === given.code);
    case 'masked': {
      if (given.word !== 'masked') return false;
      const named = masks.find(({ name }) => name === expected.mask);
      return named === undefined || maskSetting(named) === maskSetting(given.mask);
    }
    case 'allowed':
      return (
        given.word === 'allowed' || given.word === 'clear' || (operation !== 'Unprotect' && given.word === 'token')
      );
    default:
      return given.word === expected.word;
  }
}

/**
 * Tells whether a mask makes this text of some value: the characters that it hides are the mask's own, and those that it
 * leaves are others.
 */
function isMaskOf(given: Given, text: string): boolean {
  if (given.word !== 'masked' || text === '') return false;
  const { character } = given.mask;
  const value = Array.from(text, (each) => (each === character ? otherThan(character) : each)).join('');
  const [masked] = applyMask(given.mask, [value]);
  return masked === text;
}

function otherThan(character: string): string {
  return character === '0' ? '1' : '0';
}

/** Writes what is given. */
export function givenText(given: Given): string {
  const text = 'text' in given ? ` ${JSON.stringify(given.text)}` : '';
  switch (given.word) {
    case 'masked':
      return `masked: ${maskSetting(given.mask)}${text}`;
    case 'refused':
      return `refused, code ${given.code}`;
    case 'unfit':
      return 'a value that cannot be protected';
    default:
      return given.word + text;
  }
}

/** Writes what is expected. */
export function expectedText(expected: Expected): string {
  switch (expected.word) {
    case 'masked':
      return expected.mask === undefined ? 'masked' : `masked with ${expected.mask}`;
    case 'refused':
      return expected.code === undefined ? 'refused' : `refused, code ${expected.code}`;
    case 'text':
      return JSON.stringify(expected.text);
    case 'nothing':
      return 'nothing of the value: null, the token, or a refusal';
    default:
      return expected.word;
  }
}
