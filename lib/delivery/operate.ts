// What operators ask of a forwarder: reports, listings, and another try. The command line asks in a workspace and on a
// store, the function answers on AWS; both run this.
import { unreachable } from '../base/errors.ts';
import type { Circuit } from './circuit.ts';
import { drain, type DrainOptions } from './drain.ts';
import { laneId } from './lane.ts';
import { deadLetterList, type DeadLetterList, type LaneReport, laneReport } from './lane-report.ts';
import { redrive, type RedriveReport } from './redrive.ts';

/** Whose lanes. @default all */
export interface WantedLanes {
  /** Id of a lane, such as `acme@splunk`. */
  readonly lane?: string | undefined;
  readonly tenant?: string | undefined;
  readonly sink?: string | undefined;
}

export type OperatorRequest =
  | { readonly operate: 'status' }
  | ({ readonly operate: 'dead-letters' } & WantedLanes)
  /** Sends dead letters again; with `now` also what waits, without waiting for its next try. */
  | ({ readonly operate: 'redrive'; readonly now?: boolean } & WantedLanes);

/** The reply to each request. */
export interface OperatorReplies {
  readonly status: { readonly lanes: readonly LaneReport[] };
  readonly 'dead-letters': DeadLetterList;
  readonly redrive: Redriven;
}

export interface Redriven {
  /** Dead letters, by lane. */
  readonly letters: Readonly<Record<string, RedriveReport>>;
  /** Parcels that waited, by lane. `circuit`: why some still do. */
  readonly waiting: Readonly<Record<string, Waited>>;
  /** Lanes with dead letters whose sink is disabled or no longer configured: left as they are. */
  readonly withoutSink: readonly string[];
}

export interface Waited {
  readonly delivered: number;
  readonly deadLetters: number;
  readonly circuit?: Circuit | undefined;
}

export type OperateOptions = Pick<
  DrainOptions,
  'store' | 'findLane' | 'deadlineMs' | 'claimant' | 'nowMs' | 'sleep' | 'random'
>;

/** An operator may ask for an hour; a claim of a lane that long would outlive its holder. */
const LONGEST_DRAIN_MS = 5 * 60_000;

/** Carries out a request. Rejects with `StoreError`. */
export async function operate<Request extends OperatorRequest>(
  request: Request,
  options: OperateOptions,
): Promise<OperatorReplies[Request['operate']]>;
export async function operate(
  request: OperatorRequest,
  options: OperateOptions,
): Promise<OperatorReplies[keyof OperatorReplies]> {
  switch (request.operate) {
    case 'status':
      return { lanes: await laneReport(options.store) };
    case 'dead-letters':
      return deadLetterList(options.store, isWanted(request));
    case 'redrive':
      return again(request, options);
    default:
      return unreachable(request);
  }
}

async function again(
  { now = false, ...wanted }: OperatorRequest & { readonly operate: 'redrive' },
  options: OperateOptions,
): Promise<Redriven> {
  const { store, findLane } = options;
  const wants = isWanted(wanted);
  const waiting: Record<string, Waited> = {};
  if (now) {
    const deadlineMs = Math.min(options.deadlineMs, options.nowMs() + LONGEST_DRAIN_MS);
    const lanes = [...(await store.backlog.lanes())].filter(wants);
    for (const { id, delivered, deadLetters, circuit } of await drain({ ...options, lanes, now, deadlineMs })) {
      waiting[id] = { delivered, deadLetters, circuit };
    }
  }
  const letters: Record<string, RedriveReport> = {};
  const withoutSink: string[] = [];
  for (const id of [...(await store.deadLetters.lanes())].filter(wants).toSorted()) {
    const lane = findLane(id);
    if (lane === undefined || lane === 'disabled') withoutSink.push(id);
    // oxlint-disable-next-line no-await-in-loop -- an operator can stop between two lanes
    else letters[id] = await redrive(store.deadLetters, lane.sink, { ...options, name: id });
  }
  return { letters, waiting, withoutSink };
}

/** Returns a test for the ids of wanted lanes. */
function isWanted({ lane, tenant, sink }: WantedLanes): (id: string) => boolean {
  return (id) =>
    (lane === undefined || id === lane) &&
    (tenant === undefined || id.startsWith(laneId(tenant, ''))) &&
    (sink === undefined || id.endsWith(laneId('', sink)));
}
