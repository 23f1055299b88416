// Use case: merges audit records over a window and forwards the merged records to their sinks.
import { createHash } from 'node:crypto';
import { KnownRecords, type KnownRecordsJson } from '../audit/known-records.ts';
import { MergedWindow } from '../audit/merged-window.ts';
import type { Placed } from '../delivery/backlog.ts';
import type { Journal } from '../delivery/journal.ts';
import type { LaneLoad } from '../delivery/lane.ts';
import type { Parcel } from '../delivery/ports.ts';
import { type LaneOutcome, send, type SendOptions } from '../delivery/send.ts';
import { positionOf, type StreamItem, UNREADABLE, Unreadable, type UnreadableLine } from '../delivery/stream-item.ts';

export interface WindowBatch {
  readonly items: readonly StreamItem[];
  /** The state that `forwardRecords` returned for the last batch of this window; empty for its first. */
  readonly state: string;
  /** This is the last batch of the window. */
  readonly isLast: boolean;
  /** When the work must end, in epoch milliseconds. */
  readonly deadlineMs: number;
}

export interface RecordsForwarded {
  /** The state for the next batch of the window; empty once the window was forwarded. */
  readonly state: string;
  readonly taken: number;
  /** Lines that are not records. */
  readonly unreadable: number;
  /** Places of records, `<chain>:<number>`, whose number another record of their chain has. Kept as dead letters. */
  readonly forked: readonly string[];
  /** The outcome for each lane that the merged records went to. */
  readonly outcomes: readonly LaneOutcome[];
}

/** What the journal of a shard remembers besides the outbox. */
export interface Taken {
  readonly records: KnownRecordsJson;
  /** The digest of the last state that was forwarded. */
  readonly state: string;
}

export interface ForwardRecordsOptions extends Omit<SendOptions, 'deadlineMs'> {
  readonly journal: Journal<Taken>;
  /** Returns the lanes of these merged records. Each parcel's body is a record. */
  readonly loadsOf: (merged: readonly Placed[]) => readonly LaneLoad[];
  /** Forwards a window early when its state is longer: Lambda keeps at most 1 MB. @default 700,000 characters */
  readonly maxStateLength?: number;
}

/** Longer than a stream keeps records, and than a frozen environment lives that may offer its lines again. */
const KNOWN_FOR_MS = 48 * 60 * 60 * 1000;

/**
 * Takes one batch of a shard. Each record counts once, however batches are split, repeated or reordered: within a
 * window by the state, across windows by the journal, for 48 hours. A second record with the number of a known one is no
 * repeat: it becomes a dead letter and is named. Resolves once none of it can be lost: merged into
 * the state, delivered, in a backlog, or among the dead letters. Rejects otherwise (the store cannot be written, the
 * state is damaged); the caller must then offer the same batch with the same state again.
 */
export async function forwardRecords(batch: WindowBatch, options: ForwardRecordsOptions): Promise<RecordsForwarded> {
  const { journal, store, nowMs, maxStateLength = 700_000 } = options;
  const entry = await journal.load();
  const stateDigest = digestOf(batch.state);
  // The call that forwarded this state failed afterwards, or its reply was lost: the journal knows the records of the
  // state.
  const isSpent = stateDigest !== '' && entry?.known.state === stateDigest;
  const window = stateDigest === '' || isSpent ? new MergedWindow() : MergedWindow.fromState(batch.state);
  const known = KnownRecords.fromJson(entry?.known.records ?? {});
  const before = window.records;
  const { refused, forked } = addAll(window, known, batch.items);
  await store.deadLetters.keep(UNREADABLE, refused.letters, nowMs());
  const counts = { taken: window.records - before, unreadable: refused.count - forked.length, forked };

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

/** Places merged records in the order of forwarding: they have no place of their own in the stream. */
function placed(outbox: readonly Parcel[], nowMs: number): readonly Placed[] {
  return outbox.map((parcel) => ({ position: positionOf(nowMs), parcel }));
}

function digestOf(state: string): string {
  return state === '' ? '' : createHash('sha256').update(state).digest('hex');
}

/**
 * Adds every line to the window. Returns the lines that cannot be added, each as a dead letter with its bytes, and the
 * places of those that contradict a known record.
 */
function addAll(
  window: MergedWindow,
  known: KnownRecords,
  items: readonly StreamItem[],
): { readonly refused: Unreadable; readonly forked: readonly string[] } {
  const refused = new Unreadable();
  const forked: string[] = [];
  for (const item of items) {
    if (item.lines === undefined) refused.addRecord(item, 'damaged');
    const bad: UnreadableLine[] = [];
    for (const [at, line] of (item.lines ?? []).entries()) {
      const addition = window.add(line, known);
      if (addition.kind === 'added' || addition.kind === 'known') continue;
      bad.push({ at, reason: addition.kind });
      if (addition.kind === 'forked') forked.push(`${addition.chainId}:${addition.sequence}`);
    }
    refused.addLines(item, bad);
  }
  return { refused, forked };
}
