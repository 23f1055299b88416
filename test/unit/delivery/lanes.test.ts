import { beforeEach, describe, expect, test } from '@jest/globals';
import { laneId, laneStore } from '../../../lib/delivery/lane.ts';
import { CALL_MS } from '../../../lib/delivery/limits.ts';
import type { ListableStore } from '../../../lib/delivery/ports.ts';
import { drainAll, type LaneUnderTest, laneUnderTest, loadOf, MINUTE_MS, sendAll } from '../../support/lanes.ts';
import { type Mood, WELL } from '../../support/memory-sink.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { VirtualTime } from '../../support/virtual-time.ts';

const HOUR_MS = 60 * MINUTE_MS;
const BUSY: Mood = { takes: 0, says: 'retry' };
const FORBIDDEN: Mood = { takes: 0, says: 'config' };
const HANGS: Mood = { takes: 0, says: 'nothing' };

let time: VirtualTime;
let store: MemoryStore;
let lane: LaneUnderTest;

beforeEach(() => {
  time = new VirtualTime();
  store = new MemoryStore();
  lane = laneUnderTest('acme@splunk');
});

const numbers = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);
const ids = (from: number, to: number): readonly string[] => numbers(from, to).map((number) => `${lane.id} ${number}`);
const sendRange = (from: number, to: number) => sendAll([loadOf(lane, numbers(from, to))], store, time);
/** The mark of a slow lane. */
const MARK = 'backlog/acme@splunk/slow.0';
const keys = (prefix: string): readonly string[] => [...store.objects.keys()].filter((key) => key.startsWith(prefix));
const isIn = (mood: Mood): void => void (lane.sink.mood = () => mood);

/** Drains once a minute until no backlog is left. */
async function strikes(limit: number, lanes: readonly LaneUnderTest[] = [lane]): Promise<void> {
  for (let strike = 0; strike < limit && keys('backlog/').length > 0; strike++) {
    const untilMs = time.nowMs() + MINUTE_MS;
    await drainAll(lanes, store, time);
    time.advance(Math.max(0, untilMs - time.nowMs()));
  }
}

describe('a lane that works', () => {
  test('delivers in order and in calls of the size of its sink', async () => {
    expect(await sendRange(0, 8)).toMatchObject([{ delivered: 8, parked: 0, deadLetters: 0 }]);
    expect(lane.sink.received).toEqual(ids(0, 8));
    expect(lane.sink.calls).toBe(3);
  });

  test('costs one look at the backlog and no write', async () => {
    const asked: string[] = [];
    const watched = new Proxy(store, {
      get: (target, name) => {
        asked.push(String(name));
        const member = target[name as keyof MemoryStore];
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    await sendAll([loadOf(lane, [1, 2, 3]), loadOf(laneUnderTest('other@s3'), [4])], watched, time);
    expect(asked).toEqual(['folders']);
  });

  test('waits out a short failure without a backlog', async () => {
    const moods = [BUSY, WELL];
    lane.sink.mood = () => moods.shift() ?? WELL;
    expect(await sendRange(0, 8)).toMatchObject([{ delivered: 8, parked: 0 }]);
    expect(lane.sink.received).toEqual(ids(0, 8));
  });

  test('makes dead letters of parcels that its sink never takes, and goes on', async () => {
    lane.sink.refuses = (id) => id.endsWith(' 1');
    expect(await sendRange(0, 4)).toMatchObject([{ delivered: 3, deadLetters: 1, reason: 'refused' }]);
    expect(keys('')).toEqual([expect.stringMatching(/^dead-letters\/acme@splunk\/.+\.jsonl$/)]);
  });
});

describe('a lane that fails', () => {
  test.each<[string, Mood]>([
    ['busy', BUSY],
    ['misconfigured', FORBIDDEN],
    ['hanging', HANGS],
    ['breaking off after some', { takes: 2, says: 'retry' }],
    ['taking all and saying nothing', { says: 'nothing' }],
  ])('by %s keeps the parcels left and later ones without another call', async (_, mood) => {
    isIn(mood);
    const [first] = await sendRange(0, 5);
    expect(first!.delivered + first!.parked).toBe(5);
    const { calls } = lane.sink;
    expect(await sendRange(5, 9)).toMatchObject([{ delivered: 0, parked: 4 }]);
    expect(lane.sink.calls).toBe(calls);
    isIn(WELL);
    await strikes(20);
    expect(lane.sink.firsts).toEqual(ids(0, 9));
    expect(keys('backlog/')).toEqual([]);
    expect(keys('dead-letters/')).toEqual([]);
  });

  test('holds up a batch for a second at most, however long it hangs', async () => {
    isIn(HANGS);
    const startedMs = time.nowMs();
    await sendRange(0, 5);
    expect(time.nowMs() - startedMs).toBe(1_000);
  });

  test('delays no other lane, and never holds all connections', async () => {
    const hanging = Array.from({ length: 250 }, (_, i) => laneUnderTest(`hangs-${i}@x`));
    for (const one of hanging) one.sink.mood = () => HANGS;
    const healthy = Array.from({ length: 50 }, (_, i) => laneUnderTest(`works-${i}@x`));
    const startedMs = time.nowMs();
    let doneMs = 0;
    for (const one of healthy) {
      one.sink.mood = () => {
        doneMs = time.nowMs();
        return WELL;
      };
    }
    await sendAll(
      [...hanging, ...healthy].map((one) => loadOf(one, [1])),
      store,
      time,
    );
    expect(healthy.every(({ sink }) => sink.received.length === 1)).toBe(true);
    // Two waves of a hundred gave their places away after a tenth of a second each.
    expect(doneMs - startedMs).toBe(200);
  });

  test('does not stop the others when its parcels cannot be kept: the batch is rejected', async () => {
    isIn(BUSY);
    const other = laneUnderTest('other@x');
    let calls = 0;
    store.trouble = () => (calls++ === 0 ? 'none' : 'before');
    const sent = sendAll([loadOf(lane, [1]), loadOf(other, [2])], store, time);
    await expect(sent).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(other.sink.received).toEqual(['other@x 2']);
  });
});

describe('the drainer', () => {
  test('tries a second after the first failure, then twice as long each time up to five minutes', async () => {
    isIn(BUSY);
    await sendRange(0, 1);
    const tries: number[] = [];
    let lastMs = time.nowMs();
    lane.sink.mood = () => {
      tries.push(Math.floor(time.nowMs() - lastMs));
      lastMs = time.nowMs();
      return BUSY;
    };
    await drainAll([lane], store, time, { forMs: 40 * MINUTE_MS });
    // Jitter of 0.5 makes three quarters of each; the attempts of the batch itself were the first failure.
    expect(tries.slice(0, 12)).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 750),
    );
  });

  test('tries a lane with a wrong setting every quarter of an hour', async () => {
    isIn(FORBIDDEN);
    await sendRange(0, 1);
    const { calls } = lane.sink;
    await drainAll([lane], store, time, { forMs: 14 * MINUTE_MS });
    expect(lane.sink.calls).toBe(calls);
    await drainAll([lane], store, time, { forMs: 61 * MINUTE_MS });
    expect(lane.sink.calls).toBe(calls + 4);
  });

  test.each([
    [90_000, 90_000],
    [10 * HOUR_MS, HOUR_MS],
  ])('waits for a sink that asks for %d ms for %d ms', async (afterMs, waitedMs) => {
    isIn({ takes: 0, says: 'retry', afterMs });
    await sendRange(0, 1);
    const startedMs = time.nowMs();
    let triedMs = 0;
    lane.sink.mood = () => {
      triedMs = time.nowMs();
      return WELL;
    };
    await drainAll([lane], store, time, { forMs: 2 * HOUR_MS });
    expect(triedMs - startedMs).toBe(waitedMs);
  });

  test('makes dead letters of parcels that have waited for 24 hours when the sink fails again, and keeps the rest', async () => {
    isIn(BUSY);
    await sendRange(0, 4);
    time.advance(23 * HOUR_MS);
    await sendRange(4, 6);
    time.advance(HOUR_MS);
    expect(await drainAll([lane], store, time, { forMs: 1 })).toMatchObject([{ delivered: 0, deadLetters: 4 }]);
    isIn(WELL);
    await strikes(20);
    expect(lane.sink.received).toEqual(ids(4, 6));
    const letters = keys('dead-letters/acme@splunk/').flatMap((key) =>
      store.objects.get(key)!.body.toString().trim().split('\n'),
    );
    expect(letters.map((letter) => JSON.parse(letter) as object)).toMatchObject(
      ids(0, 4).map((id) => ({ kind: 'retry', reason: 'retry', parcel: { id } })),
    );
  });

  test('delivers parcels that have waited longer, if the sink takes them', async () => {
    isIn(FORBIDDEN);
    await sendRange(0, 4);
    time.advance(48 * HOUR_MS);
    isIn(WELL);
    expect(await drainAll([lane], store, time)).toMatchObject([{ delivered: 4, deadLetters: 0 }]);
  });

  test('counts the parcels that its sink never takes while it drains, and delivers the others', async () => {
    isIn(BUSY);
    await sendRange(0, 6);
    isIn(WELL);
    time.advance(HOUR_MS);
    lane.sink.refuses = (id) => id.endsWith(' 1') || id.endsWith(' 4');
    expect(await drainAll([lane], store, time)).toMatchObject([{ delivered: 4, deadLetters: 2 }]);
    expect(lane.sink.received).toEqual([0, 2, 3, 5].map((number) => `${lane.id} ${number}`));
  });

  test('keeps the parcels of a disabled sink without limit', async () => {
    isIn(FORBIDDEN);
    await sendRange(0, 4);
    const { calls } = lane.sink;
    time.advance(100 * HOUR_MS);
    expect(await drainAll(() => 'disabled', store, time)).toMatchObject([{ delivered: 0, deadLetters: 0 }]);
    expect(lane.sink.calls).toBe(calls);
    isIn(WELL);
    await strikes(1);
    expect(lane.sink.received).toEqual(ids(0, 4));
  });

  test('gives up the parcels of a sink that no longer exists after 24 hours, without a call', async () => {
    isIn(FORBIDDEN);
    await sendRange(0, 4);
    const { calls } = lane.sink;
    time.advance(23 * HOUR_MS);
    expect(await drainAll([], store, time)).toMatchObject([{ deadLetters: 0, lane: undefined }]);
    time.advance(HOUR_MS);
    expect(await drainAll([], store, time)).toMatchObject([{ deadLetters: 4 }]);
    expect(lane.sink.calls).toBe(calls);
    expect(keys('backlog/')).toEqual([]);
  });

  test('leaves a lane to the drainer that holds it, and takes it over from one that died', async () => {
    isIn(BUSY);
    await sendRange(0, 9);
    isIn(WELL);
    time.advance(MINUTE_MS);
    await Promise.all(['one', 'two'].map((claimant) => drainAll([lane], store, time, { claimant })));
    expect(lane.sink.received).toEqual(ids(0, 9));

    isIn(BUSY);
    await sendRange(9, 12);
    isIn(WELL);
    time.advance(MINUTE_MS);
    const claim = { by: 'dead', untilMs: time.nowMs() + 2 * MINUTE_MS };
    await store.put(`lanes/${lane.id}.json`, Buffer.from(JSON.stringify({ claim })));
    expect(await drainAll([lane], store, time)).toMatchObject([{ delivered: 0 }]);
    time.advance(2 * MINUTE_MS);
    expect(await drainAll([lane], store, time)).toMatchObject([{ delivered: 3 }]);
  });

  test('holds its claim until the last call has ended, which may begin as its time is up', async () => {
    isIn(BUSY);
    await sendRange(0, 3);
    time.advance(MINUTE_MS);
    const others: unknown[] = [];
    const deliver = lane.sink.deliver.bind(lane.sink);
    isIn(WELL);
    lane.sink.deliver = async (parcels) => {
      lane.sink.deliver = deliver;
      time.advance(1_000 + CALL_MS);
      others.push(await drainAll([lane], store, time, { claimant: 'two' }));
      return deliver(parcels);
    };
    await drainAll([lane], store, time, { forMs: 1_000, claimant: 'one' });
    expect(others).toMatchObject([[{ delivered: 0 }]]);
    expect(lane.sink.received).toEqual(ids(0, 3));
  });

  test('brings nothing back that another drainer delivered while it slept', async () => {
    isIn(BUSY);
    await sendRange(0, 3);
    time.advance(MINUTE_MS);
    // The first takes one parcel and fails; before it has said so, its claim has ended and another has done everything.
    let second: Promise<unknown> | undefined;
    lane.sink.mood = () => {
      if (second !== undefined) return WELL;
      time.advance(10 * MINUTE_MS);
      second = drainAll([lane], store, time, { claimant: 'two' });
      return { takes: 1, says: 'what it took' };
    };
    const deliver = lane.sink.deliver.bind(lane.sink);
    lane.sink.deliver = async (parcels) => {
      const isFirst = second === undefined;
      const verdicts = await deliver(parcels);
      if (isFirst) await second;
      return verdicts;
    };
    await drainAll([lane], store, time, { forMs: 1, claimant: 'one' });
    expect(lane.sink.received).toEqual([...ids(0, 1), ...ids(0, 3)]);
    expect(keys('backlog/')).toEqual([MARK]);
  });

  test('counts failures from the start after a delivery', async () => {
    isIn(BUSY);
    for (const number of numbers(0, 30)) await sendRange(number, number + 1);
    const failures = async () => (await drainAll([lane], store, time, { forMs: 1 }))[0]!.circuit!.failures;
    time.advance(MINUTE_MS);
    expect(await failures()).toBe(2);
    time.advance(MINUTE_MS);
    const moods = [WELL, BUSY];
    lane.sink.mood = () => moods.shift() ?? BUSY;
    expect(await failures()).toBe(1);
  });

  test('stops when its time is up, and the next goes on from there', async () => {
    isIn(BUSY);
    for (const number of numbers(0, 60)) await sendRange(number, number + 1);
    lane.sink.mood = () => {
      time.advance(1_000);
      return WELL;
    };
    time.advance(MINUTE_MS);
    const [outcome] = await drainAll([lane], store, time, { forMs: 10_000 });
    expect(outcome!.delivered).toBeLessThan(60);
    expect(outcome).toMatchObject({ circuit: undefined });
    await strikes(20);
    expect(lane.sink.received).toEqual(ids(0, 60));
  });

  test('reports how long the oldest parcel has waited, and why', async () => {
    isIn(BUSY);
    const startedMs = time.nowMs();
    await sendRange(0, 1);
    time.advance(HOUR_MS);
    await sendRange(1, 2);
    const [outcome] = await drainAll([lane], store, time, { forMs: 1 });
    expect(outcome?.circuit).toMatchObject({ reason: 'retry', kind: 'retry', failures: 2 });
    expect(outcome!.circuit!.waitingSinceMs - startedMs).toBeLessThan(5_000);
  });

  test('puts a damaged object of a backlog aside, and drains the other lanes', async () => {
    const other = laneUnderTest('other@x');
    for (const one of [lane, other]) one.sink.mood = () => BUSY;
    await sendAll([loadOf(lane, [1]), loadOf(other, [2])], store, time);
    const [key] = keys(`backlog/${lane.id}/`);
    await store.put(key!, Buffer.from('{"parked'));
    for (const one of [lane, other]) one.sink.mood = () => WELL;
    time.advance(MINUTE_MS);
    await drainAll([lane, other], store, time);
    expect(other.sink.received).toEqual(['other@x 2']);
    expect(keys('backlog/')).toEqual([]);
    expect(keys('damaged/')).toEqual([`damaged/${key}`]);
    expect(store.objects.get(`damaged/${key}`)?.body.toString()).toBe('{"parked');
  });
});

const park = (...parked: number[]) => laneStore(store).backlog.park(lane.id, loadOf(lane, parked).placed, time.nowMs());

/** The store as a drainer sees it that has listed an object which another drainer has removed since. */
function withGhost(): ListableStore {
  const list = store.list.bind(store);
  return Object.assign(Object.create(store) as MemoryStore, {
    get: store.get.bind(store),
    put: store.put.bind(store),
    remove: store.remove.bind(store),
    folders: store.folders.bind(store),
    async *list(prefix: string) {
      yield `${prefix}${'0'.repeat(64)}-ghost.1`;
      yield* list(prefix);
    },
  });
}

describe('a backlog that changes under its drainer', () => {
  test('sends a parcel once that waits in several objects, however far apart', async () => {
    // The batch of 7 was offered twice, the second time with 8; eight objects are read at a time.
    for (const number of numbers(0, 9)) await park(number);
    await park(7, 8);
    expect(await drainAll([lane], store, time)).toMatchObject([{ delivered: 9 }]);
    expect(lane.sink.received).toEqual(ids(0, 9));
    expect(keys('backlog/')).toEqual([]);
  });

  test('goes on behind an object that was removed after it was listed', async () => {
    await park(1);
    expect(await drainAll([lane], withGhost(), time)).toMatchObject([{ delivered: 1, circuit: undefined }]);
    expect(lane.sink.received).toEqual(ids(1, 2));
  });

  test('finds the oldest object behind one that was removed, when its sink fails', async () => {
    isIn(BUSY);
    await park(1);
    const parkedMs = time.nowMs();
    time.advance(HOUR_MS);
    const [outcome] = await drainAll([lane], withGhost(), time, { forMs: 1 });
    expect(outcome?.circuit?.waitingSinceMs).toBe(parkedMs);
  });
});

describe('the name of a lane', () => {
  const NAMES = [
    'acme',
    'Acme',
    'ACME',
    'a@b',
    'a%40b',
    '../x',
    '.hidden',
    'ü',
    'a/b',
    'a b',
    'x'.repeat(256),
    'x'.repeat(255),
  ];

  test('differs for each tenant and sink, also where file names ignore case', () => {
    const all = NAMES.flatMap((tenant) => ['s1', 'S1'].map((sink) => laneId(tenant, sink).toLowerCase()));
    expect(new Set(all).size).toBe(all.length);
  });

  test.each(NAMES)('of %j is safe in keys and file names', (tenant) => {
    expect(laneId(tenant, 's1')).toMatch(/^[a-z0-9_%-][a-z0-9_%.-]{0,99}@[a-z0-9-]+$/);
  });
});
