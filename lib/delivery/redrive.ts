// Sends dead letters again: those delivered now are removed, the others stay.
import type { DeadLetters } from './dead-letters.ts';
import { deliver, type DeliverOptions } from './deliver.ts';
import type { DeliverySink } from './ports.ts';

export interface RedriveReport {
  readonly delivered: number;
  /** How many letters the sink still does not take, by reason. */
  readonly left: Readonly<Record<string, number>>;
  /** Keys of objects that hold no dead letters. They stay as they are. */
  readonly unreadable: readonly string[];
}

export interface RedriveOptions extends DeliverOptions {
  /** The name under which the letters are kept. @default the sink's */
  readonly name?: string;
}

/**
 * Sends the dead letters of `sink` again, oldest first. Removes an object once each of its letters is delivered or kept
 * anew, so that an interruption loses none. Ends early when the sink does not work at all. Rejects with `StoreError`.
 */
export async function redrive(
  letters: DeadLetters,
  sink: DeliverySink,
  options: RedriveOptions,
): Promise<RedriveReport> {
  const { name = sink.name } = options;
  let delivered = 0;
  const left: Record<string, number> = {};
  const unreadable: string[] = [];
  for await (const bundle of letters.of(name)) {
    if (bundle.letters === undefined) {
      unreadable.push(bundle.key);
      continue;
    }
    const parcels = bundle.letters.map(({ parcel }) => parcel);
    const report = await deliver(parcels, sink, { ...options, refusalsStand: true });
    delivered += report.delivered.length;
    for (const { reason } of report.undelivered) left[reason] = (left[reason] ?? 0) + 1;
    if (report.delivered.length > 0) {
      await letters.keep(name, report.undelivered, options.nowMs());
      await letters.remove(bundle.key);
    }
    if (report.delivered.length === 0 && report.undelivered.some(({ kind }) => kind !== 'data')) break;
  }
  return { delivered, left, unreadable };
}
