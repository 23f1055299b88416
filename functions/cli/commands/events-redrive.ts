import { DEAD_LETTER_PREFIX } from '../../../lib/contract/log-forwarder.ts';
import { type Lane, laneId, laneStore } from '../../../lib/delivery/lane.ts';
import type { RedriveReport } from '../../../lib/delivery/redrive.ts';
import { laneOf } from '../../../lib/siem/lanes.ts';
import { leftBehind, leftOf, printRedriven, redriveNow } from '../dead-letter-store.ts';
import { print, say } from '../output.ts';
import { tenantsInForce, type TenantsOptions } from '../tenants-in-force.ts';
import { type EventsStoreOptions, storeOf } from './events-status.ts';

export interface EventsRedriveOptions extends EventsStoreOptions, TenantsOptions {
  readonly tenant?: string;
  readonly sink?: string;
}

/** `protector events redrive`: sends dead letters of tenants' sinks again. Rejects with `CLI_BAD` when some are left. */
export async function eventsRedrive(options: EventsRedriveOptions): Promise<void> {
  const store = await storeOf(options);
  const { tenants, open } = await tenantsInForce(options);
  const lanes = new Map<string, Lane>();
  for (const { id, sinks } of tenants.tenants.values()) {
    for (const sink of sinks) {
      const isWanted = (options.tenant ?? id) === id && (options.sink ?? sink.name) === sink.name;
      if (isWanted) lanes.set(laneId(id, sink.name), laneOf(id, sink, open));
    }
  }
  const reports: Record<string, RedriveReport> = {};
  for await (const name of store.folders(DEAD_LETTER_PREFIX)) {
    const lane = lanes.get(name);
    if (lane !== undefined) reports[name] = await redriveNow(laneStore(store).deadLetters, store, lane.sink, name);
    else if (options.tenant === undefined && name.includes('@')) say(`${name}: no sink of a tenant in force, left`);
  }
  if (options.json === true) print(JSON.stringify(reports));
  else if (Object.keys(reports).length === 0) print('There are no dead letters.');
  for (const [name, report] of options.json === true ? [] : Object.entries(reports)) {
    print(`${name}:`);
    printRedriven(report, 'event');
  }
  if (Object.values(reports).some((report) => leftOf(report) > 0)) throw leftBehind();
}
