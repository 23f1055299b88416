// Asks a forwarder: that of a workspace or a store, where this program does the work, or one on AWS, whose function does it
// with rights of its own.
import { randomUUID } from 'node:crypto';
import { OPERATOR_ALIAS } from '../../../lib/contract/log-forwarder.ts';
import type { FindLane } from '../../../lib/delivery/drain.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { operate, type OperatorReplies, type OperatorRequest } from '../../../lib/delivery/operate.ts';
import { pace } from '../../runtime/forward/pace.ts';
import { askingFunction } from '../aws/ask-function.ts';
import { openStoreOf } from './store.ts';

/** Where the forwarder is. */
export interface Forwarder {
  readonly dir: string;
  readonly store: string | undefined;
  /** Sealed tenants, for what needs their sinks. */
  readonly tenants?: string | undefined;
  /** On AWS: the function. */
  readonly function: string | undefined;
  readonly region: string | undefined;
}

const HOUR_MS = 3_600_000;
/** The function ends within a minute. */
const REPLY_MS = 70_000;

/** Carries out a request. Rejects with `CliError` or `StoreError`. */
export async function ask<Request extends OperatorRequest>(
  forwarder: Forwarder,
  request: Request,
): Promise<OperatorReplies[Request['operate']]> {
  if (forwarder.function !== undefined) return askFunction(forwarder.function, forwarder.region, request);
  const store = laneStore(await openStoreOf(forwarder.dir, forwarder.store));
  const findLane = request.operate === 'redrive' ? await lanesOf(forwarder) : (): undefined => undefined;
  return operate(request, { ...pace, store, findLane, deadlineMs: pace.nowMs() + HOUR_MS, claimant: randomUUID() });
}

async function lanesOf({ dir, tenants: place }: Forwarder): Promise<FindLane> {
  // Reports send nothing, and start without the sinks and their clients.
  const [{ openTenantSinks }, { laneFinder }] = await Promise.all([
    import('./tenant-sinks.ts'),
    import('../../../lib/siem/lanes.ts'),
  ]);
  const { tenants, open } = await openTenantSinks(dir, place);
  return laneFinder(tenants, [], open);
}

/** The caller needs `lambda:InvokeFunction` on the alias of the function, and nothing else. */
function askFunction<Request extends OperatorRequest>(
  name: string,
  region: string | undefined,
  request: Request,
): Promise<OperatorReplies[Request['operate']]> {
  const asked = { name, qualifier: OPERATOR_ALIAS, region, replyMs: REPLY_MS, called: 'The function' };
  return askingFunction(asked, async (send) => (await send(request)) as OperatorReplies[Request['operate']]);
}
