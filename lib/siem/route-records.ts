// Merged audit records → the sinks of the tenants whose data stores they are about.
import type { MergedRecord } from '../audit/merged-window.ts';
import { membersOf } from '../base/json.ts';
import type { Placed } from '../delivery/backlog.ts';
import type { LaneLoad } from '../delivery/lane.ts';
import type { Parcel } from '../delivery/ports.ts';
import type { Tenants } from '../tenants/model.ts';
import { formatRecord } from './format.ts';
import type { OpenSink } from './lanes.ts';
import { enabledSinks } from './route.ts';
import { loadsOf, type Share, Shares } from './shares.ts';

/**
 * What each sink is to get of the parcels of records that the forwarder made; the records go to every tenant that names
 * their data store. Filters are about events, and let records pass.
 */
export function routeRecords(records: readonly Placed[], { tenants }: Pick<Tenants, 'tenants'>): readonly Share[] {
  const byStore = new Map<string, string[]>();
  for (const { id, dataStores } of tenants.values()) {
    for (const store of dataStores) byStore.set(store, [...(byStore.get(store) ?? []), id]);
  }
  const shares = new Shares();
  for (const { position, parcel } of records) {
    const record = recordOf(parcel);
    const { datastore } = membersOf(record.record['protection']);
    for (const tenantId of byStore.get(String(datastore)) ?? []) {
      for (const sink of enabledSinks(tenants.get(tenantId))) {
        shares.add(tenantId, sink, { position, parcel: formatRecord(tenantId, record, sink.format) });
      }
    }
  }
  return shares.all();
}

/** The same as loads of the sinks' lanes. */
export function recordLoads(
  records: readonly Placed[],
  tenants: Pick<Tenants, 'tenants'>,
  open: OpenSink,
): readonly LaneLoad[] {
  return loadsOf(routeRecords(records, tenants), open);
}

function recordOf({ id, timeMs, body }: Parcel): MergedRecord {
  return { id, timeMs, record: JSON.parse(body) as MergedRecord['record'] };
}
