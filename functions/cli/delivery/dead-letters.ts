// What the log forwarder could not deliver: where it keeps that, and how a redrive ends.
import type { DeadLetters } from '../../../lib/delivery/dead-letters.ts';
import type { DeliverySink } from '../../../lib/delivery/ports.ts';
import type { WantedLanes } from '../../../lib/delivery/operate.ts';
import { redrive, type RedriveReport } from '../../../lib/delivery/redrive.ts';
import { pace } from '../../runtime/forward/pace.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { count, print, quantity, say, sayFailure, visible } from '../output/text.ts';

const HOUR_MS = 3_600_000;

/** Sends the dead letters that are kept under `name` again, for an hour at most. */
export function redriveNow(letters: DeadLetters, sink: DeliverySink, name: string): Promise<RedriveReport> {
  return redrive(letters, sink, { ...pace, name, deadlineMs: Date.now() + HOUR_MS });
}

/** Says that there are no dead letters, and of whom where somebody was named: others may have some. */
export function printNone(io: Io, { lane, tenant, sink }: WantedLanes): void {
  const whose = [lane, tenant, sink === undefined ? undefined : `sink ${sink}`].filter((name) => name !== undefined);
  if (whose.length === 0) return print(io, 'There are no dead letters.');
  print(
    io,
    `There are no dead letters of ${whose.map(visible).join(', ')}; "protector events status" lists those who have some.`,
  );
}

/** Prints how many dead letters were delivered, and how many are left for which reason. */
export function printRedriven(io: Io, report: RedriveReport, noun: string): void {
  const { delivered, left, unreadable } = report;
  print(io, `${quantity(delivered, noun)} delivered, ${count(leftOf(report))} left`);
  for (const [reason, number] of Object.entries(left)) print(io, `  ${count(number)}: ${reason}`);
  for (const key of unreadable) say(io, `${key} holds no dead letters`);
}

/** Returns the exit code for redrives, and says so when dead letters are left. */
export function redriveEnd(io: Io, reports: readonly RedriveReport[]): ExitCode {
  if (reports.every((report) => leftOf(report) === 0)) return EXIT.ok;
  sayFailure(io, 'Some dead letters are not delivered: they stay where they are');
  return EXIT.bad;
}

function leftOf({ left }: RedriveReport): number {
  return Object.values(left).reduce((sum, one) => sum + one, 0);
}
