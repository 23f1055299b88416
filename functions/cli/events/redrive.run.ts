import { DEAD_LETTER_PREFIX } from '../../../lib/contract/log-forwarder.ts';
import { type Lane, laneId, laneStore } from '../../../lib/delivery/lane.ts';
import type { RedriveReport } from '../../../lib/delivery/redrive.ts';
import { type OpenSink, laneOf } from '../../../lib/siem/lanes.ts';
import type { Tenants } from '../../../lib/tenants/model.ts';
import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printRedriven, redriveEnd, redriveNow } from '../delivery/dead-letters.ts';
import { openStoreOf } from '../delivery/store.ts';
import { openTenantSinks } from '../delivery/tenant-sinks.ts';
import { print, say } from '../output/text.ts';

/** Where the dead letters and the sealed tenants are. */
interface Source {
  readonly dir: string;
  readonly store: string | undefined;
  readonly tenants: string | undefined;
}

/** Whose dead letters: undefined stands for all. */
interface Wanted {
  readonly tenant: string | undefined;
  readonly sink: string | undefined;
}

/** Sends dead letters of tenants' sinks again. The exit code is 1 when some are left. */
export async function redriveEvents(source: Source, wanted: Wanted, json: boolean, io: Io): Promise<ExitCode> {
  const store = await openStoreOf(source.dir, source.store);
  const { tenants, open } = await openTenantSinks(source.dir, source.tenants);
  const lanes = lanesOf(tenants, open, wanted);
  const reports: Record<string, RedriveReport> = {};
  for await (const name of store.folders(DEAD_LETTER_PREFIX)) {
    const lane = lanes.get(name);
    if (lane !== undefined) reports[name] = await redriveNow(laneStore(store).deadLetters, store, lane.sink, name);
    else if (wanted.tenant === undefined && name.includes('@')) {
      say(io, `${name}: no sink of a tenant in force, left`);
    }
  }
  if (json) print(io, JSON.stringify(reports));
  else printReports(io, reports);
  return redriveEnd(io, Object.values(reports));
}

function lanesOf({ tenants, version }: Tenants, open: OpenSink, { tenant, sink }: Wanted): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const { id, sinks } of tenants.values()) {
    for (const each of sinks) {
      const isWanted = (tenant ?? id) === id && (sink ?? each.name) === each.name;
      if (isWanted) lanes.set(laneId(id, each.name), laneOf(id, each, open, version));
    }
  }
  return lanes;
}

function printReports(io: Io, reports: Readonly<Record<string, RedriveReport>>): void {
  const entries = Object.entries(reports);
  if (entries.length === 0) print(io, 'There are no dead letters.');
  for (const [name, report] of entries) {
    print(io, `${name}:`);
    printRedriven(io, report, 'event');
  }
}
