import { beforeEach, describe, expect, test } from '@jest/globals';
import { Journal } from '../../../lib/delivery/journal.ts';
import { type Lane, laneStore } from '../../../lib/delivery/lane.ts';
import { positionOf, type StreamItem } from '../../../lib/delivery/stream-item.ts';
import {
  forwardRecords,
  type RecordsForwarded,
  type Taken,
  type WindowBatch,
} from '../../../lib/siem/forward-records.ts';
import { MemorySink } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { type Original, originals } from '../../support/signed-lines.ts';
import { stillClock } from '../../support/virtual-time.ts';

/** Six records of one user and code, so that a window makes one of them. */
const ALL = originals(Array.from({ length: 6 }, (_, i) => ({ chain: 'a', user: 'u', code: 8, count: i + 1 })));
const HOUR_MS = 3_600_000;

let store: MemoryStore;
let sink: MemorySink;
let bodies: string[];
beforeEach(() => {
  store = new MemoryStore();
  sink = new MemorySink(100);
  bodies = [];
  const deliver = sink.deliver.bind(sink);
  sink.deliver = (parcels) => {
    bodies.push(...parcels.map(({ body }) => body));
    return deliver(parcels);
  };
});

function itemOf({ line }: Original, i: number): StreamItem {
  return { id: `s:${i}`, position: positionOf(i), timeMs: 5, lines: [line], raw: () => line };
}
const items = (from: number, to: number): readonly StreamItem[] => ALL.map(itemOf).slice(from, to);

function run(
  batch: Partial<WindowBatch>,
  { aheadMs = 0, maxStateLength }: { readonly aheadMs?: number; readonly maxStateLength?: number } = {},
): Promise<RecordsForwarded> {
  const clock = stillClock(aheadMs);
  const lane: Lane = { id: 'opensearch', kind: 'esa', sink };
  const deadlineMs = clock.nowMs() + 60_000;
  return forwardRecords(
    { items: [], state: '', isLast: true, deadlineMs, ...batch },
    {
      ...clock,
      journal: new Journal<Taken>(store, 'journal.json'),
      store: laneStore(store),
      loadsOf: (placed) => [{ lane, placed }],
      ...(maxStateLength !== undefined && { maxStateLength }),
    },
  );
}

const counts = (): readonly number[] => bodies.map((body) => (JSON.parse(body) as { cnt: number }).cnt);

describe('forwarding audit records', () => {
  test('keeps a record once, whole, when more than a hundred of its lines are no audit records', async () => {
    const bad = { ...items(0, 1)[0]!, lines: [ALL[0]!.line, ...Array.from({ length: 5000 }, (_, i) => `no ${i}`)] };
    expect(await run({ items: [bad] })).toMatchObject({ taken: 1, unreadable: 5000 });
    const [[, letter] = [], ...others] = [...store.objects].filter(([key]) =>
      key.startsWith('dead-letters/unreadable/'),
    );
    expect(others).toEqual([]);
    expect(letter!.body.toString().trimEnd()).not.toContain('\n');
  });

  test('merges the lines of a window over its batches, and delivers at its end', async () => {
    const first = await run({ items: items(0, 2), isLast: false });
    expect(first).toMatchObject({ taken: 2, unreadable: 0, outcomes: [] });
    expect(sink.calls).toBe(0);
    const last = await run({ items: items(2, 4), state: first.state });
    expect(last).toMatchObject({ state: '', taken: 2, outcomes: [{ delivered: 1, parked: 0 }] });
    expect(counts()).toEqual([1 + 2 + 3 + 4]);
  });

  test('delivers a window early when its state grows too long', async () => {
    const { state, outcomes } = await run({ items: items(0, 2), isLast: false }, { maxStateLength: 10 });
    expect([state, outcomes.length]).toEqual(['', 1]);
    expect(counts()).toEqual([3]);
  });

  test('keeps a window open as long as its state fits exactly', async () => {
    const { state } = await run({ items: items(0, 2), isLast: false });
    const again = await run({ items: items(0, 2), isLast: false }, { maxStateLength: state.length });
    expect(again.state).toBe(state);
    expect((await run({ items: items(0, 2), isLast: false }, { maxStateLength: state.length - 1 })).state).toBe('');
  });

  test('writes nothing and calls no sink for a window without records', async () => {
    expect(await run({})).toEqual({ state: '', taken: 0, unreadable: 0, forked: [], outcomes: [] });
    expect([store.objects.size, sink.calls]).toEqual([0, 0]);
  });

  test.each([
    [48, 0],
    [49, 2],
  ])('knows the records of earlier windows for 48 hours: %d hours later it takes %d', async (hours, taken) => {
    await run({ items: items(0, 2) });
    const other = originals([{ chain: 'b', user: 'u', code: 8, count: 1 }]).map(itemOf);
    await run({ items: other }, { aheadMs: hours * HOUR_MS });
    expect(await run({ items: items(0, 2) }, { aheadMs: hours * HOUR_MS })).toMatchObject({ taken });
  });

  test('starts a new window when the state that comes back was delivered already', async () => {
    const { state } = await run({ items: items(0, 2), isLast: false });
    await run({ items: items(2, 3), state });
    // Lambda did not hear the reply: the same state comes with the same and a further record.
    expect(await run({ items: items(2, 4), state })).toMatchObject({ taken: 1 });
    expect(counts()).toEqual([6, 4]);
  });

  test('rejects a damaged state', async () => {
    await expect(run({ items: items(0, 1), state: '{' })).rejects.toMatchObject({ code: 'WINDOW_STATE_INVALID' });
  });

  test('delivers what an earlier run took and could not deliver', async () => {
    const put = store.put.bind(store);
    store.put = (key, ...rest) =>
      key.startsWith('backlog/') ? Promise.reject(new Error('no space')) : put(key, ...rest);
    sink.mood = () => ({ takes: 0, says: 'config' });
    await expect(run({ items: items(0, 2) })).rejects.toThrow('no space');
    store.put = put;
    sink.mood = () => ({ says: 'what it took' });
    bodies.length = 0;
    expect(await run({ items: items(0, 3) })).toMatchObject({ taken: 1, outcomes: [{ delivered: 2 }] });
    expect(counts()).toEqual([3, 3]);
    expect(await run({ items: items(0, 3) })).toMatchObject({ taken: 0, outcomes: [] });
  });

  test('counts no second record with the number of a known one, names its place, and keeps it as a dead letter', async () => {
    const [forged] = originals([{ chain: 'a', user: 'mallory', code: 8, count: 777 }]).map(itemOf);
    const open = await run({ items: items(0, 1), isLast: false });
    const within = await run({ items: [forged!], isLast: false, state: open.state });
    expect(within).toMatchObject({ taken: 0, unreadable: 0, forked: ['a:1'] });
    await run({ state: within.state });
    expect(await run({ items: [forged!, ...items(0, 2)] })).toMatchObject({ taken: 1, forked: ['a:1'] });
    expect(counts()).toEqual([1, 2]);
    const kept = [...store.objects].filter(([key]) => key.startsWith('dead-letters/unreadable/'));
    expect(kept.map(([, { body }]) => JSON.parse(body.toString()) as object)).toMatchObject([
      { kind: 'data', reason: 'forked', parcel: { body: forged!.lines![0] } },
    ]);
  });

  test('reads the journal of an earlier version, which knew records by their number only', async () => {
    await run({ items: items(0, 2) });
    const { body } = store.objects.get('journal.json')!;
    const entry = JSON.parse(body.toString()) as { known: { records: Record<string, unknown[]> }; outbox: [] };
    const records = Object.fromEntries(
      Object.entries(entry.known.records).map(([id, known]) => [id, known.slice(0, 2)]),
    );
    await store.put('journal.json', Buffer.from(JSON.stringify({ ...entry, known: { ...entry.known, records } })), {
      tag: store.objects.get('journal.json')!.tag,
    });
    expect(await run({ items: items(0, 3) })).toMatchObject({ taken: 1, forked: [] });
  });

  test('keeps damaged records and lines that are no records as dead letters, with their bytes', async () => {
    const unsigned = JSON.stringify({ ...ALL[0]!.record, signature: {} });
    const damaged: StreamItem = { id: 's:8', position: positionOf(8), timeMs: 5, lines: undefined, raw: () => 'AAE=' };
    const mixed: StreamItem = { ...damaged, id: 's:9', lines: ['no json', ALL[0]!.line, unsigned] };
    expect(await run({ items: [damaged, mixed] })).toMatchObject({ taken: 1, unreadable: 3 });
    const kept = [...store.objects].filter(([key]) => key.startsWith('dead-letters/unreadable/'));
    const letters = kept.flatMap(([, { body }]) => body.toString().trim().split('\n'));
    expect(letters.map((letter) => JSON.parse(letter) as object)).toMatchObject([
      { kind: 'data', reason: 'damaged', parcel: { id: 's:8', body: 'AAE=' } },
      { kind: 'data', reason: 'malformed', parcel: { id: 's:9/0', body: 'no json' } },
      { kind: 'data', reason: 'unsigned', parcel: { id: 's:9/2', body: unsigned } },
    ]);
  });
});
