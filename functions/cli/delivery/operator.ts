// Asks a forwarder: that of a workspace or a store, where this program does the work, or one on AWS, whose function does it
// with rights of its own.
import { randomUUID } from 'node:crypto';
import { lambdaClient } from '../../../lib/adapters/lambda/client.ts';
import { lambdaInvoker } from '../../../lib/adapters/lambda/functions.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { OPERATOR_ALIAS } from '../../../lib/contract/log-forwarder.ts';
import type { FindLane } from '../../../lib/delivery/drain.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { operate, type OperatorReplies, type OperatorRequest } from '../../../lib/delivery/operate.ts';
import { laneFinder } from '../../../lib/siem/lanes.ts';
import { pace } from '../../runtime/forward/pace.ts';
import { CliError } from '../core/exit.ts';
import { openStoreOf } from './store.ts';
import { openTenantSinks } from './tenant-sinks.ts';

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
  const { tenants, open } = await openTenantSinks(dir, place);
  return laneFinder(tenants, [], open);
}

/** The caller needs `lambda:InvokeFunction` on the alias of the function, and nothing else. */
async function askFunction<Request extends OperatorRequest>(
  name: string,
  region: string | undefined,
  request: Request,
): Promise<OperatorReplies[Request['operate']]> {
  const client = lambdaClient({
    ...(region !== undefined && { region }),
    maxAttempts: 1,
    requestHandler: { requestTimeout: REPLY_MS, throwOnRequestTimeout: true },
  });
  try {
    const invocation = await lambdaInvoker({ client }).invoke(name, OPERATOR_ALIAS, request);
    if (invocation.kind === 'reply') return invocation.reply as OperatorReplies[Request['operate']];
    throw new CliError('CLI_USAGE', `The function ${name} broke (${invocation.error}); its log says more. Ask again`);
  } catch (error) {
    if (error instanceof CliError || !(error instanceof ProtectorError)) throw error;
    throw new CliError('CLI_USAGE', `The function ${name} cannot be asked: ${error.message}`);
  } finally {
    client.destroy();
  }
}
