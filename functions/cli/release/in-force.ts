// A policy that is or was in force, in a deployment or a workspace, and the time at which it is asked.
import { instantText } from '../../../lib/policy/term.ts';
import type { MappingDocument, PolicyDocument } from '../../../lib/policy/schema.ts';
import { digestOf } from '../../../lib/publication/review.ts';
import type { Agent } from '../agent/ask.ts';
import { livedPolicy, type WhichPolicy } from '../agent/lived-policy.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';
import { openPolicyVersion } from '../sealing/policy-versions.ts';

/** Where a policy is in force: in the deployment of an agent, or else in a workspace. */
export interface PolicyPlace {
  readonly ws: Workspace;
  readonly agent: Agent | undefined;
}

export interface FoundRelease {
  readonly policy: PolicyDocument;
  readonly version: number;
  /** SHA-256 of policy and mapping, in hexadecimal. */
  readonly digest: string;
  /** When its decisions are asked for, in epoch milliseconds. */
  readonly atMs: number;
  /** When it was live in its deployment; `untilMs` is absent for what is live now. Absent in a workspace. */
  readonly live?: { readonly fromMs: number; readonly untilMs: number | undefined };
  /** When it was sealed in its workspace, ISO 8601. */
  readonly sealed?: string;
  readonly author?: string | undefined;
  readonly approver?: string | undefined;
  /** How many tests and statements it had passed before it was published. */
  readonly tested?: number | undefined;
}

/**
 * Resolves to the policy of a version, or the one that was live at a time; by default what is in force now. It is asked at
 * that time, or else now, or in the last moment in which it was live. Rejects with `CliError`, `BundleError` or
 * `KeyServiceError`.
 */
export async function policyOfPlace(
  { ws, agent }: PolicyPlace,
  which: WhichPolicy,
  nowMs: number,
): Promise<FoundRelease> {
  const askedMs = which.at?.getTime();
  if (agent !== undefined) {
    const { policy, version, digest, fromMs, untilMs, author, approver, tested } = await livedPolicy(agent, which);
    const atMs = askedMs ?? Math.min(nowMs, (untilMs ?? Number.POSITIVE_INFINITY) - 1);
    return { policy, version, digest, atMs, live: { fromMs, untilMs }, author, approver, tested };
  }
  requireInitialised(ws);
  const { bundle, version, content } = await openPolicyVersion(ws, which.policyVersion);
  const { policy, mapping } = content as { policy: PolicyDocument; mapping: MappingDocument };
  const { createdAt } = bundle as { readonly createdAt: string };
  const digest = digestOf({ policy, mapping });
  return { policy, version: Number(version), digest, atMs: askedMs ?? nowMs, sealed: createdAt };
}

/** The facts of a release for programs, with times in ISO 8601. */
export function releaseFacts({ policy, version, digest, atMs, live, sealed, author, approver, tested }: FoundRelease) {
  return {
    policy: policy.name,
    dataStore: policy.dataStore,
    version,
    digest,
    ...(live !== undefined && { liveFrom: instantText(live.fromMs) }),
    ...(live?.untilMs !== undefined && { liveUntil: instantText(live.untilMs) }),
    ...(sealed !== undefined && { sealed }),
    ...(author !== undefined && { author }),
    ...(approver !== undefined && { approver }),
    ...(tested !== undefined && { testsPassed: tested }),
    at: instantText(atMs),
  };
}

/** `version 3, live from 2026-11-01T10:00:00Z until 2026-11-08T09:00:00Z, asked at 2026-11-02T00:00:00Z` */
export function releaseText({ version, atMs, live, sealed }: FoundRelease): string {
  const until = live?.untilMs === undefined ? '' : ` until ${instantText(live.untilMs)}`;
  const where = live === undefined ? `sealed ${sealed}` : `live from ${instantText(live.fromMs)}${until}`;
  return `version ${version}, ${where}, asked at ${instantText(atMs)}`;
}
