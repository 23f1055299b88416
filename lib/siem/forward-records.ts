// The use case of the log forwarder: take lines, merge them over a window, hand the merged records to a sink.
import { createHash } from 'node:crypto';
import { KnownRecords, type KnownRecordsJson } from '../audit/known-records.ts';
import { MergedWindow } from '../audit/merged-window.ts';
import type { Placed } from '../delivery/backlog.ts';
import type { Undelivered } from '../delivery/deliver.ts';
import type { Journal } from '../delivery/journal.ts';
import type { LaneLoad, LaneStore } from '../delivery/lane.ts';
import type { Pace, Parcel } from '../delivery/ports.ts';
import { type LaneOutcome, send } from '../delivery/send.ts';
import { lineItems, positionOf, type StreamItem, UNREADABLE, unreadable } from '../delivery/stream-item.ts';

export interface WindowBatch {
  readonly items: readonly StreamItem[];
  /** What `forwardRecords` gave at the last batch of this window; empty at its first. */
  readonly state: string;
  /** No further batch of this window follows. */
  readonly isLast: boolean;
  /** When the work must be done, in epoch milliseconds. */
  readonly deadlineMs: number;
}

export interface RecordsForwarded {
  /** For the next batch of the window; empty when the window was handed on. */
  readonly state: string;
  readonly taken: number;
  /** Lines that are no records. */
  readonly unreadable: number;
  /** What became of the merged records, for each lane that they went to. */
  readonly outcomes: readonly LaneOutcome[];
}

/** What the journal of a shard keeps besides the outbox. */
export interface Taken {
  readonly records: KnownRecordsJson;
  /** Digest of the last state that was handed on. */
  readonly state: string;
}

export interface ForwardRecordsOptions extends Pace {
  readonly journal: Journal<Taken>;
  readonly store: LaneStore;
  /** Who gets these merged records, each as a parcel whose body is the record. */
  readonly loadsOf: (merged: readonly Placed[]) => readonly LaneLoad[];
  /** @default 700,000 characters of state, after which a window is handed on before its end: Lambda keeps at most 1 MB */
  readonly maxStateLength?: number;
}

/** Longer than a stream keeps records, and than a frozen environment that offers its lines again lives. */
const KNOWN_FOR_MS = 48 * 60 * 60 * 1000;

/**
 * Takes one batch of a shard. Each record counts once, whatever is split, repeated or reordered: within a window by the state,
 * across windows by the journal, for 48 hours. Resolves once nothing of it can be lost: merged into the state, delivered,
 * waiting in a backlog, or among the dead letters. Rejects otherwise (the store cannot be written, the state is damaged), and
 * then the same batch with the same state must be offered again.
 */
export async function forwardRecords(batch: WindowBatch, options: ForwardRecordsOptions): Promise<RecordsForwarded> {
  const { journal, store, nowMs, maxStateLength = 700_000 } = options;
  const entry = await journal.load();
  const stateDigest = digestOf(batch.state);
  // The call that handed this state on was not answered, or failed after that: its records are known, and the state is spent.
  const isSpent = stateDigest !== '' && entry?.known.state === stateDigest;
  const window = stateDigest === '' || isSpent ? new MergedWindow() : MergedWindow.fromState(batch.state);
  const known = KnownRecords.fromJson(entry?.known.records ?? {});
  const before = window.records;
  const refused = addAll(window, known, batch.items);
  await store.deadLetters.keep(UNREADABLE, refused, nowMs());
  const counts = { taken: window.records - before, unreadable: refused.length };

  const state = window.toState();
  if (!batch.isLast && state.length <= maxStateLength) return { state, ...counts, outcomes: [] };

  const merged = window
    .merged()
    .map(({ id, timeMs, record }): Parcel => ({ id, timeMs, body: JSON.stringify(record) }));
  const outbox = [...(entry?.outbox ?? []), ...merged];
  if (outbox.length === 0) return { state: '', ...counts, outcomes: [] };
  window.addTo(known, nowMs());
  const taken: Taken = { records: known.toJson(nowMs() - KNOWN_FOR_MS), state: stateDigest };
  if (merged.length > 0) await journal.save({ known: taken, outbox });
  const outcomes = await send(options.loadsOf(placed(outbox, nowMs())), { ...options, deadlineMs: batch.deadlineMs });
  await journal.save({ known: taken, outbox: [] });
  return { state: '', ...counts, outcomes };
}

/** In the order of their handing on: a merged record has no place of its own in the stream. */
function placed(outbox: readonly Parcel[], nowMs: number): readonly Placed[] {
  return outbox.map((parcel) => ({ position: positionOf(nowMs), parcel }));
}

function digestOf(state: string): string {
  return state === '' ? '' : createHash('sha256').update(state).digest('hex');
}

/** Adds every line; gives those that are no records, each as a letter with its bytes. */
function addAll(window: MergedWindow, known: KnownRecords, items: readonly StreamItem[]): readonly Undelivered[] {
  const refused: Undelivered[] = [];
  for (const item of items) {
    if (item.lines === undefined) refused.push(unreadable(item, 'damaged'));
    for (const { line, ...about } of lineItems(item)) {
      const addition = window.add(line, known);
      const isRefused = addition === 'malformed' || addition === 'unsigned';
      if (isRefused) refused.push(unreadable({ ...about, raw: () => line }, addition));
    }
  }
  return refused;
}
