import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { drain } from '../../lib/delivery/drain.ts';
import { forwardRecords, type Taken } from '../../lib/siem/forward-records.ts';
import { Journal } from '../../lib/delivery/journal.ts';
import { type Lane, laneStore } from '../../lib/delivery/lane.ts';
import type { DeliverySink, Parcel, Verdict } from '../../lib/delivery/ports.ts';
import { redrive } from '../../lib/delivery/redrive.ts';
import type { StreamItem } from '../../lib/delivery/stream-item.ts';
import { MemoryStore, type StoreTrouble } from '../support/memory-store.ts';
import { discrepancies, type MergedDocument, type Original, originals } from '../support/signed-lines.ts';
import { stillClock } from '../support/virtual-time.ts';

/** Keeps documents by id, as an OpenSearch does. `next` decides about each parcel, and whether the reply says so. */
class ScriptedSink implements DeliverySink {
  readonly name = 'scripted';
  readonly maxParcels = 3;
  readonly maxBytes = 1_000_000;
  readonly documents = new Map<string, MergedDocument>();
  next: () => 'taken' | 'taken and lost' | Exclude<Verdict['kind'], 'delivered'> = () => 'taken';

  deliver(parcels: readonly Parcel[]): Promise<readonly Verdict[]> {
    return Promise.resolve(
      parcels.map(({ id, body }): Verdict => {
        const fate = this.next();
        if (fate !== 'taken' && fate !== 'taken and lost') return { kind: fate, reason: fate };
        this.documents.set(id, JSON.parse(body) as MergedDocument);
        return fate === 'taken' ? { kind: 'delivered' } : { kind: 'retry', reason: 'lost' };
      }),
    );
  }
}

const FORWARDING = stillClock();
/** The next strike of the clock, when every sink may be tried again. */
const DRAINING = stillClock(900_000);
const deadlineMs = DRAINING.nowMs() + 60_000;

const things = fc.array(
  fc.record({
    chain: fc.constantFrom('a', 'b', 'c'),
    user: fc.constantFrom('u', 'v'),
    code: fc.constantFrom(6, 3),
    count: fc.nat(50),
    weakCount: fc.constantFrom(undefined, 1, 2),
    requestId: fc.constantFrom('r1', 'r2', undefined),
  }),
  { minLength: 1, maxLength: 30 },
);

/** Positions in the list of originals, with repeats and in any order; the missing ones follow at the end. */
const order = fc.array(fc.nat(29), { maxLength: 40 });
const troubles = fc.infiniteStream(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant<StoreTrouble>('none') },
    fc.constantFrom<StoreTrouble>('before', 'after'),
  ),
);
const fates = fc.infiniteStream(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('taken' as const) },
    fc.constantFrom('taken and lost' as const, 'retry' as const, 'config' as const, 'data' as const, 'split' as const),
  ),
);

function deliveries(all: readonly Original[], positions: readonly number[]): readonly Original[] {
  const repeated = positions.flatMap((position) => all[position] ?? []);
  return [...repeated, ...all.filter((one) => !repeated.includes(one))];
}

const itemOf = ({ line }: Original, i: number): StreamItem => ({
  id: `s:${i}`,
  position: String(i).padStart(64, '0'),
  timeMs: 0,
  lines: [line],
  raw: () => line,
});

describe('forwarding audit records', () => {
  test('counts every record exactly once, however deliveries are split into windows, repeated and reordered', async () => {
    await fc.assert(
      fc.asyncProperty(
        things,
        order,
        fc.infiniteStream(fc.nat(4)),
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom(1_000, 700_000),
        async (changes, positions, sizes, ends, maxStateLength) => {
          const all = originals(changes);
          const run = await runForwarder(deliveries(all, positions), { sizes, ends, maxStateLength });
          expect(discrepancies([...run.sink.documents.values()], all)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('counts every record exactly once after draining, whichever calls of the store or the sink fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        things,
        order,
        fc.infiniteStream(fc.nat(4)),
        fc.infiniteStream(fc.boolean()),
        troubles,
        fates,
        async (changes, positions, sizes, ends, trouble, fate) => {
          const all = originals(changes);
          const run = await runForwarder(deliveries(all, positions), { sizes, ends, trouble, fate });
          run.store.trouble = () => 'none';
          run.sink.next = () => 'taken';
          const store = laneStore(run.store);
          await drain({ ...DRAINING, store, findLane: () => run.lane, deadlineMs, claimant: 'the clock' });
          const report = await redrive(store.deadLetters, run.lane.sink, { ...DRAINING, deadlineMs });
          expect(report).toMatchObject({ left: {}, unreadable: [] });
          const left = [...run.store.objects.keys()].filter((key) => /^(?:dead-letters|backlog)\//.test(key));
          expect(left).toEqual([]);
          expect(discrepancies([...run.sink.documents.values()], all)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

interface Script {
  readonly sizes: fc.Stream<number>;
  readonly ends: fc.Stream<boolean>;
  readonly trouble?: fc.Stream<StoreTrouble>;
  readonly fate?: fc.Stream<ReturnType<ScriptedSink['next']>>;
  readonly maxStateLength?: number;
}

/** Plays Lambda: offers each batch in order, with the last state, until it is taken; the last batch ends its window. */
async function runForwarder(delivered: readonly Original[], script: Script) {
  const store = new MemoryStore();
  const sink = new ScriptedSink();
  if (script.trouble !== undefined) store.trouble = () => script.trouble!.next().value as StoreTrouble;
  if (script.fate !== undefined) sink.next = () => script.fate!.next().value as ReturnType<ScriptedSink['next']>;
  const lane: Lane = { id: sink.name, kind: 'esa', sink };
  let state = '';
  for (let at = 0; ; ) {
    let size = 0;
    let isLast = false;
    const offer = () => {
      // After a failure Lambda may offer a batch of other records.
      size = script.sizes.next().value as number;
      isLast = at + size >= delivered.length || (script.ends.next().value as boolean);
      const items = delivered.slice(at, at + size).map((one, i) => itemOf(one, at + i));
      return forwardRecords(
        { items, state, isLast, deadlineMs },
        {
          ...FORWARDING,
          journal: new Journal<Taken>(store, 'journal'), // a new environment each time
          store: laneStore(store),
          loadsOf: (merged) => [{ lane, placed: merged }],
          ...(script.maxStateLength !== undefined && { maxStateLength: script.maxStateLength }),
        },
      );
    };
    let forwarded = await offer().catch(() => undefined);
    for (let again = 0; forwarded === undefined && again < 200; again++)
      forwarded = await offer().catch(() => undefined);
    if (forwarded === undefined) throw new Error('never taken');
    state = isLast ? '' : forwarded.state;
    at += size;
    if (at >= delivered.length && isLast) return { store, sink, lane };
  }
}
