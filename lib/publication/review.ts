// The review before a publication: whether the policy is valid, whether its keys exist, and what is unwise about it.

import { createHash } from 'node:crypto';
import { canonicalJson } from '../crypto/canonical-json.ts';
import type { PolicyContent } from '../policy/bundle.ts';
import { checkKeys, lintKeys } from '../policy/check-keys.ts';
import { keyVersionOf, oldKeyVersionsOf } from '../policy/key-versions.ts';
import { lintPolicy } from '../policy/lint.ts';
import { parseMapping, parsePolicy } from '../policy/parse.ts';
import { PolicyError } from '../policy/errors.ts';
import type { MappingDocument, PolicyDocument } from '../policy/schema.ts';
import { SourceError } from '../document/source-error.ts';
import { readSource, type Source, sourceFormat } from '../document/source.ts';
import type { OpenedKeyring } from '../policy/sealed-keyring.ts';
import type { Warning } from '../policy/warning.ts';
import { compilePolicy } from '../protect/compile.ts';
import { CANARY } from '../contract/policy-agent.ts';
import { refuseCanaryNames } from './canary.ts';
import type { PolicyEvent } from './journal.ts';

/** An authored policy that has been parsed. */
export interface AuthoredPolicy {
  readonly policy: PolicyDocument;
  readonly mapping: MappingDocument;
}

/** An authored file: JSON, or YAML by its name. */
export interface AuthoredFile {
  readonly name: string;
  readonly text: string;
}

/** Parses policy and mapping. Throws `PolicyError` with all problems of the policy, or else of the mapping, by line. */
export function parseAuthored(policyFile: AuthoredFile, mappingFile: AuthoredFile | undefined): AuthoredPolicy {
  const policy = parseFile('The policy', policyFile, (document) => {
    const parsed = parsePolicy(document);
    refuseCanaryNames(parsed);
    return parsed;
  });
  if (mappingFile === undefined) return { policy, mapping: {} };
  return { policy, mapping: parseFile('The mapping', mappingFile, (document) => parseMapping(document ?? {}, policy)) };
}

function parseFile<T>(what: string, { name, text }: AuthoredFile, parse: (document: unknown) => T): T {
  let source: Source;
  try {
    source = readSource(text, sourceFormat(name));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new PolicyError(what, [{ path: '$', message: error.message }]);
  }
  try {
    return parse(source.document);
  } catch (error) {
    throw source.locate(error);
  }
}

/** Returns the highest root key version that an element pins. */
export function pinnedRoot({ elements }: PolicyDocument): number {
  return Math.max(...elements.flatMap((element) => [keyVersionOf(element), ...oldKeyVersionsOf(element)]));
}

/** Returns the SHA-256 of policy and mapping in hexadecimal; equal policies have equal digests. */
export function digestOf({ policy, mapping }: AuthoredPolicy): string {
  return createHash('sha256').update(canonicalJson({ policy, mapping })).digest('hex');
}

/**
 * Reviews a policy and returns the warnings. Throws `PolicyError` when the keyring does not suit it, when a warning is
 * of a rule in `stopAt`, or when the engine cannot make the method of an element. `nowMs`: the time of the review.
 */
export function reviewPolicy(
  content: PolicyContent,
  keyring: OpenedKeyring,
  stopAt: ReadonlySet<string>,
  nowMs: number,
): Warning[] {
  const warnings = [...lintPolicy(content.policy, nowMs), ...lintKeys(content.policy, keyring)];
  const stops = warnings.filter(({ rule }) => stopAt.has(rule));
  const problems = [
    ...checkKeys(content.policy, keyring),
    ...stops.map(({ path, rule, message }) => ({ path, message: `${rule}: ${message}` })),
  ];
  if (problems.length === 0) problems.push(...checkMethods(content));
  if (problems.length > 0) throw new PolicyError('The policy', problems);
  return warnings;
}

/** Makes every method once. The functions make methods on first use, and a failure there would be too late. */
function checkMethods(content: PolicyContent): { path: string; message: string }[] {
  using compiled = compilePolicy({ version: '0', content }, noRandom);
  return content.policy.elements.flatMap(({ name }, i) => {
    try {
      compiled.method(name);
      return [];
    } catch {
      return [{ path: `$.elements[${i}]`, message: 'the engine cannot make its method' }];
    }
  });
}

function noRandom(): never {
  throw new RangeError('Nothing is protected while a policy is reviewed');
}

type Facts = Pick<PolicyEvent, 'policy' | 'dataStore' | 'policyVersion'>;

/**
 * Returns the events to record when the policy takes effect. `before`: the roles of the live policy; absent for the
 * first.
 */
export function eventsOf(
  version: number,
  policy: PolicyDocument,
  before: readonly string[] | undefined,
  warnings: readonly Warning[],
): PolicyEvent[] {
  const facts: Facts = { policy: policy.name, dataStore: policy.dataStore, policyVersion: String(version) };
  const known = new Set(before);
  const created = policy.roles.filter(({ name }) => name !== CANARY && !known.has(name));
  const conflicts = warnings.filter(({ auditCode }) => auditCode === 57);
  const others = Map.groupBy(
    warnings.filter(({ auditCode }) => auditCode === undefined),
    ({ rule }) => rule,
  );
  return [
    { ...facts, code: before === undefined ? 50 : 51 },
    ...created.map(({ name }): PolicyEvent => ({ ...facts, code: 56, detail: name })),
    ...conflicts.map(({ message }): PolicyEvent => ({ ...facts, code: 57, detail: message })),
    ...[...others].map(([rule, { length }]): PolicyEvent => ({ ...facts, code: 86, detail: `${rule}: ${length}` })),
  ];
}
