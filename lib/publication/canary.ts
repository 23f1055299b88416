// The canary: elements that the product adds to every published policy, and their known answers.
//
// There is one element for each root key. Its id, and so its key and its token, is the same in every policy version;
// its name holds the policy version. The right answer therefore never changes, a keyring that lost or changed a root
// key gives a wrong one, and only the version under test has an element of that name. Only the canary's user has
// permissions for it, and no others: a caller that poses as the canary can protect and read canary values, which are no
// secret.

import { foldCase } from '../base/fold-case.ts';
import { CANARY } from '../contract/policy-agent.ts';
import type { PolicyContent } from '../policy/bundle.ts';
import type { KeyringDocument } from '../policy/keyring.ts';
import { Membership, userOf } from '../policy/membership.ts';
import { NameDirectory } from '../policy/names.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { Problem } from '../document/problem.ts';
import { PolicyError } from '../policy/errors.ts';
import type { PolicyDocument } from '../policy/schema.ts';
import { type CompiledPolicy, compilePolicy } from '../protect/compile.ts';

/** The canary's clear value: every kind of symbol of the element, and characters that stay. */
export const CANARY_VALUE = 'Canary 0123456789, all well?';

/** Returns the name of the canary element of a policy version under a root key. */
export function canaryElement(policyVersion: number, rootVersion: string): string {
  return `${CANARY}_${policyVersion}_k${rootVersion}`;
}

const isCanary = (name: string): boolean => foldCase(name).startsWith(CANARY);

/** Checks that a policy has no names of the canary. Throws `PolicyError` with all of them. */
export function refuseCanaryNames(policy: PolicyDocument): void {
  const message = `names that begin with ${CANARY} are reserved`;
  const problems: Problem[] = [
    ...policy.elements.flatMap(({ name }, i) => (isCanary(name) ? [{ path: `$.elements[${i}].name`, message }] : [])),
    ...policy.roles.flatMap(({ name, members }, i) => [
      ...(isCanary(name) ? [{ path: `$.roles[${i}].name`, message }] : []),
      ...members.flatMap((member, j) =>
        isCanary(userOf(member) ?? '') ? [{ path: `$.roles[${i}].members[${j}]`, message }] : [],
      ),
    ]),
    ...policy.groups.flatMap(({ members }, i) =>
      members.flatMap((member, j) =>
        isCanary(userOf(member) ?? '') ? [{ path: `$.groups[${i}].members[${j}]`, message }] : [],
      ),
    ),
  ];
  if (problems.length > 0) throw new PolicyError('The policy', problems);
}

/** Returns a published policy as it was authored: without the canary's elements, which use every root key, its role and user. */
export function withoutCanary({ users, ...policy }: PolicyDocument): PolicyDocument {
  return {
    ...policy,
    elements: policy.elements.filter(({ name }) => !isCanary(name)),
    ...(users !== undefined && { users: users.filter((user) => user !== CANARY) }),
    roles: policy.roles.filter(({ name }) => name !== CANARY),
  };
}

/**
 * Adds the canary to a policy: an element for each root key, and the one role that may use them. `serviceUser` is the
 * user that replaces every user of the functions, the canary's too.
 */
export function withCanary(
  policy: PolicyDocument,
  policyVersion: number,
  keyring: KeyringDocument,
  serviceUser?: string,
): PolicyDocument {
  const elements = keyring.rootKeys.map(({ version }) => ({
    id: canaryId(version),
    keyVersion: version,
    name: canaryElement(policyVersion, String(version)),
    method: 'tokenization',
    type: 'alpha-numeric',
    shortData: 'error',
    externalIV: false,
  }));
  const grants = elements.map(({ name }) => ({
    element: name,
    permissions: ['protect', 'unprotect'],
    noAccess: 'exception',
  }));
  return parsePolicy({
    ...policy,
    elements: [...policy.elements, ...elements],
    ...(policy.users !== undefined && { users: [...policy.users, CANARY] }),
    roles: [
      ...policy.roles,
      {
        name: CANARY,
        members: [CANARY, ...(serviceUser === undefined ? [] : [spelledUser(serviceUser, policy)])],
        // A service user stands for all users, so the default role stays in force for it.
        inheritsDefault: serviceUser !== undefined,
        grants,
      },
    ],
  });
}

/** Returns a user's name as the policy spells it: under another spelling the user would have the canary's role alone. */
function spelledUser(user: string, policy: PolicyDocument): string {
  const names = new Set([...(policy.users ?? []), ...new Membership(policy).users.keys()]);
  const found = new NameDirectory([...names].map((name) => [name, name])).resolve(user);
  return found.kind === 'found' ? found.name : user;
}

/** Computes the token of the canary value for each root key version, by the product's own engine. */
export function canaryAnswers(
  policyVersion: number,
  content: PolicyContent,
  random: (bytes: number) => Uint8Array,
): Record<string, string> {
  using policy = compilePolicy({ version: String(policyVersion), content }, random);
  return Object.fromEntries(
    content.keyring.rootKeys.map(({ version }) => [String(version), answer(policy, policyVersion, String(version))]),
  );
}

function answer(policy: CompiledPolicy, policyVersion: number, rootVersion: string): string {
  const method = policy.method(canaryElement(policyVersion, rootVersion));
  return String(method.protect([CANARY_VALUE], undefined).column[0]);
}

/** Makes a UUID (version 8, RFC 9562 §5.8) that holds the root key version in the last group. */
function canaryId(rootVersion: number): string {
  return `ca9a47b1-0d1e-8c5f-9b7a-${rootVersion.toString(16).padStart(12, '0')}`;
}
