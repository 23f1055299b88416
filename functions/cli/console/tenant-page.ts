// What the page about tenants shows: the lanes of their events, what waits and why, and the last events.
import { stat } from 'node:fs/promises';
import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { TenantFacts } from '../../../lib/console/messages.ts';
import { laneId } from '../../../lib/delivery/lane.ts';
import type { LaneReport } from '../../../lib/delivery/lane-report.ts';
import { readEventLine } from '../../../lib/events/line.ts';
import { eventName } from '../../../lib/siem/facts.ts';
import { openTenants } from '../../../lib/tenants/bundle.ts';
import { destroyTenants } from '../../../lib/tenants/content.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import { ask, type Forwarder } from '../delivery/operator.ts';
import { readPart } from '../files/appended-lines.ts';
import type { Workspace } from '../workspace/workspace.ts';

const MOST_LETTERS = 200;
const MOST_EVENTS = 100;
/** Holds a hundred events of any size that they have in practice. */
const TAIL_BYTES = 512 * 1024;

type Lane = TenantFacts['lanes'][number];

/** Describes the lanes of a forwarder, and for a workspace its tenants and events too. Rejects as `ask` does. */
export async function tenantFacts(ws: Workspace | undefined, forwarder: Forwarder): Promise<TenantFacts> {
  const [{ lanes }, { letters }, events] = await Promise.all([
    ask(forwarder, { operate: 'status' }),
    ask(forwarder, { operate: 'dead-letters' }),
    ws === undefined ? [] : lastEvents(ws),
  ]);
  const { sinks, why } = ws === undefined ? { sinks: [], why: undefined } : await sinksOf(ws);
  const reports = new Map(lanes.map((report) => [report.lane, report]));
  const known = sinks.map((sink) => laneOf(sink, reports.get(sink.lane)));
  const others = lanes.filter(({ lane }) => !sinks.some((sink) => sink.lane === lane));
  return {
    lanes: [...known, ...others.map((report) => laneOf({ lane: report.lane, kind: '', isEnabled: true }, report))],
    deadLetters: letters.slice(0, MOST_LETTERS).map(({ lane, id, reason, attempts, sinceMs }) => {
      return { lane, id, reason, attempts, sinceMs };
    }),
    events,
    why,
  };
}

type SinkFacts = Pick<Lane, 'lane' | 'kind' | 'isEnabled'>;

function laneOf(sink: SinkFacts, report: LaneReport | undefined): Lane {
  return {
    ...sink,
    waiting: report?.waiting ?? 0,
    sinceMs: report?.sinceMs,
    reason: report?.circuit?.reason,
    nextTryMs: report?.circuit?.nextTryMs,
    isSlow: report?.isSlow ?? false,
    deadLetters: report?.dead.letters ?? 0,
    hasMoreDeadLetters: report?.dead.hasMore ?? false,
  };
}

/** Names the sinks of the sealed tenants. Their credentials are overwritten at once. */
async function sinksOf(
  ws: Workspace,
): Promise<{ readonly sinks: readonly SinkFacts[]; readonly why: string | undefined }> {
  try {
    const bundle = await readBundle(ws.sealedTenants, 'tenants');
    const tenants = await openTenants(insecureLocalKeyService(ws.localKey), bundle);
    try {
      const sinks = [...tenants.tenants.values()].flatMap(({ id, sinks: own }) =>
        own.map(({ name, enabled, settings }) => ({
          lane: laneId(id, name),
          kind: settings.kind,
          isEnabled: enabled,
        })),
      );
      return { sinks, why: undefined };
    } finally {
      destroyTenants(tenants);
    }
  } catch (error) {
    if (error instanceof ProtectorError) return { sinks: [], why: error.message };
    throw error;
  }
}

async function lastEvents(ws: Workspace): Promise<TenantFacts['events']> {
  const size = await stat(ws.events).then(
    (found) => found.size,
    () => 0,
  );
  const { lines } = await readPart(ws.events, Math.max(0, size - TAIL_BYTES));
  return lines
    .map(({ line }) => readEventLine(line))
    .filter((event) => event !== undefined)
    .slice(-MOST_EVENTS)
    .toReversed()
    .map((event) => ({
      timeMs: event.timeMs,
      tenant: event.tenantId,
      event: eventName(event),
      user: String(event.iclFields['requestingId'] ?? ''),
      object: String(event.iclFields['objectId'] ?? ''),
    }));
}
