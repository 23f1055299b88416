// Routes merged audit records to the sinks of the tenants whose data stores they are about.
import type { MergedRecord } from '../audit/merged-window.ts';
import { membersOf } from '../base/json.ts';
import type { Placed } from '../delivery/backlog.ts';
import type { LaneLoad } from '../delivery/lane.ts';
import type { Parcel } from '../delivery/ports.ts';
import type { Tenants } from '../tenants/model.ts';
import { formatRecord } from './format.ts';
import type { OpenSink, SealedLanes } from './lanes.ts';
import { enabledSinks } from './route.ts';
import { loadsOf, type Share, Shares } from './shares.ts';

/**
 * Returns each sink's share of the merged records. A record goes to every tenant that names its data store. The filters
 * of sinks are about events and do not apply.
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

/** Returns the same shares as loads of the sinks' lanes. */
export function recordLoads(records: readonly Placed[], tenants: SealedLanes, open: OpenSink): readonly LaneLoad[] {
  return loadsOf(routeRecords(records, tenants), open, tenants.version);
}

function recordOf({ id, timeMs, body }: Parcel): MergedRecord {
  return { id, timeMs, record: JSON.parse(body) as MergedRecord['record'] };
}
