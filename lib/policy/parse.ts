import type { z } from 'zod';
import { MIN_DOMAIN_2016, minimumLength } from '../crypto/ff1-domain.ts';
import { countCodePoints, elementCodePoints, mergeRanges, parseRange } from './alphabet.ts';
import { type Entry, type PolicyDraft, readDraft } from './draft.ts';
import { PolicyError, type Problem } from './problem.ts';
import {
  type AlphabetDefinition,
  type ElementDefinition,
  type MappingDocument,
  mappingSchema,
  type PolicyDocument,
  policySchema,
  type RoleDefinition,
} from './schema.ts';

const FIRST_CODE_POINT = 0x20;
const LAST_CODE_POINT = 0x3ffff;
const MAX_ALPHABET = 65_536;
const MAX_IV_BYTES = 256;

/** Checks a policy document completely. Throws `PolicyError` with all its problems, of form and of reference. */
export function parsePolicy(document: unknown): PolicyDocument {
  const parsed = policySchema.safeParse(document);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(toProblems);
  problems.push(...checkDraft(readDraft(document)));
  if (!parsed.success || problems.length > 0) throw new PolicyError('The policy', problems);
  return parsed.data;
}

/** Checks a Redshift mapping file against the policy it goes with. Throws `PolicyError` with all its problems. */
export function parseMapping(document: unknown, policy: PolicyDocument): MappingDocument {
  const parsed = mappingSchema.safeParse(document);
  const problems = parsed.success
    ? Object.entries(parsed.data).flatMap(([name, target]) => checkMapped(`$[${JSON.stringify(name)}]`, target, policy))
    : parsed.error.issues.flatMap(toProblems);
  // The one name that an object built from entries would lose.
  if (Object.hasOwn(Object(document) as object, '__proto__')) {
    problems.push({ path: '$["__proto__"]', message: 'this is no function name' });
  }
  if (!parsed.success || problems.length > 0) throw new PolicyError('The mapping', problems);
  return parsed.data;
}

function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : member(String(step)))).join('')}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: path + member(key), message: 'unknown member' }));
  }
  return [{ path, message: issue.message }];
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function checkDraft(draft: PolicyDraft): Problem[] {
  const { alphabets, elements, roles } = draft;
  const alphabetProblems = alphabets.map(checkAlphabet);
  const usable = alphabets.filter((_, i) => alphabetProblems[i]!.length === 0).map(({ value }) => value);
  const problems = [
    ...duplicates(elements, ({ name }) => name.toLowerCase(), 'another element has this name'),
    ...duplicates(elements, ({ id }) => id, 'another element has this id'),
    ...duplicates(alphabets, ({ name }) => name, 'another alphabet has this name'),
    ...duplicates(roles, ({ name }) => name.toLowerCase(), 'another role has this name'),
    ...alphabetProblems.flat(),
    ...elements.flatMap((entry) => checkElement(entry, usable, draft.alphabetNames)),
    ...roles.flatMap((entry) => checkRole(entry, draft.elementNames)),
  ];
  if (roles.filter(({ value }) => value.default).length > 1) {
    problems.push({ path: '$.roles', message: 'at most one role may be the default role' });
  }
  return problems;
}

function duplicates<T>(items: readonly Entry<T>[], keyOf: (item: T) => string, message: string): Problem[] {
  const seen = new Set<string>();
  return items.flatMap(({ value, path }) => {
    const key = keyOf(value);
    if (seen.has(key)) return [{ path, message }];
    seen.add(key);
    return [];
  });
}

function checkAlphabet({ value, path }: Entry<AlphabetDefinition>): Problem[] {
  const problems = value.ranges.flatMap((range, i) => {
    const [from, to] = parseRange(range);
    const at = `${path}.ranges[${i}]`;
    if (from > to) return [{ path: at, message: 'the range runs backwards' }];
    if (from < FIRST_CODE_POINT || to > LAST_CODE_POINT) {
      return [{ path: at, message: 'code points go from 0020 to 3FFFF' }];
    }
    if (from <= 0xdfff && to >= 0xd800) return [{ path: at, message: 'surrogates (D800-DFFF) are no characters' }];
    return [];
  });
  if (problems.length > 0) return problems;
  const size = countCodePoints(mergeRanges(value.ranges));
  if (size >= 2 && size <= MAX_ALPHABET) return [];
  return [{ path: `${path}.ranges`, message: `an alphabet has 2 to 65,536 code points, this one has ${size}` }];
}

/** `usable`: the alphabets that are in order; what is wrong with the others is said where they are. */
function checkElement(
  { value: element, path }: Entry<ElementDefinition>,
  usable: readonly AlphabetDefinition[],
  alphabetNames: ReadonlySet<string>,
): Problem[] {
  if (element.type === 'unicode' && (element.alphabet === undefined || !alphabetNames.has(element.alphabet))) {
    return [{ path: `${path}.alphabet`, message: 'type unicode needs the name of an alphabet of this policy' }];
  }
  const problems: Problem[] = [];
  if (element.type !== 'unicode' && element.alphabet !== undefined) {
    problems.push({ path: `${path}.alphabet`, message: 'only type unicode takes an alphabet' });
  }
  const radix = elementCodePoints(element, usable).length;
  if (radix === 0) return problems;
  const least = minimumLength(radix, MIN_DOMAIN_2016);
  if (element.minLength !== undefined && element.minLength < least) {
    problems.push({ path: `${path}.minLength`, message: `FF1 needs at least ${least} symbols of this alphabet` });
  }
  if ((element.minLength ?? minimumLength(radix)) > element.maxLength) {
    problems.push({ path: `${path}.maxLength`, message: 'it is below the minimum length' });
  }
  return problems;
}

function checkRole({ value: role, path }: Entry<RoleDefinition>, elementNames: ReadonlySet<string>): Problem[] {
  const members = role.members.map((value, i) => ({ value, path: `${path}.members[${i}]` }));
  const grants = role.grants.map((value, i) => ({ value, path: `${path}.grants[${i}]` }));
  const unknown = grants.filter(({ value }) => !elementNames.has(value.element));
  return [
    ...duplicates(members, (name) => name, 'this member is listed twice'),
    ...duplicates(grants, ({ element }) => element, 'another grant names this element'),
    ...unknown.map((grant) => ({ path: `${grant.path}.element`, message: 'the policy has no element of this name' })),
  ];
}

function checkMapped(path: string, target: MappingDocument[string], policy: PolicyDocument): Problem[] {
  const problems: Problem[] = [];
  const reprotect = target.Operation === 'reprotect';
  if (reprotect && target.OldElement === undefined) {
    problems.push({
      path: `${path}.OldElement`,
      message: 'reprotect needs the element that the values are protected with',
    });
  }
  if (!reprotect && (target.OldElement !== undefined || target.OldExternalIV !== undefined)) {
    problems.push({ path, message: 'OldElement and OldExternalIV go with reprotect only' });
  }
  for (const [key, ivKey] of [
    ['Element', 'ExternalIV'],
    ['OldElement', 'OldExternalIV'],
  ] as const) {
    const element = policy.elements.find((candidate) => candidate.name === target[key]);
    if (target[key] !== undefined && element === undefined) {
      problems.push({ path: `${path}.${key}`, message: 'the policy has no element of this name' });
    }
    const iv = target[ivKey];
    if (iv === undefined) continue;
    if (Buffer.byteLength(iv) > MAX_IV_BYTES) {
      problems.push({ path: `${path}.${ivKey}`, message: `an external IV has at most ${MAX_IV_BYTES} bytes` });
    }
    if (element?.externalIV === false) {
      problems.push({ path: `${path}.${ivKey}`, message: 'the element takes no external IV' });
    }
  }
  return problems;
}
