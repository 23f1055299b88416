// The events of the policy agent.

import { z } from 'zod';
import { unreachable } from '../base/errors.ts';
import type { AgentRequest } from './agent.ts';
import { PublicationError } from './errors.ts';

const version = z.int().min(1);
const rollback = z.strictObject({
  action: z.literal('rollback'),
  from: version.optional(),
  to: version.optional(),
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});
const keys = z.strictObject({ action: z.literal('keys') });
const rotateKeys = z.strictObject({ action: z.literal('rotate-keys'), to: version });
const compromise = z.strictObject({
  action: z.literal('compromise'),
  root: version,
  dryRun: z.boolean().default(false),
});
const release = z.strictObject({ action: z.literal('release') });
const approve = z.strictObject({ action: z.literal('approve'), approval: z.string() });
const history = z.strictObject({ action: z.literal('history') });
const policy = z.strictObject({
  action: z.literal('policy'),
  version: version.optional(),
  atMs: z.int().min(0).optional(),
});
const actions = z.discriminatedUnion('action', [
  rollback,
  keys,
  rotateKeys,
  compromise,
  release,
  approve,
  history,
  policy,
]);

/**
 * The events of people, as commands send them. `rollback`: `protector policy rollback`. `keys` reports what the live policy
 * does with the root keys, `rotate-keys` adds the root key of the version `to`, and `compromise` marks one. `release` reports
 * whether the uploaded release may be published, and `approve` approves it. `history` lists what was live, and `policy`
 * returns one of those policies: of a version, or the one that was live at a time.
 */
export type AgentEvent = z.input<typeof actions>;

/** What is asked without a change. */
export type AgentQuestion =
  | { readonly kind: 'rollback'; readonly to?: number | undefined; readonly force?: boolean }
  | { readonly kind: 'keys' | 'release' | 'history' }
  | { readonly kind: 'policy'; readonly version?: number | undefined; readonly atMs?: number | undefined };

export type AgentCommand = { readonly request: AgentRequest } | { readonly question: AgentQuestion };

/**
 * Tells whether an event, which has no `action`, wakes the agent: a new object (S3 notification, EventBridge "Object
 * Created"), a schedule, a test event. The agent does not read its contents, because such events come twice, late and
 * out of order; it reads the bucket.
 */
export function wakes(event: unknown): boolean {
  return typeof event !== 'object' || event === null || !('action' in event);
}

/**
 * Parses an event. Throws `PublicationError` `PUBLICATION_REFUSED` for an unknown action.
 */
export function readCommand(event: unknown): AgentCommand {
  if (wakes(event)) return { request: { kind: 'look' } };
  const parsed = actions.safeParse(event);
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new PublicationError('PUBLICATION_REFUSED', `The event requests no known action (${paths})`);
  }
  const { data } = parsed;
  switch (data.action) {
    case 'rollback': {
      const { from, to, force, dryRun } = data;
      const wanted = { kind: 'rollback', to, ...(force && { force }) } as const;
      return dryRun ? { question: wanted } : { request: { ...wanted, from } };
    }
    case 'keys':
      return { question: { kind: 'keys' } };
    case 'rotate-keys':
      return { request: { kind: 'keys', change: { kind: 'rotate', to: data.to } } };
    case 'compromise': {
      const change = { kind: 'compromise', root: data.root } as const;
      return data.dryRun ? { question: { kind: 'keys' } } : { request: { kind: 'keys', change } };
    }
    case 'release':
      return { question: { kind: 'release' } };
    case 'approve':
      return { request: { kind: 'approve', approval: data.approval } };
    case 'history':
      return { question: { kind: 'history' } };
    case 'policy':
      return { question: { kind: 'policy', version: data.version, atMs: data.atMs } };
    default:
      return unreachable(data);
  }
}
