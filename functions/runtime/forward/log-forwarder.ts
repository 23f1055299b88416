// Kinesis batches of security events → their tenants' sinks; of audit records → merged records in an OpenSearch, such as the
// reference product's audit store, and in the sinks of the tenants whose data stores they are about; the clock → what waits.
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { FORWARDER_JOURNAL_PREFIX } from '../../../lib/contract/log-forwarder.ts';
import type { Placed } from '../../../lib/delivery/backlog.ts';
import { CALL_MS, drain } from '../../../lib/delivery/drain.ts';
import { forwardRecords, type Taken } from '../../../lib/siem/forward-records.ts';
import { Journal } from '../../../lib/delivery/journal.ts';
import { type Lane, type LaneLoad, laneStore } from '../../../lib/delivery/lane.ts';
import type { Pace } from '../../../lib/delivery/ports.ts';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import { forwardEvents } from '../../../lib/siem/forward-events.ts';
import { laneFinder } from '../../../lib/siem/lanes.ts';
import { recordLoads } from '../../../lib/siem/route-records.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import {
  isScheduled,
  type KinesisEvent,
  type KinesisEventRecord,
  type KinesisReply,
  linesOfRecord,
  type ScheduledEvent,
  shardOf,
  streamOf,
} from '../../../lib/wire/kinesis.ts';
import { logDrain, logOutcomes, sum, writeDrainMetrics, writeEventMetrics } from './delivery-metrics.ts';
import { type ForwarderEnvironment, type TenantRouting } from './environment.ts';
import { type ApplicationLog, causesOf, consoleLog } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';
import { pace } from './pace.ts';

/** What is left of the time limit when retries end: enough to keep what was not delivered, and the journal. */
const KEEP_WITHIN_MS = 10_000;
/** A drainer's last call may take its time, and what it left is kept after it. */
const DRAIN_WITHIN_MS = CALL_MS + KEEP_WITHIN_MS;
/** The next strike of the clock has its own drainer. */
const LONGEST_DRAIN_MS = 50_000;
/** However short the function's time is: to be cut off does no harm, never to try would. */
const SHORTEST_DRAIN_MS = 5_000;
/** Where no time limit is. */
const DEFAULT_TIME_MS = 60_000;
/** Lambda keeps a state of any JSON; one text suits every runtime. */
const STATE_MEMBER = 'merged';

interface Run extends ForwarderEnvironment {
  readonly context: Context;
  readonly remainingMs: number;
  readonly log: ApplicationLog;
  readonly write: WriteLine;
  readonly clock: Pace;
}

/**
 * The log forwarder over any environment. What cannot be read goes to the dead letters, and what a sink does not take waits in
 * the backlog of its lane: neither stops anybody. When even that is impossible, the batch is offered again: from its first
 * record (ReportBatchItemFailures) or, inside a window, by an error. A partial reply inside a window would leave open whether
 * Lambda keeps the state that holds the rest. Without a tumbling window each batch of audit records is a window of its own.
 */
export function logForwarder(
  environment: () => Promise<ForwarderEnvironment>,
  log: ApplicationLog = consoleLog,
  write: WriteLine = writeToStandardOutput,
  clock: Pace = pace,
): (event: KinesisEvent | ScheduledEvent, context: Context) => Promise<KinesisReply> {
  return async (event, context) => {
    const remainingMs = (context as Partial<Context>).getRemainingTimeInMillis?.() ?? DEFAULT_TIME_MS;
    try {
      const run: Run = { ...(await environment()), context, remainingMs, log, write, clock };
      if (isScheduled(event)) return await drainBacklogs(run);
      const { tenants, eventStream } = run;
      return tenants !== undefined && streamOf(event) === eventStream
        ? await takeEvents(event, tenants, run)
        : await takeRecords(event, run);
    } catch (error) {
      log({ level: 'ERROR', message: 'Batch not taken', requestId: context.awsRequestId, cause: causesOf(error) });
      const first = isScheduled(event) || event.window !== undefined ? undefined : event.Records?.[0];
      if (first === undefined) throw error;
      return { batchItemFailures: [{ itemIdentifier: first.kinesis.sequenceNumber }] };
    }
  };
}

async function takeEvents(
  event: KinesisEvent,
  { current, open, standardOutput }: TenantRouting,
  { store, context, remainingMs, log, write, clock }: Run,
): Promise<KinesisReply> {
  const forwarded = await forwardEvents((event.Records ?? []).map(itemOf), {
    ...clock,
    tenants: await current(),
    open,
    standardOutput,
    store: laneStore(store),
    deadlineMs: clock.nowMs() + remainingMs - KEEP_WITHIN_MS,
  });
  logOutcomes(forwarded.outcomes, context.awsRequestId, log);
  writeEventMetrics(forwarded, clock.nowMs(), write);
  return { batchItemFailures: [], ...(event.window !== undefined && { state: {} }) };
}

async function takeRecords(event: KinesisEvent, run: Run): Promise<KinesisReply> {
  const { store, context, remainingMs, log, write, clock } = run;
  const state = typeof event.state?.[STATE_MEMBER] === 'string' ? event.state[STATE_MEMBER] : '';
  const tenants = await run.tenants?.current();
  const forwarded = await forwardRecords(
    {
      items: (event.Records ?? []).map(itemOf),
      state,
      isLast: event.window === undefined || isLast(event),
      deadlineMs: clock.nowMs() + remainingMs - KEEP_WITHIN_MS,
    },
    {
      ...clock,
      journal: new Journal<Taken>(store, `${FORWARDER_JOURNAL_PREFIX}${streamOf(event)}/${shardOf(event)}.json`),
      store: laneStore(store),
      loadsOf: (merged) => loadsOf(merged, run, tenants),
    },
  );
  const { taken, unreadable, outcomes } = forwarded;
  logOutcomes(outcomes, context.awsRequestId, log);
  const metrics = {
    RecordsMerged: taken,
    RecordsDelivered: sum(outcomes, 'delivered'),
    DeadLetters: unreadable + sum(outcomes, 'deadLetters'),
  };
  write(embeddedMetrics(clock.nowMs(), metrics));
  return { batchItemFailures: [], ...(event.window !== undefined && { state: stateOf(forwarded.state) }) };
}

/** Merged records go to the audit store, and to the tenants whose data stores they are about. */
function loadsOf(
  merged: readonly Placed[],
  { auditStore, tenants: routing }: ForwarderEnvironment,
  tenants: Tenants | undefined,
): readonly LaneLoad[] {
  const loads: LaneLoad[] = auditStore === undefined ? [] : [{ lane: auditStore, placed: merged }];
  if (routing === undefined || tenants === undefined) return loads;
  return [...loads, ...recordLoads(merged, tenants, routing.open)];
}

async function drainBacklogs({
  store,
  auditStore,
  tenants: routing,
  context,
  remainingMs,
  log,
  write,
  clock,
}: Run): Promise<KinesisReply> {
  const others = [auditStore, routing?.standardOutput].filter((lane): lane is Lane => lane !== undefined);
  const tenants: Pick<Tenants, 'tenants'> = (await routing?.current()) ?? { tenants: new Map() };
  const open = routing?.open;
  const outcomes = await drain({
    ...clock,
    store: laneStore(store),
    findLane: open === undefined ? (id) => others.find((lane) => lane.id === id) : laneFinder(tenants, others, open),
    deadlineMs: clock.nowMs() + Math.min(LONGEST_DRAIN_MS, Math.max(SHORTEST_DRAIN_MS, remainingMs - DRAIN_WITHIN_MS)),
    claimant: randomUUID(),
  });
  logDrain(outcomes, context.awsRequestId, log);
  const kinds = [...tenants.tenants.values()].flatMap(({ sinks }) => sinks.map(({ settings }) => settings.kind));
  writeDrainMetrics(outcomes, [...kinds, ...others.map(({ kind }) => kind)], clock.nowMs(), write);
  return { batchItemFailures: [] };
}

function isLast({ isFinalInvokeForWindow, isWindowTerminatedEarly }: KinesisEvent): boolean {
  return isFinalInvokeForWindow === true || isWindowTerminatedEarly === true;
}

function itemOf(record: KinesisEventRecord): StreamItem {
  return {
    id: record.eventID,
    position: positionOf(record.kinesis.sequenceNumber),
    timeMs: Math.round(record.kinesis.approximateArrivalTimestamp * 1000),
    lines: linesOfRecord(record),
    raw: () => record.kinesis.data,
  };
}

/** With a window, a reply without state counts as a failure. */
function stateOf(state: string): Readonly<Record<string, string>> {
  return state === '' ? {} : { [STATE_MEMBER]: state };
}
