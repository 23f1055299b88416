import type { z } from 'zod';
import { ProtectorError } from '../base/errors.ts';
import { MIN_DOMAIN_2016, minimumLength } from '../crypto/ff1-domain.ts';
import { countCodePoints, elementCodePoints, mergeRanges, parseRange } from './alphabet.ts';
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

/** One thing wrong with a document: where (`$.elements[2].type`) and what. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A policy or mapping file that cannot be used. `problems` holds everything that is wrong with it, not just the first. */
export class PolicyError extends ProtectorError<'POLICY_INVALID'> {
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[]) {
    const list = problems.map(({ path, message }) => `\n  ${path}: ${message}`).join('');
    super('POLICY_INVALID', `${what} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:${list}`);
    this.problems = problems;
  }
}

/** Checks a policy document completely. Throws `PolicyError` with all its problems. */
export function parsePolicy(document: unknown): PolicyDocument {
  const policy = parse('The policy', policySchema, document);
  const problems = [
    ...duplicates('$.elements', policy.elements, ({ name }) => name.toLowerCase(), 'another element has this name'),
    ...duplicates('$.elements', policy.elements, ({ id }) => id.toLowerCase(), 'another element has this id'),
    ...duplicates('$.alphabets', policy.alphabets, ({ name }) => name, 'another alphabet has this name'),
    ...duplicates('$.roles', policy.roles, ({ name }) => name.toLowerCase(), 'another role has this name'),
    ...policy.alphabets.flatMap(checkAlphabet),
    ...policy.elements.flatMap((element, i) => checkElement(element, `$.elements[${i}]`, policy.alphabets)),
    ...policy.roles.flatMap((role, i) => checkRole(role, `$.roles[${i}]`, policy.elements)),
  ];
  if (policy.roles.filter((role) => role.default).length > 1) {
    problems.push({ path: '$.roles', message: 'at most one role may be the default role' });
  }
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  return policy;
}

/** Checks a Redshift mapping file against the policy it goes with. Throws `PolicyError` with all its problems. */
export function parseMapping(document: unknown, policy: PolicyDocument): MappingDocument {
  const mapping = parse('The mapping', mappingSchema, document);
  const problems = Object.entries(mapping).flatMap(([name, target]) => {
    const path = `$[${JSON.stringify(name)}]`;
    const found: Problem[] = [];
    const reprotect = target.Operation === 'reprotect';
    if (reprotect && target.OldElement === undefined) {
      found.push({
        path: `${path}.OldElement`,
        message: 'reprotect needs the element that the values are protected with',
      });
    }
    if (!reprotect && (target.OldElement !== undefined || target.OldExternalIV !== undefined)) {
      found.push({ path, message: 'OldElement and OldExternalIV go with reprotect only' });
    }
    for (const [key, ivKey] of [
      ['Element', 'ExternalIV'],
      ['OldElement', 'OldExternalIV'],
    ] as const) {
      const element = policy.elements.find((candidate) => candidate.name === target[key]);
      if (target[key] !== undefined && element === undefined) {
        found.push({ path: `${path}.${key}`, message: 'the policy has no element of this name' });
      }
      const iv = target[ivKey];
      if (iv === undefined) continue;
      if (Buffer.byteLength(iv) > MAX_IV_BYTES) {
        found.push({ path: `${path}.${ivKey}`, message: `an external IV has at most ${MAX_IV_BYTES} bytes` });
      }
      if (element?.externalIV === false) {
        found.push({ path: `${path}.${ivKey}`, message: 'the element takes no external IV' });
      }
    }
    return found;
  });
  if (problems.length > 0) throw new PolicyError('The mapping', problems);
  return mapping;
}

function parse<T>(what: string, schema: z.ZodType<T>, document: unknown): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  throw new PolicyError(what, result.error.issues.flatMap(toProblems));
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

function duplicates<T>(path: string, items: readonly T[], keyOf: (item: T) => string, message: string): Problem[] {
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const key = keyOf(item);
    if (seen.has(key)) return [{ path: `${path}[${i}]`, message }];
    seen.add(key);
    return [];
  });
}

function checkAlphabet(alphabet: AlphabetDefinition, index: number): Problem[] {
  const path = `$.alphabets[${index}]`;
  const problems = alphabet.ranges.flatMap((range, i) => {
    const [from, to] = parseRange(range);
    const at = `${path}.ranges[${i}]`;
    if (from > to) return [{ path: at, message: 'the range runs backwards' }];
    if (from < FIRST_CODE_POINT || to > LAST_CODE_POINT) {
      return [{ path: at, message: 'code points go from 0020 to 3FFFF' }];
    }
    if (from <= 0xdfff && to >= 0xd800) return [{ path: at, message: 'surrogates (D800-DFFF) are no characters' }];
    return [];
  });
  const size = countCodePoints(mergeRanges(alphabet.ranges));
  if (problems.length === 0 && (size < 2 || size > MAX_ALPHABET)) {
    problems.push({ path: `${path}.ranges`, message: `an alphabet has 2 to 65,536 code points, this one has ${size}` });
  }
  return problems;
}

function checkElement(element: ElementDefinition, path: string, alphabets: readonly AlphabetDefinition[]): Problem[] {
  if (element.type === 'unicode' && !alphabets.some(({ name }) => name === element.alphabet)) {
    return [{ path: `${path}.alphabet`, message: 'type unicode needs the name of an alphabet of this policy' }];
  }
  const problems: Problem[] = [];
  if (element.type !== 'unicode' && element.alphabet !== undefined) {
    problems.push({ path: `${path}.alphabet`, message: 'only type unicode takes an alphabet' });
  }
  const radix = elementCodePoints(element, alphabets).length;
  if (radix < 2 || radix > MAX_ALPHABET) return problems;
  const least = minimumLength(radix, MIN_DOMAIN_2016);
  if (element.minLength !== undefined && element.minLength < least) {
    problems.push({ path: `${path}.minLength`, message: `FF1 needs at least ${least} symbols of this alphabet` });
  }
  if ((element.minLength ?? minimumLength(radix)) > element.maxLength) {
    problems.push({ path: `${path}.maxLength`, message: 'it is below the minimum length' });
  }
  return problems;
}

function checkRole(role: RoleDefinition, path: string, elements: readonly ElementDefinition[]): Problem[] {
  const names = new Set(elements.map(({ name }) => name));
  return [
    ...duplicates(`${path}.members`, role.members, (name) => name, 'this member is listed twice'),
    ...duplicates(`${path}.grants`, role.grants, ({ element }) => element, 'another grant names this element'),
    ...role.grants.flatMap(({ element }, i) =>
      names.has(element)
        ? []
        : [{ path: `${path}.grants[${i}].element`, message: 'the policy has no element of this name' }],
    ),
  ];
}
