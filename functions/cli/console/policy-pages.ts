// What the page about the policy shows of a workspace: who gets what, why, what changed, and whether the tests pass.
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import {
  MATRIX_OPERATIONS,
  type MatrixOperation,
  type PolicyCell,
  type PolicyChanges,
  type PolicyFacts,
  type PolicyReason,
  type PolicyTestResults,
} from '../../../lib/console/messages.ts';
import { unreachable } from '../../../lib/base/errors.ts';
import { Access } from '../../../lib/policy-tests/access.ts';
import { coverageOf } from '../../../lib/policy-tests/coverage.ts';
import { throwAwayEngine } from '../../../lib/policy-tests/engine.ts';
import type { Decision, PolicyDecider } from '../../../lib/policy/decide.ts';
import { diffPolicies } from '../../../lib/policy/diff.ts';
import { traitsOf } from '../../../lib/policy/element-types.ts';
import { explain } from '../../../lib/policy/explain.ts';
import { maskSetting } from '../../../lib/policy/mask.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { CliError } from '../core/exit.ts';
import { jsonOrYaml } from '../documents/document.ts';
import { readPolicyFile } from '../documents/policy.ts';
import { readTests, runTests, testFilesBeside } from '../documents/policy-tests.ts';
import { keptVersions, openPolicyVersion } from '../sealing/policy-versions.ts';
import type { Workspace } from '../workspace/workspace.ts';

const MOST_USERS = 200;

/** The version that stands for the file, which is not sealed yet. */
const FILE_VERSION = 'file';

/** What the page asks for. Each rejects as `openPolicyVersion` or `readPolicyFile` does. */
export interface PolicyPages {
  readonly facts: () => Promise<PolicyFacts>;
  readonly reason: (user: string, element: string) => Promise<PolicyReason>;
  readonly changes: (from: string, to: string) => Promise<PolicyChanges>;
  readonly tests: () => Promise<PolicyTestResults>;
}

export function policyPages(ws: Workspace, nowMs: () => number): PolicyPages {
  return {
    facts: () => policyFacts(ws, nowMs()),
    reason: (user, element) => policyReason(ws, user, element, nowMs()),
    changes: (from, to) => policyChanges(ws, from, to),
    tests: () => policyTestResults(ws, nowMs()),
  };
}

/** Describes the policy in force. */
async function policyFacts(ws: Workspace, nowMs: number): Promise<PolicyFacts> {
  const { version, policy } = await policyOf(ws, undefined);
  const access = new Access(policy, nowMs);
  const listed = access.classes.flatMap(({ users }) => users).filter((user) => user !== access.stranger);
  const users = listed.toSorted().slice(0, MOST_USERS);
  const elements = policy.elements.map((element) => ({
    name: element.name,
    type: element.type,
    description: element.description ?? '',
    clearParts: traitsOf(element).clearParts(element, policy.alphabets),
  }));
  const rows = [...users, access.stranger];
  const cellsOf = (operation: MatrixOperation): readonly (readonly PolicyCell[])[] =>
    rows.map((user) => elements.map(({ name }) => cellOf(access.decider, { user, operation, element: name }, nowMs)));
  const kept = await keptVersions(ws);
  return {
    name: policy.name,
    dataStore: policy.dataStore,
    version,
    versions: [...new Set([Number(version), ...kept])].toSorted((a, b) => b - a).map(String),
    elements,
    users,
    moreUsers: listed.length - users.length,
    stranger: access.stranger,
    cells: Object.fromEntries(MATRIX_OPERATIONS.map((operation) => [operation, cellsOf(operation)])) as Record<
      MatrixOperation,
      readonly (readonly PolicyCell[])[]
    >,
  };
}

function cellOf(decider: PolicyDecider, request: Parameters<PolicyDecider['decide']>[0], nowMs: number): PolicyCell {
  const decision: Decision = decider.decide(request, nowMs);
  switch (decision.kind) {
    case 'allow':
      return decision.mask === undefined
        ? { kind: 'clear', answer: request.operation === 'Unprotect' ? 'clear' : 'allowed' }
        : { kind: 'masked', answer: `masked: ${maskSetting(decision.mask)}` };
    case 'mask':
      return { kind: 'masked', answer: `masked: ${maskSetting(decision.mask)}` };
    case 'substitute':
      return decision.noAccess === 'null'
        ? { kind: 'null', answer: 'null' }
        : { kind: 'token', answer: 'the protected value' };
    case 'refuse':
      return { kind: 'refused', answer: `refused, code ${decision.code}` };
    default:
      return unreachable(decision);
  }
}

async function policyReason(ws: Workspace, user: string, element: string, nowMs: number): Promise<PolicyReason> {
  const { policy } = await policyOf(ws, undefined);
  const { roles, operations, ...of } = explain(policy, user, element, nowMs);
  return {
    ...of,
    roles,
    operations: operations.map(({ operation, answer, because }) => ({ operation, answer, because })),
  };
}

/** Compares two versions; `file` is the policy file, which may differ from what is in force. */
async function policyChanges(ws: Workspace, from: string, to: string): Promise<PolicyChanges> {
  const [before, after] = await Promise.all([policyOf(ws, from), policyOf(ws, to)]);
  return { changes: diffPolicies(before.policy, after.policy).map(({ effect, text }) => ({ effect, text })) };
}

/** Runs the tests beside the policy file, over the file: with keys that are made for it and thrown away. */
async function policyTestResults(ws: Workspace, nowMs: number): Promise<PolicyTestResults> {
  const policyFile = jsonOrYaml(ws.policy);
  const access = new Access(await readPolicyFile(policyFile), nowMs);
  const engine = throwAwayEngine(access.policy, randomBytes);
  const read = await Promise.all(testFilesBeside(policyFile).map((file) => readTests(file, access)));
  const tests: PolicyTestResults['tests'][number][] = [];
  for (const each of read) {
    const { file, results } = await runTests(each, access, engine);
    for (const { text, line, failure } of results) {
      const place = line === undefined ? basename(file) : `${basename(file)}:${line}`;
      tests.push({ place, text, ...(failure && { failure }) });
    }
  }
  const { granted, touched } = coverageOf(
    access,
    read.map(({ tests: own }) => own),
  );
  return { tests, granted, touched };
}

async function policyOf(
  ws: Workspace,
  version: string | undefined,
): Promise<{ readonly version: string; readonly policy: PolicyDocument }> {
  if (version === FILE_VERSION) return { version, policy: await readPolicyFile(jsonOrYaml(ws.policy)) };
  const opened = await openPolicyVersion(ws, version === undefined ? undefined : versionNumber(version));
  return { version: opened.version, policy: opened.content.policy };
}

/** Throws `CliError` for a text that is no version. */
function versionNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError('CLI_USAGE', 'A version is a whole number, or "file" for the policy file');
}
