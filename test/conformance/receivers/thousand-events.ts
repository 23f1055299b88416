// What every receiver must show: it has a thousand events once and in order, also when it is killed in between.
import { expect, test } from '@jest/globals';
import { idOf, OneLaneForwarder } from './forwarder.ts';
import { type ReceiverProcess, settled } from './process.ts';

const EVENTS = 1_000;
const PER_BATCH = 50;
const BATCHES = EVENTS / PER_BATCH;
/** Batches before the receiver is killed, and while it is down. */
const BEFORE = 7;
const DOWN = 5;

export interface Promises {
  /** It knows repeats by their id and drops them. */
  readonly tellsRepeats: boolean;
  /** It says what it has taken, so it may be killed during a call. */
  readonly acknowledges: boolean;
}

/** Adds the tests of a receiver. `running` returns it while tests run. */
export function testThousandEvents(running: () => ReceiverProcess, { tellsRepeats, acknowledges }: Promises): void {
  test('has 1,000 events once and in order', async () => {
    const sent = numbersFrom(0, EVENTS);
    const forwarder = new OneLaneForwarder(running().settings);
    await takeBatches(forwarder, sent);
    expect(await forwarder.drainAll()).toBe(0);
    await settled(async () => (await idsOf(running(), sent)).length >= EVENTS);
    expect(await idsOf(running(), sent)).toEqual(sent.map(idOf));
  });

  test('has 1,000 events in order although it is killed and started again', async () => {
    const sent = numbersFrom(EVENTS, EVENTS);
    const receiver = running();
    const forwarder = new OneLaneForwarder(receiver.settings);
    const batches = (from: number, to: number) => sent.slice(from * PER_BATCH, to * PER_BATCH);
    await takeBatches(forwarder, batches(0, BEFORE));
    // What a receiver has not written when it is killed is lost where it acknowledges nothing.
    if (!acknowledges) await settled(async () => (await idsOf(receiver, sent)).length >= BEFORE * PER_BATCH);
    const next = takeBatches(forwarder, batches(BEFORE, BEFORE + 1));
    if (!acknowledges) await settled(async () => (await idsOf(receiver, sent)).length >= (BEFORE + 1) * PER_BATCH);
    await receiver.kill();
    await next;
    await takeBatches(forwarder, batches(BEFORE + 1, BEFORE + 1 + DOWN));
    await receiver.start();
    await takeBatches(forwarder, batches(BEFORE + 1 + DOWN, BATCHES));
    expect(await forwarder.drainAll()).toBe(0);
    await settled(async () => new Set(await idsOf(receiver, sent)).size >= EVENTS);
    const ids = await idsOf(receiver, sent);
    expect([...new Set(ids)]).toEqual(sent.map(idOf));
    // Events of the call that was open may be there twice.
    expect(ids.length - EVENTS).toBeLessThanOrEqual(tellsRepeats || !acknowledges ? 0 : PER_BATCH);
  });
}

function numbersFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

async function takeBatches(forwarder: OneLaneForwarder, numbers: readonly number[]): Promise<void> {
  for (let i = 0; i < numbers.length; i += PER_BATCH) {
    // oxlint-disable-next-line no-await-in-loop -- batches of a shard come one after the other
    await forwarder.take(numbers.slice(i, i + PER_BATCH));
  }
}

/** Returns the ids of these events that the receiver has. */
async function idsOf(receiver: ReceiverProcess, numbers: readonly number[]): Promise<readonly string[]> {
  const wanted = new Set(numbers.map(idOf));
  return (await receiver.ids()).filter((id) => wanted.has(id));
}
