import { backlogReport } from '../../../lib/delivery/backlog-report.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { rfc3339 } from '../../../lib/siem/time.ts';
import { forwarderStore } from '../dead-letter-store.ts';
import { localForwarderStore } from '../local-forwarder.ts';
import { count, print, table } from '../output.ts';
import { requireInitialised, workspace } from '../workspace.ts';

export interface EventsStoreOptions {
  readonly dir: string;
  /** A directory, or `s3://bucket`. @default that of the workspace */
  readonly store?: string;
  readonly json?: boolean;
}

/** `protector events status`: what waits for sinks that do not work, and why. */
export async function eventsStatus(options: EventsStoreOptions): Promise<void> {
  const reports = await backlogReport(laneStore(await storeOf(options)));
  if (options.json === true) return print(JSON.stringify(reports));
  if (reports.length === 0) return print('Nothing waits.');
  const rows = reports.map(({ lane, waiting, sinceMs, circuit }) => [
    lane,
    count(waiting),
    rfc3339(sinceMs),
    circuit?.reason ?? '',
    circuit === undefined ? 'with the next strike of the clock' : rfc3339(circuit.nextTryMs),
  ]);
  print(table(['Sink of tenant', 'Waiting', 'Since', 'Reason', 'Next try'], rows));
}

/** Where a forwarder keeps what waits. Rejects with `CliError`. */
export async function storeOf({ dir, store }: EventsStoreOptions) {
  if (store !== undefined) return forwarderStore(store);
  const ws = workspace(dir);
  requireInitialised(ws);
  return localForwarderStore(ws);
}
