import { foldCase } from '../base/fold-case.ts';
import { Hints } from '../base/nearest.ts';
import { AlphabetError, alphabetCodePoints } from './alphabet.ts';
import { builtInAlphabetNames, builtInRanges } from './builtin-alphabets.ts';
import { checkGroups, checkRoles } from './check-roles.ts';
import type { PolicyDraft } from './draft.ts';
import { traitsOf } from './element-types.ts';
import { isOldVersion, keyVersionOf, oldKeyVersionsOf, sqlVersionName } from './key-versions.ts';
import { checkMask } from './mask.ts';
import { duplicates, type Entry } from '../document/entries.ts';
import type { Problem } from '../document/problem.ts';
import type { AlphabetDefinition } from './elements/parts.ts';
import { parseRange } from './ranges.ts';
import type { ElementDefinition } from './schema.ts';

const FIRST_CODE_POINT = 0x20;
const LAST_CODE_POINT = 0x3ffff;

/** Checks what the parts of a policy say about each other. */
export function checkDraft(draft: PolicyDraft): Problem[] {
  const { alphabets, masks, elements } = draft;
  const hints = new Hints();
  const all = alphabets.map(({ value }) => value);
  const alphabetProblems = alphabets.map((entry) => checkAlphabet(entry, all));
  const usable = alphabets.filter((_, i) => alphabetProblems[i]!.length === 0).map(({ value }) => value);
  return [
    ...duplicates(elements, ({ name }) => foldCase(name), 'another element has this name'),
    ...duplicates(elements, ({ id }) => id, 'another element has this id'),
    ...duplicates(alphabets, ({ name }) => name, 'another alphabet has this name'),
    ...duplicates(masks, ({ name }) => foldCase(name), 'another mask has this name'),
    ...alphabetProblems.flat(),
    ...masks.flatMap(({ value, path }) => checkMask(value, path)),
    ...elements.flatMap((entry) => checkAlphabetName(entry, draft.names.alphabets, hints)),
    ...elements.flatMap(({ value, path }) => traitsOf(value).check(value, path, usable)),
    ...checkVersions(elements),
    ...checkGroups(draft, hints),
    ...checkRoles(draft, hints),
  ];
}

function checkAlphabet({ value, path }: Entry<AlphabetDefinition>, all: readonly AlphabetDefinition[]): Problem[] {
  const problems = value.ranges.flatMap((range, i) => {
    const [from, to] = parseRange(range);
    const at = `${path}.ranges[${i}]`;
    if (from > to) return [{ path: at, message: 'the range runs backwards' }];
    if (from < FIRST_CODE_POINT || to > LAST_CODE_POINT) {
      return [{ path: at, message: 'code points go from 0020 to 3FFFF' }];
    }
    if (from <= 0xdfff && to >= 0xd800) return [{ path: at, message: 'surrogates (D800-DFFF) are not characters' }];
    return [];
  });
  if (problems.length > 0) return problems;
  try {
    alphabetCodePoints(value.name, all);
    return [];
  } catch (error) {
    if (error instanceof AlphabetError) return [{ path, message: error.message }];
    throw error;
  }
}

function checkAlphabetName(
  { value, path }: Entry<ElementDefinition>,
  own: ReadonlySet<string>,
  hints: Hints,
): Problem[] {
  const alphabet = traitsOf(value).namedAlphabet(value);
  if (alphabet === undefined || own.has(alphabet) || builtInRanges(alphabet) !== undefined) return [];
  const hint = hints.of(alphabet, () => [...own, ...builtInAlphabetNames]);
  const message = `neither this policy nor the product has an alphabet of this name ("protector methods --alphabets" lists them)${hint}`;
  return [{ path: `${path}.alphabet`, message }];
}

/** Checks old key versions: each has a name of its own, which must not be the name of an element. */
function checkVersions(elements: readonly Entry<ElementDefinition>[]): Problem[] {
  const taken = new Set(elements.map(({ value }) => foldCase(value.name)));
  return elements.flatMap(({ value, path }) => {
    const problems: Problem[] = [];
    if (isOldVersion(value.name)) {
      const message = 'a name cannot end in @ and digits: names of old key versions do';
      problems.push({ path: `${path}.name`, message });
    }
    const old = oldKeyVersionsOf(value);
    old.forEach((version, i) => {
      const at = `${path}.oldKeyVersions[${i}]`;
      const alias = sqlVersionName(value.name, version);
      if (version >= keyVersionOf(value)) problems.push({ path: at, message: 'it is not below keyVersion' });
      if (old.indexOf(version) < i) problems.push({ path: at, message: 'this version is listed twice' });
      if (taken.has(foldCase(alias))) {
        problems.push({ path: at, message: `in SQL it is called ${alias}, and so is another element` });
      }
    });
    return problems;
  });
}
