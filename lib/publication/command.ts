// What an invocation of the policy agent asks for.

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

/** The event that asks for a rollback, as `protector policy rollback` sends it. */
export type RollbackEvent = z.input<typeof rollback>;

export type AgentCommand = { readonly request: AgentRequest; readonly dryRun: boolean };

/**
 * The command of an event. Whatever has no `action` is a wake-up: a new object (S3 notification, EventBridge "Object
 * Created"), a schedule, a test event. What such an event says is not looked at, because it may come twice, late and out of
 * order: the agent looks at what is there. Throws `PublicationError` `PUBLICATION_REFUSED` for an action it does not know.
 */
export function readCommand(event: unknown): AgentCommand {
  if (typeof event !== 'object' || event === null || !('action' in event)) {
    return { request: { kind: 'look' }, dryRun: false };
  }
  const parsed = rollback.safeParse(event);
  if (!parsed.success) {
    const paths = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new PublicationError('PUBLICATION_REFUSED', `The event asks for no action that is known (${paths})`);
  }
  const { from, to, dryRun } = parsed.data;
  return { request: { kind: 'rollback', from, to }, dryRun };
}
