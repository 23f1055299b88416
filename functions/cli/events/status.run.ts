import type { LaneReport } from '../../../lib/delivery/lane-report.ts';
import { rfc3339 } from '../../../lib/siem/time.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { ask, type Forwarder } from '../delivery/operator.ts';
import { table } from '../output/table.ts';
import { count, print } from '../output/text.ts';

/** Shows for each lane what waits and what was given up, and why. */
export async function showLanes(forwarder: Forwarder, json: boolean, io: Io): Promise<ExitCode> {
  const { lanes } = await ask(forwarder, { operate: 'status' });
  if (json) {
    print(io, JSON.stringify(lanes));
    return EXIT.ok;
  }
  if (lanes.length === 0) {
    print(io, 'Nothing waits.');
    return EXIT.ok;
  }
  const waiting = lanes.filter((lane) => lane.waiting > 0 || lane.isSlow);
  const dead = lanes.filter((lane) => lane.dead.letters > 0);
  if (waiting.length > 0) {
    const head = ['Sink of tenant', 'Waiting', 'Since', 'Reason', 'Next try'];
    print(io, table(io.stdout, head, waiting.map(waitingRow)));
  }
  if (dead.length > 0) {
    const rows = dead.map(({ lane, dead: { letters, hasMore, sinceMs, reasons } }) => [
      lane,
      `${count(letters)}${hasMore ? ' or more' : ''}`,
      sinceMs === undefined ? '' : rfc3339(sinceMs),
      reasonsOf(reasons),
    ]);
    print(io, table(io.stdout, ['Sink of tenant', 'Dead letters', 'Since', 'Reasons'], rows));
  }
  return EXIT.ok;
}

function waitingRow({ lane, waiting, sinceMs, circuit, isSlow }: LaneReport): string[] {
  const next = circuit === undefined ? 'with the next strike of the clock' : rfc3339(circuit.nextTryMs);
  return [
    lane,
    count(waiting),
    sinceMs === undefined ? '' : rfc3339(sinceMs),
    circuit?.reason ?? (isSlow ? 'slow' : ''),
    next,
  ];
}

function reasonsOf(reasons: LaneReport['dead']['reasons']): string {
  return Object.entries(reasons)
    .map(([reason, number]) => `${count(number)}: ${reason}`)
    .join('; ');
}
