import { traitsOf } from './element-types.ts';
import { oldKeyVersionsOf, versionName } from './key-versions.ts';
import { lintMoves } from './lint-moves.ts';
import { lintNoEffect } from './lint-no-effect.ts';
import { lintRoles } from './lint-roles.ts';
import { lintTerms } from './lint-terms.ts';
import type { ElementDefinition, PolicyDocument } from './schema.ts';
import type { Warning } from './warning.ts';

/**
 * Warns about a policy that `parsePolicy` accepted. Pure; the warnings of each part come in the order of the document.
 * `nowMs`, in epoch milliseconds, decides what has ended, ends soon or begins later.
 */
export function lintPolicy(policy: PolicyDocument, nowMs: number): Warning[] {
  return [
    ...policy.elements.flatMap((element, i) => lintElement(element, `$.elements[${i}]`, policy)),
    ...lintRoles(policy),
    ...lintMoves(policy),
    ...lintTerms(policy, nowMs),
    ...lintNoEffect(policy),
  ];
}

function lintElement(element: ElementDefinition, path: string, { alphabets }: PolicyDocument): Warning[] {
  const { lint } = traitsOf(element);
  return [
    ...lint.shortData(element, path),
    ...lint.clearParts(element, path, alphabets),
    ...oldKeyVersionsOf(element).map((version): Warning => {
      const message = `${versionName(element.name, version)} can still be read: remove it when every column is moved`;
      return { rule: 'old-key-version', path: `${path}.oldKeyVersions`, message };
    }),
    ...lint.domain(element, path, alphabets),
    ...(lint.spellings?.(element, path, alphabets) ?? []),
  ];
}
