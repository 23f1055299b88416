import { backlogReport } from '../../../lib/delivery/backlog-report.ts';
import { laneStore } from '../../../lib/delivery/lane.ts';
import { rfc3339 } from '../../../lib/siem/time.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { openStoreOf } from '../delivery/store.ts';
import { table } from '../output/table.ts';
import { count, print } from '../output/text.ts';

/** Where the forwarder keeps what waits. */
interface Source {
  readonly dir: string;
  readonly store: string | undefined;
}

/** Shows what waits for sinks that do not work, and why. */
export async function showBacklog({ dir, store }: Source, json: boolean, io: Io): Promise<ExitCode> {
  const reports = await backlogReport(laneStore(await openStoreOf(dir, store)));
  if (json) {
    print(io, JSON.stringify(reports));
    return EXIT.ok;
  }
  const rows = reports.map(({ lane, waiting, sinceMs, circuit }) => [
    lane,
    count(waiting),
    rfc3339(sinceMs),
    circuit?.reason ?? '',
    circuit === undefined ? 'with the next strike of the clock' : rfc3339(circuit.nextTryMs),
  ]);
  const head = ['Sink of tenant', 'Waiting', 'Since', 'Reason', 'Next try'];
  print(io, rows.length === 0 ? 'Nothing waits.' : table(io.stdout, head, rows));
  return EXIT.ok;
}
