// Lanes whose sinks answer late: what they cost others, and what becomes of their own parcels.
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Lane } from '../../../lib/delivery/lane.ts';
import type { LaneState } from '../../../lib/delivery/lane-state.ts';
import type { DeliverySink, ListableStore, Parcel, Verdict } from '../../../lib/delivery/ports.ts';
import type { LaneOutcome } from '../../../lib/delivery/send.ts';
import {
  drainAll,
  type LaneUnderTest,
  laneUnderTest,
  loadOf,
  MINUTE_MS,
  sendAll,
  slowBy,
} from '../../support/lanes.ts';
import { type Mood, WELL } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const SLOW: Mood = { says: 'what it took', lateMs: 4_700 };
const BUSY: Mood = { takes: 0, says: 'retry' };
const FORBIDDEN: Mood = { takes: 0, says: 'config' };
const MARK = 'backlog/acme@splunk/slow.0';

let time: VirtualTime;
let store: MemoryStore;
let slow: LaneUnderTest;
let healthy: LaneUnderTest;
let late: Promise<LaneOutcome | undefined>[];

beforeEach(() => {
  time = new VirtualTime();
  store = new MemoryStore();
  slow = laneUnderTest('acme@splunk');
  healthy = laneUnderTest('globex@s3');
  slowBy(time, [slow, healthy]);
  slow.sink.mood = () => SLOW;
  late = [];
});

const ids = (...numbers: readonly number[]) => numbers.map((number) => `${slow.id} ${number}`);
const sendTo = (lanes: readonly LaneUnderTest[], ...numbers: number[]) =>
  sendAll(
    lanes.map((lane) => loadOf(lane, numbers)),
    store,
    time,
    (outcome) => void late.push(outcome),
  );
const revised = (revision: number): LaneUnderTest => ({ ...slow, revision });
const backlog = (): readonly string[] => [...store.objects.keys()].filter((key) => key.startsWith('backlog/'));
const stateOf = (id: string): LaneState => {
  const body = store.objects.get(`lanes/${id}.json`)?.body.toString() ?? '{}';
  return JSON.parse(body) as LaneState;
};

describe('a slow lane', () => {
  test('delays the deliveries of another by nothing, however many batches there are', async () => {
    const delays: number[] = [];
    let startedMs = 0;
    healthy.sink.mood = () => {
      delays.push(time.nowMs() - startedMs);
      return WELL;
    };
    const batches: number[] = [];
    for (let number = 0; number < 200; number++) {
      startedMs = time.nowMs();
      await sendTo([slow, healthy], number);
      batches.push(time.nowMs() - startedMs);
      await time.sleep(200);
    }
    expect(new Set(delays)).toEqual(new Set([0]));
    // Only the batch that finds out waits.
    expect(batches.filter((ms) => ms > 0)).toEqual([500]);
  });

  test('leaves its batch, and what its open call takes is delivered once', async () => {
    expect(await sendTo([slow], 0, 1, 2, 3, 4)).toMatchObject([
      { delivered: 0, parked: 5, deadLetters: 0, reason: 'slow' },
    ]);
    expect(await Promise.all(late)).toMatchObject([{ delivered: 3, parked: 2, deadLetters: 0 }]);
    await drainAll([slow], store, time);
    expect(slow.sink.received).toEqual(ids(0, 1, 2, 3, 4));
    expect(backlog()).toEqual([MARK]); // the drainer found it slow too
  });

  test('keeps what its open call refuses as dead letters', async () => {
    slow.sink.refuses = (id) => id.endsWith(' 1');
    await sendTo([slow], 0, 1, 2);
    expect(await Promise.all(late)).toMatchObject([{ delivered: 2, parked: 0, deadLetters: 1, reason: 'refused' }]);
    expect([...store.objects.keys()].filter((key) => key.startsWith('dead-letters/'))).toHaveLength(1);
    expect(backlog()).toEqual([MARK]);
  });

  test('waits for its next try when its open call fails in the end', async () => {
    slow.sink.mood = () => ({ ...FORBIDDEN, lateMs: 4_700 });
    await sendTo([slow], 0);
    await Promise.all(late);
    expect(stateOf(slow.id)).toMatchObject({ circuit: { kind: 'config', failures: 1 } });
    expect(stateOf(slow.id).claim).toBeUndefined();
  });

  test('is left alone by drainers while its call is open, also after a call without an answer for 15 seconds', async () => {
    slow.sink.mood = () => ({ says: 'nothing', takes: 0 });
    await sendTo([slow], 0);
    await time.sleep(14_000);
    await drainAll([slow], store, time, { forMs: 100 });
    expect(slow.sink.calls).toBe(1);
    slow.sink.mood = () => WELL;
    await Promise.all(late);
    await time.sleep(MINUTE_MS);
    await drainAll([slow], store, time);
    expect(slow.sink.received).toEqual(ids(0));
  });

  test('is drained 15 seconds later when the process died with the call open', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    slow.sink.pause = () => answered;
    await sendTo([slow], 0, 1);
    slow.sink.mood = () => WELL;
    await time.sleep(15_000);
    await drainAll([slow], store, time);
    expect(slow.sink.received).toEqual(ids(0, 1));
    answer(); // the process thaws: nothing comes back
    await Promise.all(late);
    expect(backlog()).toEqual([]);
  });

  test('of many quick calls leaves its batch too, between two of them', async () => {
    slow.sink.mood = () => ({ says: 'what it took', lateMs: 180 });
    const numbers = Array.from({ length: 12 }, (_, i) => i);
    const [outcome] = await sendTo([slow], ...numbers);
    expect(outcome).toMatchObject({ delivered: 9, parked: 3, reason: 'slow' });
    await Promise.all(late);
    await drainAll([slow], store, time);
    expect(slow.sink.received).toEqual(ids(...numbers));
  });

  test('is called by batches again at once when it was slow for the first time and the drainer finds it quick', async () => {
    await sendTo([slow], 0, 1, 2, 3);
    await Promise.all(late);
    slow.sink.mood = () => WELL;
    await drainAll([slow], store, time);
    expect(backlog()).toEqual([]);
    expect(await sendTo([slow], 4)).toMatchObject([{ delivered: 1 }]);
    expect(slow.sink.received).toEqual(ids(0, 1, 2, 3, 4));
  });

  test('is called by batches again ten minutes after the drainer found it slow', async () => {
    await sendTo([slow], 0, 1, 2, 3);
    await Promise.all(late);
    await drainAll([slow], store, time);
    slow.sink.mood = () => WELL;
    await time.sleep(9 * MINUTE_MS);
    await drainAll([slow], store, time);
    expect(backlog()).toEqual([MARK]);
    await time.sleep(MINUTE_MS);
    await drainAll([slow], store, time);
    expect(backlog()).toEqual([]);
  });

  test('is left to the drainer longer each time that batches find it slow, up to an hour', async () => {
    const holds: number[] = [];
    for (let number = 0; number < 9; number++) {
      const startedMs = time.nowMs();
      await sendTo([slow], number);
      const { untilMs } = stateOf(slow.id).slow!;
      holds.push(Math.floor((untilMs - startedMs) / MINUTE_MS));
      await Promise.all(late);
      await time.sleep(Math.max(0, untilMs - time.nowMs()));
      await drainAll([slow], store, time);
    }
    expect(holds).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test('stays with the drainer as long as that finds it slow, and is served while it has parcels', async () => {
    await sendTo([slow], 0);
    await Promise.all(late);
    await sendTo([slow], 1);
    const draining = drainAll([slow], store, time, { forMs: 40_000 });
    await time.sleep(6_000);
    await sendTo([slow], 2);
    expect(await draining).toMatchObject([{ delivered: 2, isSlow: true }]);
    expect(slow.sink.received).toEqual(ids(0, 1, 2));
    await time.sleep(5 * MINUTE_MS);
    await drainAll([slow], store, time);
    expect(backlog()).toEqual([MARK]);
  });

  test('is found by the drainer too, so that no batch has to', async () => {
    slow.sink.mood = () => BUSY;
    await sendTo([slow], 0);
    slow.sink.mood = () => SLOW;
    await time.sleep(MINUTE_MS);
    await drainAll([slow], store, time);
    expect(backlog()).toEqual([MARK]);
  });

  test('loses its mark with its sink', async () => {
    await sendTo([slow], 0);
    await Promise.all(late);
    await time.sleep(MINUTE_MS);
    await drainAll([], store, time);
    expect(backlog()).toEqual([]);
  });

  test('loses nothing when neither its mark nor its claim can be kept', async () => {
    const put = store.put.bind(store);
    store.put = (key, ...rest) =>
      key.startsWith('lanes/') || key === MARK ? Promise.reject(new Error('down')) : put(key, ...rest);
    expect(await sendTo([slow], 0, 1)).toMatchObject([{ parked: 2 }]);
    expect(backlog()).toHaveLength(1);
  });
});

/** A collector that takes `postMs` for parcels and acknowledges them `ackMs` later, once. An answer takes `answerMs`. */
class Collector {
  readonly received: string[] = [];
  readonly #dueMs = new Map<string, number>();
  readonly postMs: number;
  readonly ackMs: number;
  readonly answerMs: number;

  constructor(postMs: number, ackMs: number, answerMs = 50) {
    this.answerMs = answerMs;
    this.postMs = postMs;
    this.ackMs = ackMs;
  }

  /** Returns its lane in a process that is frozen after `endsMs`. */
  laneUntil(endsMs: number): Lane {
    const receipts = new Map<string, string>();
    const pause = async (ms: number): Promise<void> => {
      await time.sleep(ms);
      if (time.nowMs() > endsMs) await new Promise(() => {});
    };
    const deliverOne = async ({ id, receipt }: Parcel, untilMs: number): Promise<Verdict> => {
      if (receipt === undefined && !receipts.has(id)) {
        this.received.push(id);
        await pause(this.postMs);
        this.#dueMs.set(id, time.nowMs() + this.ackMs);
      }
      receipts.set(id, 'queued');
      for (; time.nowMs() + 100 <= untilMs; await pause(100)) {
        const isDue = this.#dueMs.get(id)! <= time.nowMs();
        if (isDue) this.#dueMs.set(id, Number.POSITIVE_INFINITY);
        await pause(this.answerMs);
        if (isDue) return { kind: 'delivered' };
      }
      return { kind: 'retry', reason: 'not acknowledged' };
    };
    const sink: DeliverySink = {
      name: 'collector',
      maxParcels: 9,
      maxBytes: 1_000_000,
      deliver: (parcels, untilMs) => Promise.all(parcels.map((parcel) => deliverOne(parcel, untilMs!))),
      receiptOf: (id) => receipts.get(id),
    };
    return { id: 'acme@splunk', kind: 'splunk', sink };
  }
}

/** Sends one parcel from a process that is frozen after `endsMs`, beside one for a healthy lane. */
function sendUntil(endsMs: number, collector: Collector): Promise<readonly LaneOutcome[]> {
  const isFrozen = (): boolean => time.nowMs() > endsMs;
  const ofProcess: ListableStore = {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    folders: (prefix) => store.folders(prefix),
    put: (...put) => (isFrozen() ? new Promise(() => {}) : store.put(...put)),
    remove: (key) => (isFrozen() ? new Promise(() => {}) : store.remove(key)),
  };
  const loads = [loadOf(collector.laneUntil(endsMs), [0]), loadOf(healthy, [0])];
  return sendAll(loads, ofProcess, time, (outcome) => void late.push(outcome));
}

describe('a lane whose acknowledgements are late', () => {
  test.each([0, 300, 400, 450, 500, 700, 4_000, 30_000])(
    'is sent an event once when the process freezes with its reply, acknowledged after %d ms',
    async (ackMs) => {
      const collector = new Collector(50, ackMs);
      const startedMs = time.nowMs();
      await sendUntil(startedMs + 501, collector);
      expect(time.nowMs() - startedMs).toBeLessThanOrEqual(500);
      for (let strikes = 0; strikes < 3; strikes++) {
        await time.sleep(MINUTE_MS);
        await drainAll([collector.laneUntil(Number.POSITIVE_INFINITY)], store, time);
      }
      expect(collector.received).toEqual(ids(0));
      expect(backlog().filter((key) => key !== MARK)).toEqual([]);
    },
  );

  test('is slow, not failed', async () => {
    expect(await sendUntil(Number.POSITIVE_INFINITY, new Collector(50, 4_000))).toMatchObject([
      { parked: 1, reason: 'slow' },
      { delivered: 1 },
    ]);
    await Promise.all(late);
    expect(stateOf(slow.id)).toEqual({ slow: expect.anything() });
    expect(backlog()).toContain(MARK);
  });

  test('keeps the receipts of an open call whose question is still open', async () => {
    const collector = new Collector(50, 4_000, 2_000);
    await sendUntil(time.nowMs() + 501, collector);
    await time.sleep(MINUTE_MS);
    await drainAll([collector.laneUntil(Number.POSITIVE_INFINITY)], store, time);
    expect(collector.received).toEqual(ids(0));
  });

  test('keeps its receipts as soon as an open call is answered, whatever becomes of the process then', async () => {
    const collector = new Collector(900, 4_000);
    await sendUntil(time.nowMs() + 1_000, collector);
    await time.sleep(MINUTE_MS);
    await drainAll([collector.laneUntil(Number.POSITIVE_INFINITY)], store, time);
    expect(collector.received).toEqual(ids(0));
    expect(stateOf(slow.id).circuit).toBeUndefined();
  });
});

describe('a lane whose settings change', () => {
  const CONFIG: Mood = FORBIDDEN;
  const ASKS: Mood = { ...BUSY, afterMs: 30 * MINUTE_MS };

  test.each<[string, Mood]>([
    ['was wrong', CONFIG],
    ['asked for half an hour', ASKS],
  ])('that %s is tried at once, and not before', async (_, mood) => {
    slow.sink.mood = () => mood;
    await sendTo([revised(1)], 0);
    slow.sink.mood = () => WELL;
    await drainAll([revised(1)], store, time, { forMs: MINUTE_MS });
    expect(slow.sink.received).toEqual([]);
    await drainAll([revised(2)], store, time, { forMs: MINUTE_MS });
    expect(slow.sink.received).toEqual(ids(0));
  });

  test('waits again when the new settings are wrong too', async () => {
    slow.sink.mood = () => CONFIG;
    await sendTo([revised(1)], 0);
    await drainAll([revised(2)], store, time, { forMs: MINUTE_MS });
    const { calls } = slow.sink;
    await drainAll([revised(2)], store, time, { forMs: MINUTE_MS });
    expect(slow.sink.calls).toBe(calls);
  });

  test('is tried once when somebody asks for it, and only that lane', async () => {
    slow.sink.mood = () => CONFIG;
    healthy.sink.mood = () => CONFIG;
    await sendTo([slow, healthy], 0);
    const calls = [slow.sink.calls, healthy.sink.calls];
    await drainAll([slow, healthy], store, time, { forMs: MINUTE_MS, lanes: [slow.id], now: true });
    expect([slow.sink.calls, healthy.sink.calls]).toEqual([calls[0]! + 1, calls[1]]);
  });
});
