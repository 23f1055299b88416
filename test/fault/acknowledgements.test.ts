// Splunk's acknowledgements, over sockets: whatever time they take, and whichever process asks for them, each event is
// sent once.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import { Secret } from '../../lib/base/secret.ts';
import { drain } from '../../lib/delivery/drain.ts';
import { type Lane, laneStore } from '../../lib/delivery/lane.ts';
import type { Pace } from '../../lib/delivery/ports.ts';
import { send } from '../../lib/delivery/send.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { bodyOf, serve, type TestServer } from '../support/http-server.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { securityEvent } from '../support/siem/events.ts';

/** Time that passes only while a sink waits between two questions, or a lane between two attempts. */
class Clock {
  nowMs = 1_800_000_000_000;
  #waiting: { readonly untilMs: number; readonly wake: () => void }[] = [];

  pass(ms: number): void {
    this.nowMs += ms;
    const due = this.#waiting.filter(({ untilMs }) => untilMs <= this.nowMs);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { wake } of due) wake();
  }

  /** For a sink: its pauses are what lets time pass. */
  readonly ofSink: Pick<Pace, 'nowMs' | 'sleep'> = {
    nowMs: () => this.nowMs,
    sleep: async (ms) => this.pass(ms),
  };

  /** For a lane: a limit, which has a signal, waits for time to pass. */
  readonly ofLane: Pace = {
    nowMs: () => this.nowMs,
    sleep: (ms, signal) => {
      if (signal === undefined) return this.ofSink.sleep(ms);
      return new Promise((wake) => void this.#waiting.push({ untilMs: this.nowMs + ms, wake }));
    },
    random: () => 0.5,
  };
}

/** A collector that acknowledges a call after `afterMs`, and says so once, as Splunk does. */
class Collector {
  readonly received: string[] = [];
  readonly #acks = new Map<string, number>();
  #server!: TestServer;

  readonly clock: Clock;
  readonly afterMs: number;

  constructor(from: Clock, afterMs: number) {
    this.clock = from;
    this.afterMs = afterMs;
  }

  async start(): Promise<void> {
    this.#server = await serve(async (request, response) => {
      const url = new URL(request.url!, 'http://splunk');
      const bytes = await bodyOf(request);
      const channel = String(request.headers['x-splunk-request-channel']);
      if (url.pathname.endsWith('/event')) {
        const events = gunzipSync(bytes).toString();
        this.received.push(...[...events.matchAll(/"eventId":"(\d+)","tenantId"/g)].map(([, id]) => id!));
        const ackId = this.#acks.size;
        this.#acks.set(`${channel} ${ackId}`, this.clock.nowMs + this.afterMs);
        response.end(JSON.stringify({ text: 'Success', code: 0, ackId }));
        return;
      }
      if (url.searchParams.get('channel') !== channel) throw new Error('two channels');
      const { acks } = JSON.parse(bytes.toString()) as { acks: number[] };
      const told = acks.map((id) => [id, this.#isDue(`${channel} ${id}`)] as const);
      response.end(JSON.stringify({ acks: Object.fromEntries(told) }));
    });
  }

  #isDue(ack: string): boolean {
    const isDue = (this.#acks.get(ack) ?? Number.POSITIVE_INFINITY) <= this.clock.nowMs;
    if (isDue) this.#acks.set(ack, Number.POSITIVE_INFINITY);
    return isDue;
  }

  /** The lane of a process of its own. */
  lane(): Lane {
    const token = new Secret(Buffer.from('6d3ee1bc-7f3a-4a41-9d0d-5a1c5b5c9e07'));
    const settings = { kind: 'splunk', url: this.#server.endpoint, token, acknowledge: true } as const;
    const sink = { name: 'siem', enabled: true, format: 'native', include: [], exclude: [], settings } as const;
    return { id: 't@siem', kind: 'splunk', sink: tenantSinks({ laptop: true, clock: this.clock.ofSink })('t', sink) };
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

const EVERY_MS = 13_000;
const MINUTE_MS = 60_000;
const EVENTS = 6;

let clock: Clock;
let collector: Collector;
beforeEach(() => {
  clock = new Clock();
});
afterEach(() => collector.close());

const placed = (i: number) => {
  const event = securityEvent({ eventId: String(1_000 + i), sequence: i + 1, timeMs: clock.nowMs });
  return { position: String(i).padStart(8, '0'), parcel: formatEvent(event, 'native') };
};

describe.each([
  ['one process', true],
  ['a new process each time', false],
])('events every 13 seconds, from %s', (_, isOne) => {
  test.each([50, 240, 260, 700, 1_200, 4_000, 6_000, 30_000, 290_000])(
    'arrive once each, acknowledged after %d ms',
    async (afterMs) => {
      collector = new Collector(clock, afterMs);
      await collector.start();
      const store = new MemoryStore();
      const first = collector.lane();
      const laneNow = (): Lane => (isOne ? first : collector.lane());
      const strike = () =>
        drain({
          ...clock.ofLane,
          store: laneStore(store),
          findLane: laneNow,
          deadlineMs: clock.nowMs + 45_000,
          claimant: String(clock.nowMs),
        });
      let nextMs = clock.nowMs + MINUTE_MS;
      for (let i = 0; i < EVENTS; i++) {
        await send([{ lane: laneNow(), placed: [placed(i)] }], {
          ...clock.ofLane,
          store: laneStore(store),
          deadlineMs: clock.nowMs + 50_000,
        });
        clock.pass(EVERY_MS);
        if (clock.nowMs < nextMs) continue;
        nextMs += MINUTE_MS;
        await strike();
      }
      for (
        let strikes = 0;
        strikes < 120 && [...store.objects.keys()].some((key) => key.startsWith('backlog/'));
        strikes++
      ) {
        clock.pass(MINUTE_MS);
        await strike();
      }
      expect(collector.received.toSorted()).toEqual(Array.from({ length: EVENTS }, (__, i) => String(1_000 + i)));
      expect([...store.objects.keys()].filter((key) => !key.startsWith('lanes/'))).toEqual([]);
    },
  );
});

test('an event of a batch that is offered twice is sent once', async () => {
  collector = new Collector(clock, 4_000);
  await collector.start();
  const store = new MemoryStore();
  const batch = placed(0);
  const options = () => ({ ...clock.ofLane, store: laneStore(store), deadlineMs: clock.nowMs + 50_000 });
  for (let offers = 0; offers < 2; offers++) {
    const [outcome] = await send([{ lane: collector.lane(), placed: [batch] }], options());
    expect(outcome).toMatchObject({ parked: 1 });
  }
  clock.pass(MINUTE_MS);
  await drain({ ...options(), findLane: () => collector.lane(), claimant: 'one' });
  expect(collector.received).toEqual(['1000']);
  expect([...store.objects.keys()].filter((key) => key.startsWith('backlog/'))).toEqual([]);
});

test('an event that is never acknowledged is sent again after five minutes, not before', async () => {
  collector = new Collector(clock, Number.POSITIVE_INFINITY);
  await collector.start();
  const lane = collector.lane();
  const { parcel } = placed(0);
  const offer = async () =>
    (await collector.lane().sink.deliver([{ ...parcel, receipt: lane.sink.receiptOf!(parcel.id)! }]))[0];
  expect((await lane.sink.deliver([parcel]))[0]).toEqual({ kind: 'retry', reason: 'not acknowledged' });
  clock.pass(280_000);
  expect(await offer()).toEqual({ kind: 'retry', reason: 'not acknowledged' });
  expect(collector.received).toHaveLength(1);
  clock.pass(60_000);
  expect(await offer()).toEqual({ kind: 'retry', reason: 'not acknowledged' });
  expect(collector.received).toHaveLength(2);
});

test.each(['', '{', '{"channel":1,"ackId":1,"atMs":1}'])(
  'an event with a receipt of another form is sent: %s',
  async (receipt) => {
    collector = new Collector(clock, 0);
    await collector.start();
    expect(await collector.lane().sink.deliver([{ ...placed(0).parcel, receipt }])).toEqual([{ kind: 'delivered' }]);
    expect(collector.received).toHaveLength(1);
  },
);
