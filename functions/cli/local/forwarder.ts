// The log forwarder of a workspace: what the stream and EventBridge do in the cloud, a file and a timer do here.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileObjectStore } from '../../../lib/adapters/file/object-store.ts';
import { drain } from '../../../lib/delivery/drain.ts';
import { forwardRecords, type Taken } from '../../../lib/siem/forward-records.ts';
import { Journal } from '../../../lib/delivery/journal.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import type { LaneOutcome, SendOptions } from '../../../lib/delivery/send.ts';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import { forwardEvents } from '../../../lib/siem/forward-events.ts';
import { laneFinder } from '../../../lib/siem/lanes.ts';
import { recordLoads } from '../../../lib/siem/route-records.ts';
import { logDrain, logOutcomes } from '../../runtime/forward/delivery-metrics.ts';
import type { TenantRouting } from '../../runtime/forward/environment.ts';
import { type ApplicationLog, causesOf } from '../../runtime/application-log.ts';
import { pace } from '../../runtime/forward/pace.ts';
import { type FileLine, readPart } from '../files/appended-lines.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** How long an accepted event waits at most. */
const LOOK_EVERY_MS = 200;
const STRIKE_EVERY_MS = 1_000;
const AFTER_FAILURE_MS = 5_000;
const BATCH_MS = 30_000;
/** How far events and audit records are forwarded: offsets in their files. */
const POSITION = 'position.json';
const RECORDS_POSITION = 'records-position.json';
/** The records that were taken and are not delivered yet. */
const RECORDS_JOURNAL = 'records-journal.json';
/** One forwarder works in a workspace: what a forwarder claimed before it died is the next one's. */
const CLAIMANT = 'serve';

export interface LocalForwarder {
  /** Resolves when everything that was accepted is delivered or waits in the backlog. */
  stop(): Promise<void>;
}

/**
 * Forwards the events that a workspace accepts, and its audit records to the tenants of their data stores, until it is stopped.
 * Goes on where the forwarder before it ended. Loses nothing when it is killed.
 */
export function startLocalForwarder(ws: Workspace, routing: TenantRouting, log: ApplicationLog): LocalForwarder {
  const store = fileObjectStore(ws.forwarder);
  const stopping = new AbortController();
  const underWay = new Set<string>();
  const late = new Set<Promise<unknown>>();
  const later = (outcome: Promise<LaneOutcome | undefined>): void => {
    const told = outcome
      .then((one) => one && logOutcomes([{ ...one, parked: 0 }], undefined, log))
      .finally(() => late.delete(told));
    late.add(told);
  };
  const forwarding = repeat(LOOK_EVERY_MS, stopping.signal, log, () => forwardNew(ws, store, routing, log, later));
  void repeat(STRIKE_EVERY_MS, stopping.signal, log, () => strike(store, routing, log, underWay));
  return {
    async stop() {
      stopping.abort();
      await forwarding;
      await forwardNew(ws, store, routing, log, later).catch(logging(log));
      await Promise.all(late);
    },
  };
}

/** Calls `run` again and again; less often while it fails. */
async function repeat(
  everyMs: number,
  signal: AbortSignal,
  log: ApplicationLog,
  run: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    let failed = false;
    // oxlint-disable-next-line no-await-in-loop -- one call follows the other
    await run().catch((error: unknown) => {
      failed = true;
      logging(log)(error);
    });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(failed ? AFTER_FAILURE_MS : everyMs, undefined, { signal }).catch(() => {});
  }
}

function logging(log: ApplicationLog): (error: unknown) => void {
  return (error) => log({ level: 'ERROR', message: 'Events or records not forwarded', cause: causesOf(error) });
}

/** Forwards new events and then new audit records. Without tenants there is nothing to do. */
async function forwardNew(
  ws: Workspace,
  store: ListableStore,
  routing: TenantRouting,
  log: ApplicationLog,
  later: NonNullable<SendOptions['later']>,
): Promise<void> {
  if (!existsSync(ws.sealedTenants)) return;
  const options = () => ({ ...pace, store: laneStore(store), deadlineMs: Date.now() + BATCH_MS, later });
  const { open, standardOutput } = routing;
  await takeNew(ws.events, POSITION, store, async (items) => {
    const tenants = await routing.current();
    const { outcomes } = await forwardEvents(items, { ...options(), tenants, open, standardOutput });
    logOutcomes(outcomes, undefined, log);
  });
  await takeNew(ws.auditTrail, RECORDS_POSITION, store, async (items) => {
    const tenants = await routing.current();
    const { outcomes } = await forwardRecords(
      { items, state: '', isLast: true, deadlineMs: Date.now() + BATCH_MS },
      {
        ...options(),
        journal: new Journal<Taken>(store, RECORDS_JOURNAL),
        loadsOf: (merged) => recordLoads(merged, tenants, open),
      },
    );
    logOutcomes(outcomes, undefined, log);
  });
}

/** Gives the new lines of a file to `take`. Writes the offset afterwards: after a crash, lines are taken again. */
async function takeNew(
  path: string,
  position: string,
  store: ListableStore,
  take: (items: readonly StreamItem[]) => Promise<void>,
): Promise<void> {
  let offset = await readPosition(store, position);
  for (;;) {
    const { lines, end } = await readPart(path, offset);
    if (lines.length === 0) return;
    await take(lines.map(itemOf));
    await store.put(position, Buffer.from(JSON.stringify({ offset: end })));
    offset = end;
  }
}

async function readPosition(store: ListableStore, position: string): Promise<number> {
  const object = await store.get(position);
  return object === undefined ? 0 : (JSON.parse(object.body.toString('utf8')) as { offset: number }).offset;
}

function itemOf({ offset, line }: FileLine): StreamItem {
  return { id: String(offset), position: positionOf(offset), timeMs: Date.now(), lines: [line], raw: () => line };
}

/** Drains each lane that this process is not draining already, and waits for none. */
async function strike(
  store: ListableStore,
  { current, open, standardOutput }: TenantRouting,
  log: ApplicationLog,
  underWay: Set<string>,
): Promise<void> {
  const lanes = laneStore(store);
  const waiting = [...(await lanes.backlog.lanes())].filter((id) => !underWay.has(id));
  if (waiting.length === 0) return;
  const findLane = laneFinder(await current(), [standardOutput], open);
  const deadlineMs = Date.now() + STRIKE_EVERY_MS;
  for (const id of waiting) {
    underWay.add(id);
    void drain({ ...pace, store: lanes, findLane, lanes: [id], deadlineMs, claimant: CLAIMANT })
      .then((outcomes) => {
        const told = outcomes.filter(({ delivered, deadLetters }) => delivered + deadLetters > 0);
        return logDrain(told, undefined, log);
      }, logging(log))
      .finally(() => underWay.delete(id));
  }
}
