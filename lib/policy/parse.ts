import type { z } from 'zod';
import { AlphabetError, alphabetCodePoints, parseRange } from './alphabet.ts';
import { builtInRanges } from './builtin-alphabets.ts';
import { checkElement, takesExternalIv } from './check-element.ts';
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
  const all = alphabets.map(({ value }) => value);
  const alphabetProblems = alphabets.map((entry) => checkAlphabet(entry, all));
  const usable = alphabets.filter((_, i) => alphabetProblems[i]!.length === 0).map(({ value }) => value);
  const problems = [
    ...duplicates(elements, ({ name }) => name.toLowerCase(), 'another element has this name'),
    ...duplicates(elements, ({ id }) => id, 'another element has this id'),
    ...duplicates(alphabets, ({ name }) => name, 'another alphabet has this name'),
    ...duplicates(roles, ({ name }) => name.toLowerCase(), 'another role has this name'),
    ...alphabetProblems.flat(),
    ...elements.flatMap((entry) => checkAlphabetName(entry, draft.alphabetNames)),
    ...elements.flatMap(({ value, path }) => checkElement(value, path, usable)),
    ...roles.flatMap((entry) => checkRole(entry, draft)),
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

function checkAlphabet({ value, path }: Entry<AlphabetDefinition>, all: readonly AlphabetDefinition[]): Problem[] {
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
  try {
    alphabetCodePoints(value.name, all);
    return [];
  } catch (error) {
    if (error instanceof AlphabetError) return [{ path, message: error.message }];
    throw error;
  }
}

function checkAlphabetName({ value, path }: Entry<ElementDefinition>, own: ReadonlySet<string>): Problem[] {
  if (value.type !== 'unicode' || own.has(value.alphabet) || builtInRanges(value.alphabet) !== undefined) return [];
  return [{ path: `${path}.alphabet`, message: 'neither this policy nor the product has an alphabet of this name' }];
}

function checkRole({ value: role, path }: Entry<RoleDefinition>, draft: PolicyDraft): Problem[] {
  const members = role.members.map((value, i) => ({ value, path: `${path}.members[${i}]` }));
  const grants = role.grants.map((value, i) => ({ value, path: `${path}.grants[${i}]` }));
  const unknown = grants.filter(({ value }) => !draft.elementNames.has(value.element));
  return [
    ...duplicates(members, (name) => name, 'this member is listed twice'),
    ...duplicates(grants, ({ element }) => element, 'another grant names this element'),
    ...unknown.map((grant) => ({ path: `${grant.path}.element`, message: 'the policy has no element of this name' })),
    ...grants.flatMap((grant) => checkGrant(grant, draft.elements)),
  ];
}

function checkGrant(
  { value: grant, path }: Entry<RoleDefinition['grants'][number]>,
  elements: readonly Entry<ElementDefinition>[],
): Problem[] {
  const element = elements.find(({ value }) => value.name === grant.element)?.value;
  if (element === undefined) return [];
  const problems: Problem[] = [];
  if (element.method === 'hash' && grant.permissions.some((permission) => permission !== 'protect')) {
    problems.push({ path: `${path}.permissions`, message: 'a digest can only be made: grant protect alone' });
  }
  const bytes = element.method === 'hash' || element.method === 'encryption' || element.type === 'binary';
  if (bytes && grant.noAccess === 'protected') {
    problems.push({ path: `${path}.noAccess`, message: 'bytes are not shown to those who may not unprotect them' });
  }
  return problems;
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
    if (element !== undefined && !takesExternalIv(element)) {
      problems.push({ path: `${path}.${ivKey}`, message: 'the element takes no external IV' });
    }
  }
  return problems;
}
