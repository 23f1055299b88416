// The log forwarder of a workspace: what the stream and EventBridge do in the cloud, a file and a timer do here.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileObjectStore } from '../../lib/adapters/file/object-store.ts';
import type { KeyService } from '../../lib/crypto/ports.ts';
import { drain } from '../../lib/delivery/drain.ts';
import { laneStore } from '../../lib/delivery/lane.ts';
import type { ListableStore } from '../../lib/delivery/ports.ts';
import { positionOf, type StreamItem } from '../../lib/delivery/stream-item.ts';
import { forwardEvents } from '../../lib/siem/forward-events.ts';
import { laneFinder } from '../../lib/siem/lanes.ts';
import type { Sink } from '../../lib/tenants/model.ts';
import { logDrain, logOutcomes } from '../delivery-metrics.ts';
import { STANDARD_OUTPUT, standardOutputLane, type TenantRouting } from '../forwarder-environment.ts';
import { type ApplicationLog, causesOf } from '../log.ts';
import { pace } from '../pace.ts';
import { tenantSinks } from '../tenant-sinks.ts';
import { currentTenants } from '../tenants-file.ts';
import { type FileLine, readPart } from './event-file.ts';
import type { Workspace } from './workspace.ts';

/** How soon an event that was accepted is on its way. */
const LOOK_EVERY_MS = 200;
const STRIKE_EVERY_MS = 1_000;
const AFTER_FAILURE_MS = 5_000;
const BATCH_MS = 30_000;
/** How far the events are forwarded: an offset in their file. */
const POSITION = 'position.json';
/** One router works in a workspace, so what the one before claimed, and died, is this one's. */
const CLAIMANT = 'serve';

/** Where a workspace keeps what waits. */
export function localForwarderStore(ws: Workspace): ListableStore {
  return fileObjectStore(ws.forwarder);
}

/** Its tenants and their sinks, which may be on this machine. */
export function localRouting(ws: Workspace, keys: KeyService): TenantRouting {
  const open = tenantSinks({ laptop: true });
  const settings = { kind: 'stdout' } as const;
  const stdout: Sink = { name: STANDARD_OUTPUT, enabled: true, format: 'native', include: [], exclude: [], settings };
  return {
    current: currentTenants(ws.sealedTenants, keys),
    open,
    standardOutput: standardOutputLane(open('', stdout)),
  };
}

export interface LocalForwarder {
  /** Resolves when everything that was accepted is delivered or waits in the backlog. */
  stop(): Promise<void>;
}

/** Forwards what is accepted in a workspace, from where it was left, until it is stopped. Killed at any point, it loses nothing. */
export function startLocalForwarder(ws: Workspace, routing: TenantRouting, log: ApplicationLog): LocalForwarder {
  const store = localForwarderStore(ws);
  const stopping = new AbortController();
  const forwarding = repeat(LOOK_EVERY_MS, stopping.signal, log, () => forwardNew(ws, store, routing, log));
  void repeat(STRIKE_EVERY_MS, stopping.signal, log, () => strike(store, routing, log));
  return {
    async stop() {
      stopping.abort();
      await forwarding;
      await forwardNew(ws, store, routing, log).catch(logging(log));
    },
  };
}

/** Runs again and again; less often while it fails. */
async function repeat(
  everyMs: number,
  signal: AbortSignal,
  log: ApplicationLog,
  run: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    let failed = false;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    await run().catch((error: unknown) => {
      failed = true;
      logging(log)(error);
    });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(failed ? AFTER_FAILURE_MS : everyMs, undefined, { signal }).catch(() => {});
  }
}

function logging(log: ApplicationLog): (error: unknown) => void {
  return (error) => log({ level: 'ERROR', message: 'Events not forwarded', cause: causesOf(error) });
}

/** Everything that is new in the file. The offset is written after it: what was forwarded in between is forwarded again. */
async function forwardNew(
  ws: Workspace,
  store: ListableStore,
  routing: TenantRouting,
  log: ApplicationLog,
): Promise<void> {
  let offset = await readPosition(store);
  for (;;) {
    const { lines, end } = await readPart(ws.events, offset);
    if (lines.length === 0) return;
    const { outcomes } = await forwardEvents(lines.map(itemOf), {
      ...pace,
      tenants: await routing.current(),
      open: routing.open,
      standardOutput: routing.standardOutput,
      store: laneStore(store),
      deadlineMs: Date.now() + BATCH_MS,
    });
    logOutcomes(outcomes, undefined, log);
    await store.put(POSITION, Buffer.from(JSON.stringify({ offset: end })));
    offset = end;
  }
}

async function readPosition(store: ListableStore): Promise<number> {
  const object = await store.get(POSITION);
  return object === undefined ? 0 : (JSON.parse(object.body.toString('utf8')) as { offset: number }).offset;
}

function itemOf({ offset, line }: FileLine): StreamItem {
  return { id: String(offset), position: positionOf(offset), timeMs: Date.now(), lines: [line], raw: () => line };
}

async function strike(
  store: ListableStore,
  { current, open, standardOutput }: TenantRouting,
  log: ApplicationLog,
): Promise<void> {
  const lanes = laneStore(store);
  if ((await lanes.backlog.lanes()).size === 0) return;
  const outcomes = await drain({
    ...pace,
    store: lanes,
    findLane: laneFinder(await current(), [standardOutput], open),
    deadlineMs: Date.now() + STRIKE_EVERY_MS,
    claimant: CLAIMANT,
  });
  logDrain(
    outcomes.filter(({ delivered, deadLetters }) => delivered + deadLetters > 0),
    undefined,
    log,
  );
}
