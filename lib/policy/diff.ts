// What changes between two policies, in sentences that a person can approve or reject.

import { isDeepStrictEqual } from 'node:util';
import { type Change, diffMembers, matched } from './diff-lists.ts';
import { diffGroups, diffRoles } from './diff-roles.ts';
import { traitsOf } from './element-types.ts';
import { keyVersionOf, oldKeyVersionsOf, versionName } from './key-versions.ts';
import { maskSetting } from './mask.ts';
import { avoidedDates, clearDates } from './elements/date-choices.ts';
import type { ElementDefinition, ElementOf, PolicyDocument } from './schema.ts';

/** Lists the changes in the order of the document. Elements are matched by id, everything else by name. */
export function diffPolicies(before: PolicyDocument, after: PolicyDocument): Change[] {
  return [
    ...diffSettings(before, after),
    ...diffElements(before, after),
    ...diffAlphabets(before, after),
    ...diffMasks(before, after),
    ...diffMembers('user', 'the users', before.users ?? [], after.users ?? []),
    ...diffGroups(before, after),
    ...diffRoles(before, after),
  ];
}

function diffSettings(before: PolicyDocument, after: PolicyDocument): Change[] {
  return (['name', 'dataStore', 'conflictResolution'] as const).flatMap((setting): Change[] => {
    if (before[setting] === after[setting]) return [];
    const text = `${setting} is ${after[setting]} instead of ${before[setting]}`;
    if (setting !== 'conflictResolution') return [{ about: 'setting', effect: 'neutral', text }];
    return [{ about: 'setting', effect: after[setting] === 'least-restrictive' ? 'widens' : 'narrows', text }];
  });
}

type MemberOf<Element> = Element extends unknown ? keyof Element : never;

/**
 * What a change of an element's member means: nothing for its tokens, that all or some are made in another way, or that
 * other parts of values stay clear.
 */
type Meaning =
  | 'neutral'
  | 'tokens'
  | 'tokens, unless added outside of them'
  | 'tokens with clear letters'
  | 'tokens with combining marks'
  | 'clear parts'
  | 'reported elsewhere';

const MEMBERS: Readonly<Record<MemberOf<ElementDefinition>, Meaning>> = {
  id: 'reported elsewhere',
  name: 'reported elsewhere',
  keyVersion: 'reported elsewhere',
  oldKeyVersions: 'reported elsewhere',
  description: 'neutral',
  minLength: 'neutral',
  maxLength: 'neutral',
  shortData: 'neutral',
  externalIV: 'neutral',
  otherCharacters: 'clear parts',
  tokenizer: 'neutral',
  mask: 'neutral',
  method: 'tokens',
  type: 'tokens',
  fromLeft: 'tokens',
  fromRight: 'tokens',
  preserveLength: 'tokens',
  leadingZero: 'tokens',
  preservePosition: 'tokens',
  preserveCase: 'tokens',
  foldClearParts: 'tokens with clear letters',
  letterCase: 'tokens',
  alphabet: 'tokens',
  normalize: 'tokens with combining marks',
  size: 'tokens',
  invalidLuhn: 'tokens',
  invalidCardType: 'tokens',
  alphabeticIndicator: 'tokens',
  dateInClear: 'tokens',
  distinguishable: 'tokens',
  tokenizeTime: 'tokens',
  dateOrder: 'tokens',
  range: 'tokens',
  staysClear: 'tokens, unless added outside of them',
  tweakInput: 'tokens',
  creditCard: 'tokens',
  keyId: 'tokens',
};

function diffElements(before: PolicyDocument, after: PolicyDocument): Change[] {
  const { added, removed, kept } = matched(before.elements, after.elements, ({ id }) => id);
  return [
    ...removed.map(
      ({ name }): Change => ({
        about: 'element',
        effect: 'unreadable',
        text: `${name} is removed: its tokens can no longer be read`,
      }),
    ),
    ...added.map(
      ({ name, type }): Change => ({ about: 'element', effect: 'neutral', text: `${name} is new (${type})` }),
    ),
    ...kept.flatMap(([old, element]) => [
      ...diffElement(old, element),
      ...diffClearParts(old, before.alphabets, element, after.alphabets),
    ]),
  ];
}

/** Says what stays clear under another `otherCharacters`. A policy of an earlier version does not have the member. */
function diffClearParts(
  old: ElementDefinition,
  oldAlphabets: PolicyDocument['alphabets'],
  element: ElementDefinition,
  alphabets: PolicyDocument['alphabets'],
): Change[] {
  if (keptCharactersOf(old) === keptCharactersOf(element)) return [];
  const before = traitsOf(old).clearParts(old, oldAlphabets);
  const after = traitsOf(element).clearParts(element, alphabets);
  const say = (effect: Change['effect'], what: string): Change => ({
    about: 'element',
    effect,
    text: `${element.name} ${what}`,
  });
  return [
    ...after.filter((part) => !before.includes(part)).map((part) => say('widens', `leaves clear: ${part}`)),
    ...before.filter((part) => !after.includes(part)).map((part) => say('narrows', `leaves clear no longer: ${part}`)),
  ];
}

function keptCharactersOf(element: ElementDefinition): string | undefined {
  return 'otherCharacters' in element ? element.otherCharacters : undefined;
}

function diffElement(before: ElementDefinition, after: ElementDefinition): Change[] {
  const changes: Change[] = [];
  const say = (effect: Change['effect'], text: string): number => changes.push({ about: 'element', effect, text });
  if (before.name !== after.name)
    say('neutral', `${before.name} is renamed to ${after.name}; its tokens stay readable`);
  const { name } = after;
  const [old, version] = [keyVersionOf(before), keyVersionOf(after)];
  const readable = oldKeyVersionsOf(after);
  if (old !== version) {
    const kept = readable.includes(old);
    const rest = kept
      ? `tokens of version ${old} are read as ${versionName(name, old)}`
      : `tokens of version ${old} can no longer be read`;
    say(kept ? 'neutral' : 'unreadable', `${name} protects with key version ${version}; ${rest}`);
  }
  for (const gone of oldKeyVersionsOf(before).filter((each) => !readable.includes(each) && each !== version)) {
    say('unreadable', `${versionName(name, gone)} can no longer be read`);
  }
  const [from, to] = [before as Readonly<Record<string, unknown>>, after as Readonly<Record<string, unknown>>];
  for (const member of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const meaning = (MEMBERS as Readonly<Record<string, Meaning>>)[member];
    if (meaning === 'reported elsewhere' || meaning === 'clear parts') continue;
    if (isDeepStrictEqual(from[member], to[member])) continue;
    const text = `${name}: ${member} is ${shown(to[member])} instead of ${shown(from[member])}`;
    const which = meaning === undefined ? '' : (WHICH_TOKENS[meaning] ?? '');
    if (keepsTokens(meaning, before, after)) say('neutral', text);
    else say('unreadable', `${text}; existing tokens${which} can no longer be read`);
  }
  return changes;
}

/** The tokens that a change concerns, where these are not all. */
const WHICH_TOKENS: Partial<Record<Meaning, string>> = {
  'tokens with clear letters': ' with lower-case letters in their clear parts',
  'tokens with combining marks': ' of values with combining marks',
};

function keepsTokens(meaning: Meaning | undefined, before: ElementDefinition, after: ElementDefinition): boolean {
  if (meaning === 'tokens, unless added outside of them') return addsNoToken(before, after);
  // Both forms of the option give a value the same token; silence means neither over older alphabets.
  if (meaning === 'tokens with combining marks')
    return [before, after].every((each) => normalizeOf(each) !== undefined);
  return meaning === 'neutral';
}

function normalizeOf(element: ElementDefinition): string | undefined {
  return 'normalize' in element ? element.normalize : undefined;
}

/** Tells whether every date that stayed clear still does, and each new one is a date that no token can be. */
function addsNoToken(before: ElementDefinition, after: ElementDefinition): boolean {
  if (!isDateElement(before) || !isDateElement(after)) return false;
  const [old, now] = [clearDates(before), clearDates(after)];
  const avoided = [avoidedDates(before), avoidedDates(after)].map((dates) => dates.join());
  return old.every((date) => now.includes(date)) && avoided[0] === avoided[1];
}

function isDateElement(element: ElementDefinition): element is ElementOf<'date' | 'datetime'> {
  return element.type === 'date' || element.type === 'datetime';
}

function diffAlphabets(before: PolicyDocument, after: PolicyDocument): Change[] {
  return matched(before.alphabets, after.alphabets, ({ name }) => name).kept.flatMap(([old, alphabet]): Change[] => {
    if (isDeepStrictEqual(old, alphabet)) return [];
    const text = `alphabet ${alphabet.name} has other characters; existing tokens over it can no longer be read`;
    return [{ about: 'alphabet', effect: 'unreadable', text }];
  });
}

function diffMasks(before: PolicyDocument, after: PolicyDocument): Change[] {
  return matched(before.masks, after.masks, ({ name }) => name).kept.flatMap(([old, mask]): Change[] => {
    if (maskSetting(old) === maskSetting(mask)) return [];
    const text = `mask ${mask.name} is ${maskSetting(mask)} instead of ${maskSetting(old)}`;
    return [{ about: 'mask', effect: 'widens', text }];
  });
}

function shown(value: unknown): string {
  return value === undefined ? 'unset' : JSON.stringify(value);
}
