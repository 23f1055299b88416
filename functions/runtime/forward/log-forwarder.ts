// The log forwarder. A Kinesis batch of security events goes to the tenants' sinks. A batch of audit records is merged
// and goes to an OpenSearch, such as the reference product's audit store, and to the sinks of the tenants that own the
// data stores. A scheduled event drains the backlogs.

import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { settled, valueOf } from '../../../lib/base/attempt.ts';
import { FORWARDER_JOURNAL_PREFIX } from '../../../lib/contract/log-forwarder.ts';
import type { Placed } from '../../../lib/delivery/backlog.ts';
import { drain } from '../../../lib/delivery/drain.ts';
import { CALL_MS } from '../../../lib/delivery/limits.ts';
import { forwardRecords, type Taken } from '../../../lib/siem/forward-records.ts';
import { Journal } from '../../../lib/delivery/journal.ts';
import { type Lane, type LaneLoad, laneStore } from '../../../lib/delivery/lane.ts';
import { operate, type OperatorReplies, type OperatorRequest } from '../../../lib/delivery/operate.ts';
import type { Pace } from '../../../lib/delivery/ports.ts';
import type { LaneOutcome, SendOptions } from '../../../lib/delivery/send.ts';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import { forwardEvents } from '../../../lib/siem/forward-events.ts';
import { laneFinder, laneFinderWithoutTenants } from '../../../lib/siem/lanes.ts';
import { recordLoads } from '../../../lib/siem/route-records.ts';
import { TenantsSourceError } from '../../../lib/tenants/errors.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import {
  isScheduled,
  type KinesisEvent,
  type KinesisEventRecord,
  type KinesisReply,
  linesOfRecords,
  type ScheduledEvent,
  shardOf,
  streamOf,
} from '../../../lib/wire/kinesis.ts';
import { isOperators, readOperatorRequest } from '../../../lib/delivery/operator-request.ts';
import {
  cutIn,
  logDrain,
  logForked,
  logOutcomes,
  reportDamaged,
  sum,
  writeDrainMetrics,
  writeEventMetrics,
  writeLaneMetrics,
  writeOutcomeMetrics,
} from './delivery-metrics.ts';
import { type ForwarderEnvironment, type TenantRouting } from './environment.ts';
import { type ApplicationLog, causesOf, consoleLog, rejectionOf } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';
import { pace as systemPace } from './pace.ts';

/** Retries end this long before the time limit: enough to store what is undelivered, and the journal. */
const KEEP_WITHIN_MS = 10_000;
/** The last call of a drainer can take its whole time limit; its rest is stored afterwards. */
const DRAIN_WITHIN_MS = CALL_MS + KEEP_WITHIN_MS;
/** The next scheduled event starts a drainer of its own. */
const LONGEST_DRAIN_MS = 50_000;
/** However short the function's time limit is: safe to interrupt; must run at least once. */
const SHORTEST_DRAIN_MS = 5_000;
/** Without a time limit. */
const DEFAULT_TIME_MS = 60_000;
/** Member of the window's state. Lambda keeps any JSON; a single text suits every runtime. */
const STATE_MEMBER = 'merged';

/** The reply to an operator. */
type OperatorReply = OperatorReplies[keyof OperatorReplies];

interface Run extends ForwarderEnvironment {
  readonly pace: Pace;
  readonly context: Context;
  readonly remainingMs: number;
  readonly log: ApplicationLog;
  readonly write: WriteLine;
}

/**
 * Returns the log forwarder over any environment. Unreadable lines become dead letters, and what a sink does not take
 * waits in the backlog of its lane; neither stops other lanes. When the store fails too, Lambda retries the batch: from
 * its first record (ReportBatchItemFailures) or, inside a tumbling window, after an error, since a partial reply would
 * leave open whether Lambda keeps the window's state. Without a tumbling window each batch of audit records is a window
 * of its own.
 */
export function logForwarder(
  environment: () => Promise<ForwarderEnvironment>,
  log: ApplicationLog = consoleLog,
  write: WriteLine = writeToStandardOutput,
  pace: Pace = systemPace,
): (event: KinesisEvent | ScheduledEvent, context: Context) => Promise<KinesisReply | OperatorReply> {
  return async (event, context) => {
    const remainingMs = (context as Partial<Context>).getRemainingTimeInMillis?.() ?? DEFAULT_TIME_MS;
    if (isOperators(context)) {
      const request = readOperatorRequest(event);
      return answer(request, { ...(await withRevision(environment)), pace, context, remainingMs, log, write });
    }
    try {
      const run: Run = { ...(await withRevision(environment)), pace, context, remainingMs, log, write };
      if (isScheduled(event)) return await drainBacklogs(run);
      const { tenants, eventStream } = run;
      return tenants !== undefined && streamOf(event) === eventStream
        ? await takeEvents(event, tenants, run)
        : await takeRecords(event, run);
    } catch (error) {
      log({ level: 'ERROR', message: 'Batch not taken', requestId: context.awsRequestId, cause: causesOf(error) });
      const first = isScheduled(event) || event.window !== undefined ? undefined : event.Records?.[0];
      if (first === undefined) throw rejectionOf(error);
      return { batchItemFailures: [{ itemIdentifier: first.kinesis.sequenceNumber }] };
    }
  };
}

/** Returns the environment with the current revision of the audit store's settings. */
async function withRevision(environment: () => Promise<ForwarderEnvironment>): Promise<ForwarderEnvironment> {
  const opened = await environment();
  const { auditStore, auditStoreRevision } = opened;
  if (auditStore === undefined || auditStoreRevision === undefined) return opened;
  return { ...opened, auditStore: { ...auditStore, revision: await auditStoreRevision() } };
}

async function takeEvents(
  event: KinesisEvent,
  { current, open, standardOutput }: TenantRouting,
  { pace, store, context, remainingMs, log, write }: Run,
): Promise<KinesisReply> {
  const forwarded = await forwardEvents(itemsOf(event), {
    ...pace,
    tenants: await current(),
    open,
    standardOutput,
    store: laneStore(store),
    deadlineMs: pace.nowMs() + remainingMs - KEEP_WITHIN_MS,
    later: whenLate((outcome) => {
      logOutcomes([outcome], context.awsRequestId, log);
      writeOutcomeMetrics([outcome], pace.nowMs(), write);
    }),
  });
  logOutcomes(forwarded.outcomes, context.awsRequestId, log);
  writeEventMetrics(forwarded, pace.nowMs(), write);
  return { batchItemFailures: [], ...(event.window !== undefined && { state: {} }) };
}

async function takeRecords(event: KinesisEvent, run: Run): Promise<KinesisReply> {
  const { pace, store, context, remainingMs, log, write } = run;
  const state = typeof event.state?.[STATE_MEMBER] === 'string' ? event.state[STATE_MEMBER] : '';
  const tenants = run.tenants && (await sealedTenants(run.tenants));
  const forwarded = await forwardRecords(
    {
      items: itemsOf(event),
      state,
      isLast: event.window === undefined || isLast(event),
      deadlineMs: pace.nowMs() + remainingMs - KEEP_WITHIN_MS,
    },
    {
      ...pace,
      journal: new Journal<Taken>(store, `${FORWARDER_JOURNAL_PREFIX}${streamOf(event)}/${shardOf(event)}.json`),
      store: laneStore(store),
      later: whenLate((outcome) => {
        logOutcomes([outcome], context.awsRequestId, log);
        const { delivered: RecordsDelivered, deadLetters: DeadLetters } = outcome;
        write(embeddedMetrics(pace.nowMs(), { RecordsDelivered, DeadLetters, ...cutIn([outcome]) }));
      }),
      loadsOf: (merged) => loadsOf(merged, run, tenants),
    },
  );
  const { taken, unreadable, forked, outcomes } = forwarded;
  logOutcomes(outcomes, context.awsRequestId, log);
  logForked(forked, context.awsRequestId, log);
  const metrics = {
    RecordsMerged: taken,
    RecordsDelivered: sum(outcomes, 'delivered'),
    DeadLetters: unreadable + forked.length + sum(outcomes, 'deadLetters'),
    ...(forked.length > 0 && { RecordsForked: forked.length }),
    ...cutIn(outcomes),
  };
  write(embeddedMetrics(pace.nowMs(), metrics));
  return { batchItemFailures: [], ...(event.window !== undefined && { state: stateOf(forwarded.state) }) };
}

/** Reports what open calls of slow lanes came to. Lambda may freeze the process before: then the drainer reports it. */
function whenLate(report: (outcome: LaneOutcome) => void): NonNullable<SendOptions['later']> {
  return (late) => void late.then((outcome) => outcome && report({ ...outcome, parked: 0 })); // counted as parked before
}

/** Addresses merged records to the audit store and to the tenants that own their data stores. */
function loadsOf(
  merged: readonly Placed[],
  { auditStore, tenants: routing }: ForwarderEnvironment,
  tenants: Tenants | undefined,
): readonly LaneLoad[] {
  const loads: LaneLoad[] = auditStore === undefined ? [] : [{ lane: auditStore, placed: merged }];
  if (routing === undefined || tenants === undefined) return loads;
  return [...loads, ...recordLoads(merged, tenants, routing.open)];
}

/**
 * Drains all lanes. While the tenants cannot be read, it drains those of no tenant, leaves the others as they are, and
 * then rejects with the reason.
 */
async function drainBacklogs(run: Run): Promise<KinesisReply> {
  const { pace, context, log, write } = run;
  const { others, tenants, ...options } = await drainOptions(run);
  const outcomes = await drain(options);
  logDrain(outcomes, context.awsRequestId, log);
  reportDamaged(options.store.backlog.damaged, context.awsRequestId, pace.nowMs(), log, write);
  const sinks = tenants.ok ? [...(tenants.value?.tenants.values() ?? [])].flatMap((tenant) => tenant.sinks) : [];
  const kinds = sinks.map(({ settings }) => settings.kind);
  writeDrainMetrics(outcomes, [...kinds, ...others.map(({ kind }) => kind)], pace.nowMs(), write);
  writeLaneMetrics(outcomes, await options.store.deadLetters.lanes(), pace.nowMs(), write);
  valueOf(tenants);
  return { batchItemFailures: [] };
}

/** Carries out what an operator asks for, with the rights of this function. Rejects while the tenants cannot be read. */
async function answer(request: OperatorRequest, run: Run): Promise<OperatorReply> {
  const { context, log } = run;
  log({ level: 'INFO', message: `An operator asks: ${request.operate}`, requestId: context.awsRequestId });
  const { tenants, ...options } = await drainOptions(run);
  valueOf(tenants);
  return operate(request, options);
}

async function drainOptions({ pace, store, auditStore, tenants: routing, remainingMs }: Run) {
  const others = [auditStore, routing?.standardOutput].filter((lane): lane is Lane => lane !== undefined);
  const tenants = await settled(routing === undefined ? Promise.resolve(undefined) : sealedTenants(routing));
  const sealed = tenants.ok ? tenants.value : undefined;
  const findLane =
    routing === undefined || sealed === undefined
      ? laneFinderWithoutTenants(others)
      : laneFinder(sealed, others, routing.open);
  const forMs = Math.min(LONGEST_DRAIN_MS, Math.max(SHORTEST_DRAIN_MS, remainingMs - DRAIN_WITHIN_MS));
  const deadlineMs = pace.nowMs() + forMs;
  return { ...pace, store: laneStore(store), findLane, deadlineMs, claimant: randomUUID(), others, tenants };
}

/** Resolves to the tenants in force; to undefined when none were ever sealed, which is no fault. */
async function sealedTenants({ current }: TenantRouting): Promise<Tenants | undefined> {
  const read = await settled(current());
  const isNew = !read.ok && read.error instanceof TenantsSourceError && read.error.code === 'TENANTS_MISSING';
  return isNew ? undefined : valueOf(read);
}

function isLast({ isFinalInvokeForWindow, isWindowTerminatedEarly }: KinesisEvent): boolean {
  return isFinalInvokeForWindow === true || isWindowTerminatedEarly === true;
}

function itemsOf({ Records: records = [] }: KinesisEvent): StreamItem[] {
  const lines = linesOfRecords(records);
  return records.map((record, i) => itemOf(record, lines[i]));
}

function itemOf(record: KinesisEventRecord, lines: readonly string[] | undefined): StreamItem {
  return {
    id: record.eventID,
    position: positionOf(record.kinesis.sequenceNumber),
    timeMs: Math.round(record.kinesis.approximateArrivalTimestamp * 1000),
    lines,
    raw: () => record.kinesis.data,
  };
}

/** Returns the state of a window: inside one, Lambda counts a reply without state as a failure. */
function stateOf(state: string): Readonly<Record<string, string>> {
  return state === '' ? {} : { [STATE_MEMBER]: state };
}
