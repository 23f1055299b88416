import { elementRadix, type MeasuredElement, strongLength } from './minimum.ts';
import type { ElementDefinition, PolicyDocument, RoleDefinition } from './schema.ts';

/** Something a valid policy should not do without a reason. `rule` is stable. */
export interface Warning {
  readonly rule:
    | 'weak-domain'
    | 'weak-token'
    | 'short-data-in-clear'
    | 'date-part-in-clear'
    | 'unused-element'
    | 'all-powerful-role'
    | 'default-role-with-permissions';
  readonly path: string;
  readonly message: string;
}

/** Digits of a usual card number: what clear parts leave of it is what an attacker has to try. */
const CARD_DIGITS = 16;
/** What makes a million; a token that is longer than its value has no minimum, but the value is found by trying all the same. */
const STRONG_DIGITS = 6;

/** Looks over a policy that `parsePolicy` accepted. Pure; the warnings come in the order of the document. */
export function lintPolicy(policy: PolicyDocument): Warning[] {
  return [
    ...policy.elements.flatMap((element, i) => [
      ...lintElement(element, `$.elements[${i}]`, policy),
      ...lintUse(element, `$.elements[${i}]`, policy.roles),
    ]),
    ...policy.roles.flatMap((role, i) => lintRole(role, `$.roles[${i}]`, policy.elements)),
  ];
}

function lintElement(element: ElementDefinition, path: string, policy: PolicyDocument): Warning[] {
  const warnings: Warning[] = [];
  const weak = (message: string): number => warnings.push({ rule: 'weak-domain', path, message });
  if ('shortData' in element && element.shortData === 'weak-token' && element.preserveLength) {
    const message = 'short values get tokens that anybody who may protect can look up';
    warnings.push({ rule: 'weak-token', path: `${path}.shortData`, message });
  }
  if ('shortData' in element && element.shortData === 'as-is') {
    const message = 'short values stay in clear';
    warnings.push({ rule: 'short-data-in-clear', path: `${path}.shortData`, message });
  }
  switch (element.type) {
    case 'numeric':
    case 'alpha':
    case 'upper-case-alpha':
    case 'alpha-numeric':
    case 'upper-case-alpha-numeric':
    case 'lower-ascii':
    case 'printable':
    case 'unicode':
    case 'credit-card':
    case 'fpe-numeric':
    case 'fpe-alpha':
    case 'fpe-alpha-numeric':
    case 'fpe-latin1-alpha':
    case 'fpe-latin1-alpha-numeric':
      lintLengths(element, policy).forEach(weak);
      break;
    case 'integer':
      if (element.size === 2) weak('a 2-byte integer has 65,536 values');
      break;
    case 'decimal':
      weak('decimals of fewer than 6 digits have less than a million combinations');
      break;
    case 'date':
    case 'datetime':
      if (element.dateInClear !== 'none') {
        const message = `the ${element.dateInClear} stays in clear, which leaves few dates to choose from`;
        warnings.push({ rule: 'date-part-in-clear', path: `${path}.dateInClear`, message });
      }
      break;
    default:
      break;
  }
  return warnings;
}

/** Why values of the element may have less than a million combinations. */
function lintLengths(element: MeasuredElement, policy: PolicyDocument): string[] {
  const strong = strongLength(element, elementRadix(element, policy.alphabets));
  const reasons: string[] = [];
  if (element.minLength !== undefined && element.minLength < strong) {
    reasons.push(`values of fewer than ${strong} symbols have less than a million combinations`);
  }
  const { fromLeft, fromRight, type } = element;
  const left = CARD_DIGITS - fromLeft - fromRight;
  const mayBeCard = type === 'numeric' || type === 'credit-card' || type === 'fpe-numeric';
  if (mayBeCard && fromLeft > 0 && fromRight > 0 && left < Math.max(strong, STRONG_DIGITS)) {
    reasons.push(`the clear parts leave ${Math.max(0, left)} of a card number's ${CARD_DIGITS} digits to tokenize`);
  }
  return reasons;
}

function lintUse(element: ElementDefinition, path: string, roles: readonly RoleDefinition[]): Warning[] {
  const used = roles.some(({ grants }) =>
    grants.some((grant) => grant.element === element.name && grant.permissions.length > 0),
  );
  if (used || element.type === 'monitor') return [];
  return [{ rule: 'unused-element', path, message: 'no role may do anything with it' }];
}

function lintRole(role: RoleDefinition, path: string, elements: readonly ElementDefinition[]): Warning[] {
  const warnings: Warning[] = [];
  const open = elements.filter(({ name }) =>
    role.grants.some((grant) => grant.element === name && grant.permissions.includes('unprotect')),
  );
  const readable = elements.filter(({ method }) => method !== 'hash');
  if (open.length === readable.length && readable.length > 1) {
    warnings.push({ rule: 'all-powerful-role', path, message: 'its members may unprotect every element' });
  }
  if (role.default && role.grants.some(({ permissions }) => permissions.length > 0)) {
    const message = 'everybody whom no other role lists has these permissions';
    warnings.push({ rule: 'default-role-with-permissions', path, message });
  }
  return warnings;
}
