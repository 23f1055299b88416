// Lanes under random interleavings: batches offered twice, concurrent drainers, sinks whose replies get lost, a store
// that fails before or after its work, and a process that dies between any two calls.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { drainAll, type LaneUnderTest, laneUnderTest, loadOf, MINUTE_MS, sendAll, slowBy } from '../support/lanes.ts';
import { type Mood, WELL } from '../support/memory-sink.ts';
import { MemoryStore, type StoreTrouble } from '../support/memory-store.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const NAMES = ['a@x', 'b@x', 'b@y'] as const;

/** Says whether parcels wait in an object. */
const waits = (key: string): boolean => key.startsWith('backlog/') && !key.endsWith('/slow.0');

class World {
  readonly time = new VirtualTime();
  readonly store = new MemoryStore();
  readonly lanes: readonly LaneUnderTest[] = NAMES.map(laneUnderTest);
  /** The parcels that each lane was given so far. */
  readonly given = new Map<string, number[]>(NAMES.map((name) => [name, []]));
  #next = 0;

  /** Calls that are open when their batch is taken. */
  readonly late: Promise<unknown>[] = [];

  constructor() {
    slowBy(this.time, this.lanes);
    // One lane's sink never takes every seventh parcel.
    this.lanes[2]!.sink.refuses = (id) => Number(id.split(' ')[1]) % 7 === 0;
  }

  /** The next `size` of the stream, spread over the lanes, as a batch that can be offered again and again. */
  batch(size: number): () => Promise<unknown> {
    const numbers = Array.from({ length: size }, () => this.#next++);
    const shares = this.lanes.map((_, i) => numbers.filter((number) => number % 4 === i || number % 4 === 3));
    for (const [i, { id }] of this.lanes.entries()) this.given.get(id)!.push(...shares[i]!);
    const loads = this.lanes.map((lane, i) => loadOf(lane, shares[i]!)).filter((load) => load.placed.length > 0);
    return () => sendAll(loads, this.store, this.time, (outcome) => void this.late.push(outcome));
  }

  drain(claimant: string): Promise<unknown> {
    return drainAll(this.lanes, this.store, this.time, { claimant });
  }

  /**
   * Mends everything, and drains until no backlog is left. A parcel that was refused alone is judged beside the last
   * batch.
   */
  async settle(): Promise<void> {
    this.store.trouble = () => 'none';
    for (const { sink } of this.lanes) sink.mood = () => WELL;
    await this.batch(8)();
    for (let strike = 0; [...this.store.objects.keys()].some(waits); strike++) {
      if (strike > 40) throw new Error('It never ends');
      this.time.advance(MINUTE_MS);
      await this.drain('last');
    }
  }

  /** Returns everything that is lost, given up without need, or overtaken. */
  discrepancies(): string[] {
    return this.lanes.flatMap(({ id, sink }) => {
      const expected = this.given.get(id)!.map((number) => `${id} ${number}`);
      const dead = this.deadLetters(id);
      const wanted = expected.filter((one) => !sink.refuses(one));
      const refused = expected.filter((one) => sink.refuses(one));
      return [
        ...(JSON.stringify(sink.firsts) === JSON.stringify(wanted)
          ? []
          : [`${id}: ${sink.firsts.join()} for ${wanted.join()}`]),
        ...(JSON.stringify(dead.toSorted()) === JSON.stringify(refused.toSorted())
          ? []
          : [`${id}: ${dead.join()} dead`]),
      ];
    });
  }

  deadLetters(lane: string): string[] {
    const lines = [...this.store.objects]
      .filter(([key]) => key.startsWith(`dead-letters/${lane}/`))
      .flatMap(([, { body }]) => body.toString().trim().split('\n'));
    return [...new Set(lines.map((line) => (JSON.parse(line) as { parcel: { id: string } }).parcel.id))];
  }
}

/** Plays Lambda and EventBridge: offers again until the offer is taken. */
async function untilTaken(offer: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const taken = await offer().then(
      () => true,
      () => false,
    );
    if (taken) return;
  }
  throw new Error('never taken');
}

const moods = fc.infiniteStream(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(WELL) },
    fc.record({
      takes: fc.nat(3),
      says: fc.constantFrom('retry', 'config', 'split', 'nothing', 'what it took'),
      lateMs: fc.constantFrom(0, 0, 300, 4_700, 20_000),
    }) as fc.Arbitrary<Mood>,
  ),
);
const troubles = fc.infiniteStream(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<StoreTrouble>('none') },
    fc.constantFrom<StoreTrouble>('before', 'after'),
  ),
);
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('offer' as const), size: fc.integer({ min: 1, max: 12 }), twice: fc.boolean() }),
    fc.record({ do: fc.constant('drain' as const), both: fc.boolean() }),
    fc.record({ do: fc.constant('both' as const), size: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ do: fc.constant('mend' as const), lane: fc.nat(2) }),
    fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 40 }) }),
  ),
  { maxLength: 15 },
);

describe('lanes', () => {
  test('lose nothing and keep their order under random faults in any order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, moods, troubles, async (sequence, mood, trouble) => {
        const world = new World();
        const mended = new Set<number>();
        for (const [i, { sink }] of world.lanes.entries()) {
          sink.mood = () => (mended.has(i) ? WELL : (mood.next().value as Mood));
        }
        world.store.trouble = () => trouble.next().value as StoreTrouble;
        for (const step of sequence) {
          if (step.do === 'offer') {
            const offer = world.batch(step.size);
            await untilTaken(offer);
            if (step.twice) await untilTaken(offer); // the answer was lost
          } else if (step.do === 'both') {
            const offer = world.batch(step.size);
            await Promise.allSettled([untilTaken(offer), world.drain('one')]);
          } else if (step.do === 'drain') {
            const claimants = step.both ? ['one', 'two'] : ['one'];
            await Promise.allSettled(claimants.map((claimant) => world.drain(claimant)));
          } else if (step.do === 'mend') mended.add(step.lane);
          else world.time.advance(step.minutes * MINUTE_MS);
        }
        await world.settle();
        expect(world.discrepancies()).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('deliver each parcel once, in order, however slow their sinks are', async () => {
    const lateness = fc.infiniteStream(fc.constantFrom(0, 0, 100, 300, 700, 4_700, 12_000));
    const plan = fc.array(
      fc.record({ size: fc.nat(12), drains: fc.boolean(), pauseMs: fc.constantFrom(0, 200, 3_000, MINUTE_MS) }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(plan, lateness, async (batches, late) => {
        const world = new World();
        for (const { sink } of world.lanes) {
          sink.mood = () => ({ says: 'what it took', lateMs: late.next().value as number });
          sink.refuses = () => false;
        }
        const draining: Promise<unknown>[] = [];
        for (const { size, drains, pauseMs } of batches) {
          await world.batch(size)();
          if (drains) draining.push(world.drain(`drainer ${draining.length}`));
          await world.time.sleep(pauseMs);
        }
        await Promise.all([...world.late, ...draining]);
        for (let strike = 0; strike < 20; strike++) {
          await world.time.sleep(MINUTE_MS);
          await world.drain(`last ${strike}`);
        }
        expect(world.discrepancies()).toEqual([]);
        for (const { sink } of world.lanes) expect(sink.received).toEqual(sink.firsts);
      }),
      { numRuns: 60 },
    );
  });

  test('lose nothing when the process dies before or after any call of the store or a sink', async () => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      for (let k = 0; ; k++) {
        const world = new World();
        const process = new Mortal(world, k, when);
        await process.live(async () => {
          world.lanes[0]!.sink.mood = () => ({ takes: 1, says: 'retry' });
          const [first, second] = [world.batch(16), world.batch(9)];
          await untilTaken(() => process.live(first));
          await untilTaken(() => process.live(second));
          world.time.advance(MINUTE_MS);
          await untilTaken(() => process.live(() => world.drain('one')));
          world.lanes[0]!.sink.mood = () => WELL;
          world.time.advance(10 * MINUTE_MS);
          await untilTaken(() => process.live(() => world.drain('two')));
        });
        if (!process.died) break;
        deaths += 1;
        await world.settle();
        expect([when, k, ...world.discrepancies()]).toEqual([when, k]);
      }
    }
    expect(deaths).toBeGreaterThan(60);
  });
});

/** A process that dies once, at its `k`-th call of store or sink, and then begins a new life. */
class Mortal {
  died = false;
  #calls = 0;

  constructor(world: World, k: number, when: 'before' | 'after') {
    const strikes = (): boolean => {
      const isNow = !this.died && this.#calls === k;
      this.#calls += 1;
      if (isNow) this.died = true;
      return isNow;
    };
    world.store.trouble = () => {
      if (this.#isOver) return 'before';
      if (!strikes()) return 'none';
      this.#isOver = true;
      return when;
    };
    for (const { sink } of world.lanes) {
      const deliver = sink.deliver.bind(sink);
      sink.deliver = async (parcels) => {
        if (this.#isOver) throw new Error('dead');
        if (!strikes()) return deliver(parcels);
        this.#isOver = true;
        if (when === 'after') await deliver(parcels);
        throw new Error('dead');
      };
    }
  }

  #isOver = false;

  /** Runs in a new life. Rejects when the process died, whatever the code returned. */
  async live(run: () => Promise<unknown>): Promise<unknown> {
    this.#isOver = false;
    const result = await run();
    if (this.#isOver) throw new Error('dead');
    return result;
  }
}
