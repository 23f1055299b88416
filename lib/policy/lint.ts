import { oldKeyVersionsOf, versionName } from './key-versions.ts';
import { lintRoles } from './lint-roles.ts';
import { elementRadix, type MeasuredElement, strongLength } from './minimum.ts';
import type { ElementDefinition, PolicyDocument } from './schema.ts';
import type { Warning } from './warning.ts';

/** Digits of a usual card number: what clear parts leave of it is what an attacker has to try. */
const CARD_DIGITS = 16;
/** What makes a million; a token that is longer than its value has no minimum, but the value is found by trying all the same. */
const STRONG_DIGITS = 6;

/** Looks over a policy that `parsePolicy` accepted. Pure; the warnings of each part come in the order of the document. */
export function lintPolicy(policy: PolicyDocument): Warning[] {
  return [
    ...policy.elements.flatMap((element, i) => lintElement(element, `$.elements[${i}]`, policy)),
    ...lintRoles(policy),
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
  for (const version of oldKeyVersionsOf(element)) {
    const message = `${versionName(element.name, version)} can still be read: remove it when every column is moved`;
    warnings.push({ rule: 'old-key-version', path: `${path}.oldKeyVersions`, message });
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
