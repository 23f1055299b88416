// The use case of the log forwarder: take lines, merge them over a window, hand the merged records to a sink.
import { createHash } from 'node:crypto';
import { KnownRecords, type KnownRecordsJson } from '../audit/known-records.ts';
import { MergedWindow } from '../audit/merged-window.ts';
import type { DeadLetters } from './dead-letters.ts';
import { deliver, type Pace, type Undelivered } from './deliver.ts';
import type { Journal } from './journal.ts';
import type { DeliverySink, Parcel } from './ports.ts';

/** One record of the stream, as far as it could be read. */
export interface StreamItem {
  /** Unique in the stream. */
  readonly id: string;
  readonly timeMs: number;
  /** Its lines; undefined when it holds none, because its bytes are damaged. */
  readonly lines: readonly string[] | undefined;
  /** The bytes as they came, as text, for the dead letters. */
  readonly raw: () => string;
}

export interface WindowBatch {
  readonly items: readonly StreamItem[];
  /** What `forward` gave at the last batch of this window; empty at its first. */
  readonly state: string;
  /** No further batch of this window follows. */
  readonly isLast: boolean;
  /** When the work must be done, in epoch milliseconds. */
  readonly deadlineMs: number;
}

export interface Forwarded {
  /** For the next batch of the window; empty when the window was handed on. */
  readonly state: string;
  readonly taken: number;
  readonly delivered: number;
  readonly deadLetters: number;
}

/** What the journal of a shard keeps besides the outbox. */
export interface Taken {
  readonly records: KnownRecordsJson;
  /** Digest of the last state that was handed on. */
  readonly state: string;
}

export interface ForwarderOptions extends Pace {
  readonly journal: Journal<Taken>;
  readonly deadLetters: DeadLetters;
  readonly sink: DeliverySink;
  /** @default 700,000 characters of state, after which a window is handed on before its end: Lambda keeps at most 1 MB */
  readonly maxStateLength?: number;
}

/** Longer than a stream keeps records, and than a frozen environment that offers its lines again lives. */
const KNOWN_FOR_MS = 48 * 60 * 60 * 1000;

/** Sink name of dead letters that never were parcels. */
export const UNREADABLE = 'unreadable';

/**
 * Takes one batch of a shard. Each record counts once, whatever is split, repeated or reordered: within a window by the state,
 * across windows by the journal, for 48 hours. Resolves once nothing of it can be lost: merged into the state, delivered, or
 * among the dead letters. Rejects otherwise (the journal or the dead letters cannot be written, the state is damaged), and then
 * the same batch with the same state must be offered again.
 */
export async function forward(batch: WindowBatch, options: ForwarderOptions): Promise<Forwarded> {
  const { journal, deadLetters, nowMs, maxStateLength = 700_000 } = options;
  const entry = await journal.load();
  const stateDigest = digestOf(batch.state);
  // The call that handed this state on was not answered, or failed after that: its records are known, and the state is spent.
  const isSpent = stateDigest !== '' && entry?.known.state === stateDigest;
  const window = stateDigest === '' || isSpent ? new MergedWindow() : MergedWindow.fromState(batch.state);
  const known = KnownRecords.fromJson(entry?.known.records ?? {});
  const before = window.records;
  const unreadable = addAll(window, known, batch.items);
  await deadLetters.keep(UNREADABLE, unreadable, nowMs());
  const counts = { taken: window.records - before, deadLetters: unreadable.length };

  const state = window.toState();
  if (!batch.isLast && state.length <= maxStateLength) return { state, ...counts, delivered: 0 };

  const merged = window
    .merged()
    .map(({ id, timeMs, record }): Parcel => ({ id, timeMs, body: JSON.stringify(record) }));
  const outbox = [...(entry?.outbox ?? []), ...merged];
  if (outbox.length === 0) return { state: '', ...counts, delivered: 0 };
  window.addTo(known, nowMs());
  const taken: Taken = { records: known.toJson(nowMs() - KNOWN_FOR_MS), state: stateDigest };
  if (merged.length > 0) await journal.save({ known: taken, outbox });
  const { delivered, undelivered } = await deliver(outbox, options.sink, { ...options, deadlineMs: batch.deadlineMs });
  await deadLetters.keep(options.sink.name, undelivered, nowMs());
  await journal.save({ known: taken, outbox: [] });
  return { state: '', ...counts, delivered: delivered.length, deadLetters: counts.deadLetters + undelivered.length };
}

function digestOf(state: string): string {
  return state === '' ? '' : createHash('sha256').update(state).digest('hex');
}

/** Adds every line; gives those that are no records, each as a letter with its bytes. */
function addAll(window: MergedWindow, known: KnownRecords, items: readonly StreamItem[]): readonly Undelivered[] {
  const unreadable: Undelivered[] = [];
  const refuse = (id: string, timeMs: number, body: string, reason: string): void => {
    unreadable.push({ parcel: { id, timeMs, body }, kind: 'data', reason, attempts: 0 });
  };
  for (const { id, timeMs, lines, raw } of items) {
    if (lines === undefined) refuse(id, timeMs, raw(), 'damaged');
    for (const [i, line] of (lines ?? []).entries()) {
      const addition = window.add(line, known);
      if (addition === 'malformed' || addition === 'unsigned') refuse(`${id}/${i}`, timeMs, line, addition);
    }
  }
  return unreadable;
}
