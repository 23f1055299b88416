// The events of the policy agent.

import { z } from 'zod';
import type { AgentRequest } from './agent.ts';
import { PublicationError } from './errors.ts';

const version = z.int().min(1);
const rollback = z.strictObject({
  action: z.literal('rollback'),
  from: version.optional(),
  to: version.optional(),
  dryRun: z.boolean().default(false),
});

/** The event that requests a rollback, as `protector policy rollback` sends it. */
export type RollbackEvent = z.input<typeof rollback>;

export type AgentCommand = { readonly request: AgentRequest; readonly dryRun: boolean };

/**
 * Parses an event. An event without an `action` wakes the agent: a new object (S3 notification, EventBridge "Object
 * Created"), a schedule, a test event. The agent does not read its contents, because such events come twice, late and
 * out of order; it reads the bucket. Throws `PublicationError` `PUBLICATION_REFUSED` for an unknown action.
 */
export function readCommand(event: unknown): AgentCommand {
  if (typeof event !== 'object' || event === null || !('action' in event)) {
    return { request: { kind: 'look' }, dryRun: false };
  }
  const parsed = rollback.safeParse(event);
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new PublicationError('PUBLICATION_REFUSED', `The event requests no known action (${paths})`);
  }
  const { from, to, dryRun } = parsed.data;
  return { request: { kind: 'rollback', from, to }, dryRun };
}
