import type { Redriven, WantedLanes } from '../../../lib/delivery/operate.ts';
import type { RedriveReport } from '../../../lib/delivery/redrive.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printNone, printRedriven, redriveEnd } from '../delivery/dead-letters.ts';
import { ask, type Forwarder } from '../delivery/operator.ts';
import { print, quantity, say, sayFailure } from '../output/text.ts';

/** What to send again: dead letters, and with `now` also what waits. */
interface Again extends WantedLanes {
  readonly now: boolean;
}

/** Sends dead letters of tenants' sinks again. The exit code is 1 when some are left, or some of what waited. */
export async function redriveEvents(forwarder: Forwarder, wanted: Again, json: boolean, io: Io): Promise<ExitCode> {
  const redriven = await ask(forwarder, { operate: 'redrive', ...wanted });
  for (const lane of redriven.withoutSink) {
    const isMeant = wanted.lane === lane || (wanted.tenant === undefined && lane.includes('@'));
    if (isMeant) say(io, `${lane}: no enabled sink of a tenant in force, left`);
  }
  if (json) print(io, JSON.stringify(byLane(redriven)));
  else printAll(io, redriven, wanted);
  const end = redriveEnd(io, Object.values(redriven.letters));
  const stillWait = Object.values(redriven.waiting).some(({ circuit }) => circuit !== undefined);
  if (stillWait) sayFailure(io, 'Some events still wait: they are tried again');
  return stillWait ? EXIT.bad : end;
}

const NONE: RedriveReport = { delivered: 0, left: {}, unreadable: [] };

function byLane({ letters, waiting }: Redriven): Readonly<Record<string, object>> {
  const lanes = new Set([...Object.keys(letters), ...Object.keys(waiting)]);
  return Object.fromEntries(
    [...lanes].map((lane) => {
      const waited = waiting[lane];
      return [lane, { ...(letters[lane] ?? NONE), ...(waited && { waited }) }];
    }),
  );
}

function printAll(io: Io, { letters, waiting }: Redriven, wanted: Again): void {
  for (const [lane, { delivered, deadLetters, circuit }] of Object.entries(waiting)) {
    const rest = circuit === undefined ? '' : `; the others wait: ${circuit.reason}`;
    const given = deadLetters === 0 ? '' : `, ${quantity(deadLetters, 'new dead letter')}`;
    print(io, `${lane}: ${quantity(delivered, 'waiting event')} delivered${given}${rest}`);
  }
  if (wanted.now && Object.keys(waiting).length === 0) print(io, 'Nothing waits.');
  const entries = Object.entries(letters);
  if (entries.length === 0) printNone(io, wanted);
  for (const [lane, report] of entries) {
    print(io, `${lane}:`);
    printRedriven(io, report, 'event');
  }
}
