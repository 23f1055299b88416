// The lanes of a deployment: one for each sink of each tenant, and those of no tenant.
import type { FindLane } from '../delivery/drain.ts';
import { isTenantLane, type Lane, laneId } from '../delivery/lane.ts';
import type { DeliverySink } from '../delivery/ports.ts';
import type { Sink, Tenants } from '../tenants/model.ts';

/** Returns the adapter of a sink: the same one as long as the settings are the same. */
export type OpenSink = (tenantId: string, sink: Sink) => DeliverySink;

/** What the lanes of tenants are made of. */
export type SealedLanes = Pick<Tenants, 'tenants' | 'version'>;

/** Returns the lane of a sink as the sealed tenants of this version describe it. */
export function laneOf(tenantId: string, sink: Sink, open: OpenSink, version: Tenants['version']): Lane {
  const { name, settings } = sink;
  return { id: laneId(tenantId, name), kind: settings.kind, sink: open(tenantId, sink), revision: version };
}

/** Finds lanes while the tenants cannot be read, or none were sealed yet: the lanes of tenants keep their backlogs. */
export function laneFinderWithoutTenants(others: readonly Lane[]): FindLane {
  return (id) => others.find((lane) => lane.id === id) ?? (isTenantLane(id) ? 'disabled' : undefined);
}

/** Returns a function that finds the lane of a backlog among the sinks of all tenants and `others`. */
export function laneFinder(tenants: SealedLanes, others: readonly Lane[], open: OpenSink): FindLane {
  const sinks = new Map(
    [...tenants.tenants.values()].flatMap(({ id, sinks: own }) =>
      own.map((sink) => [laneId(id, sink.name), { tenantId: id, sink }] as const),
    ),
  );
  const named = new Map(others.map((lane) => [lane.id, lane]));
  return (id) => {
    const found = sinks.get(id);
    if (found === undefined) return named.get(id);
    return found.sink.enabled ? laneOf(found.tenantId, found.sink, open, tenants.version) : 'disabled';
  };
}
