// Policies that were live in a deployment, which the policy agent returns as they were authored.
import type { LivedPolicy, LivedTests, WhichLived } from '../../../lib/publication/agent.ts';
import type { LivedSpan } from '../../../lib/publication/history.ts';
import { CliError } from '../core/exit.ts';
import { type Agent, askAgent } from './ask.ts';

/** Which policy: of a version, or the one that was live at a time; by default what is live now. */
export interface WhichPolicy {
  readonly policyVersion: number | undefined;
  readonly at: Date | undefined;
}

/** Resolves to the policy and when it was live. Rejects with `CliError`. */
export async function livedPolicy(agent: Agent, which: WhichPolicy): Promise<LivedPolicy> {
  const event = { action: 'policy', ...livedOf(which) } as const;
  const { kind: _, ...lived } = await askAgent(agent, 'found', (ask) => ask(event, 'policy'));
  return lived;
}

/** Resolves to the tests that such a policy had passed. Rejects with `CliError`. */
export async function livedTests(agent: Agent, which: WhichPolicy): Promise<LivedTests> {
  const event = { action: 'tests', ...livedOf(which) } as const;
  const { kind: _, ...lived } = await askAgent(agent, 'found', (ask) => ask(event, 'tests'));
  return lived;
}

function livedOf({ policyVersion, at }: WhichPolicy): WhichLived {
  return {
    ...(policyVersion !== undefined && { version: policyVersion }),
    ...(at !== undefined && { atMs: at.getTime() }),
  };
}

/** Throws `CliError` for a time in a workspace, which does not keep when its versions were in force. */
export function refuseTimeInWorkspace(at: Date | undefined): void {
  if (at !== undefined) throw new CliError('CLI_USAGE', '--at is for a deployment: name its policy agent by --agent');
}

/** The facts of a span, with times in ISO 8601. */
export type SpanFacts = Omit<LivedSpan, 'fromMs' | 'untilMs'> & { readonly from: string; readonly until?: string };

export function spanFacts({ fromMs, untilMs, ...facts }: LivedSpan): SpanFacts {
  return { ...facts, from: timeText(fromMs), ...(untilMs !== undefined && { until: timeText(untilMs) }) };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
