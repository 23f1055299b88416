// Every failure of every tenant's SIEM at every call, over real sockets: events are offered until the SIEM takes them, as a
// lane does, and in the end each is there with its own bytes; twice only where the failure came after the work and the
// service does not drop repeats.
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import type { DeliverySink, Parcel, Verdict } from '../../lib/delivery/ports.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { EVENT_FORMATS, type EventFormat } from '../../lib/tenants/event-format.ts';
import { type FaultKind, positionsOf } from '../support/faults.ts';
import { expectUsedUp } from '../support/used-up.ts';
import { Patience } from '../support/patience.ts';
import { securityEvent } from '../support/siem/events.ts';
import type { Receiver, ReceiverFaultKind, ReceiverOptions } from '../support/siem/receiver.ts';
import { RECEIVER_KINDS, type ReceiverKind, startReceiver } from '../support/siem/start.ts';

type Kind = Verdict['kind'];

interface Case {
  readonly name: string;
  readonly kind: ReceiverKind;
  readonly options?: ReceiverOptions;
  /** Operations that can fail, by the names of the receiver. */
  readonly operations: readonly string[];
  /** Verdicts of the three parcels of one call, where they differ from those of the other services. */
  readonly verdicts?: Readonly<Partial<Record<`${string}/${ReceiverFaultKind}`, readonly [Kind, Kind, Kind]>>>;
  readonly faults: readonly ReceiverFaultKind[];
}

const AWS: readonly (ReceiverFaultKind & FaultKind)[] = [
  'throttle',
  'status500',
  'status503',
  'deny',
  'hang',
  'reset',
  'drop',
  'malformed',
];
const HTTP: readonly ReceiverFaultKind[] = [...AWS, 'redirect', 'slow', 'cut'];

const DELIVERED = ['delivered', 'delivered', 'delivered'] as const;
const DATA = ['data', 'data', 'data'] as const;

const CASES: readonly Case[] = [
  { name: 'Splunk', kind: 'splunk', operations: ['send'], faults: HTTP },
  {
    name: 'Splunk with acknowledgement',
    kind: 'splunk',
    options: { acknowledge: true },
    operations: ['send', 'ack'],
    faults: [...HTTP, 'unacknowledged'],
    // The sink repeats a question within the call, but Splunk gives an acknowledgement once: a lost one does not come again.
    verdicts: Object.fromEntries(
      (['throttle', 'status500', 'status503', 'reset'] as const).map((kind) => [`ack/${kind}`, DELIVERED]),
    ),
  },
  {
    name: 'Google Cloud Logging',
    kind: 'google-logging',
    operations: ['send', 'token'],
    faults: [...HTTP, 'partial'],
    verdicts: {
      'send/deny': DELIVERED, // with a new token
      'send/partial': ['data', 'delivered', 'data'],
    },
  },
  {
    name: 'CloudWatch Logs',
    kind: 'cloudwatch-logs',
    operations: ['PutLogEvents', 'CreateLogStream'],
    faults: [...AWS, 'partial'],
    verdicts: { 'PutLogEvents/partial': DELIVERED }, // the sink sends the others again under the time of sending
  },
  { name: 'S3', kind: 's3', operations: ['PUT'], faults: AWS },
  {
    name: 'OpenSearch',
    kind: 'opensearch',
    operations: ['send'],
    faults: [...HTTP, 'partial'],
    verdicts: { 'send/partial': ['retry', 'delivered', 'retry'] },
  },
  {
    name: 'OTLP',
    kind: 'otlp',
    operations: ['send'],
    faults: [...HTTP, 'partial'],
    verdicts: { 'send/partial': ['split', 'split', 'split'], 'send/status500': DATA },
  },
  { name: 'Datadog', kind: 'datadog', operations: ['send'], faults: HTTP },
  { name: 'syslog', kind: 'syslog', operations: ['connect'], faults: ['reset', 'hang'] },
];

test('covers every kind of sink but files, which have no service to fail', () => {
  expect(new Set(CASES.map(({ kind }) => kind))).toEqual(new Set(RECEIVER_KINDS.filter((kind) => kind !== 'file')));
});

const PATIENT_MS = 10_000;
/** The time-out of calls that hang where no `AbortSignal` sets it. A slow machine only adds to the failures. */
const IMPATIENT_MS = 60;
const HAS_OWN_TIMER: ReadonlySet<ReceiverKind> = new Set(['cloudwatch-logs', 's3', 'syslog']);
const isSlow = (fault: ReceiverFaultKind): boolean => ['hang', 'slow', 'unacknowledged'].includes(fault);
const limitOf = ({ kind }: Case, fault: ReceiverFaultKind): number =>
  isSlow(fault) && HAS_OWN_TIMER.has(kind) ? IMPATIENT_MS : PATIENT_MS;
/** The service has done the work, or some of it. */
const AFTER_WORK: ReadonlySet<ReceiverFaultKind> = new Set(['drop', 'cut', 'malformed', 'partial', 'unacknowledged']);

/** Time that passes only while a sink sleeps or a call hangs. */
class Clock {
  #nowMs = Date.now();
  readonly nowMs = (): number => this.#nowMs;
  readonly sleep = async (ms: number): Promise<void> => this.pass(ms);
  readonly pass = (ms: number): void => {
    this.#nowMs += ms;
  };
}

let clock: Clock;
let receiver: Receiver;
const environment = { ...process.env };

/** Starts the SIEM. A call that hangs ends at once, as by its time-out, which it takes the clock. */
async function start({ kind, options }: Case): Promise<void> {
  receiver = await startReceiver(kind, options);
  Object.assign(process.env, receiver.environment);
  const patience = new Patience();
  clock = new Clock();
  receiver.onHang(() => {
    clock.pass(PATIENT_MS);
    patience.end();
  });
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(patience.signal);
}

async function stop(): Promise<void> {
  jest.restoreAllMocks();
  await receiver.close();
  process.env = { ...environment };
}

/** The sink of a new environment, in calls of at most three parcels. */
function openSink(format: EventFormat, timeoutMs: number): DeliverySink {
  const { settings } = receiver;
  const sink = { name: 'siem', enabled: true, format, include: [], exclude: [], settings };
  return { ...tenantSinks({ laptop: true, timeoutMs, clock })('tenant', sink), maxParcels: 3 };
}

function parcelsOf(format: EventFormat, count: number): readonly Parcel[] {
  const nowMs = Date.now();
  return Array.from({ length: count }, (_, i) => {
    const eventId = `01ARZ3NDEKTSV4RRFFQ69G${String(i).padStart(4, '0')}`;
    return formatEvent(securityEvent({ eventId, sequence: i + 1, timeMs: nowMs + i }), format);
  });
}

/** Offers parcels, each round from a new environment, until all are taken. Resolves to how many are left. */
async function drain(parcels: readonly Parcel[], open: () => DeliverySink): Promise<number> {
  let left = parcels;
  for (let round = 0; round < 8 && left.length > 0; round++) {
    const sink = open();
    const pace = { nowMs: Date.now, sleep: () => Promise.resolve(), random: () => 0 };
    // oxlint-disable-next-line no-await-in-loop -- one round after the other
    const report = await deliver(left, sink, { ...pace, deadlineMs: Date.now() + 3_600_000, attempts: 3 });
    left = report.undelivered.map(({ parcel }) => parcel);
    clock.pass(60_000); // the drainer's clock
  }
  return left.length;
}

/** A syslog receiver does not answer: what it was given is there a little later. */
async function settled(count: number): Promise<void> {
  for (let turn = 0; turn < 500 && receiver.accepted().length < count; turn++) {
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

const bytesOf = (parcels: readonly { readonly id: string; readonly body: string }[]) =>
  parcels.map(({ id, body }) => `${id} ${body}`);

/** Four full calls. */
const COUNT = 12;

/** Offers the parcels, and returns the operations of the calls that this takes without faults. */
async function cleanRun(one: Case): Promise<Pick<Receiver, 'operations'>> {
  await start(one);
  expect(await drain(parcelsOf('native', COUNT), () => openSink('native', PATIENT_MS))).toBe(0);
  await stop();
  return receiver;
}

const CLEAN = new Map<Case, Pick<Receiver, 'operations'>>();
// oxlint-disable-next-line no-await-in-loop -- they share the environment
for (const one of CASES) CLEAN.set(one, await cleanRun(one));
/** Later calls are like these. */
const FIRST_CALLS = 4;

describe.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) => {
  afterEach(stop);

  test.each(EVENT_FORMATS)('gets events in the format %s with their own bytes, in their order', async (format) => {
    await start(one);
    const parcels = parcelsOf(format, 10);
    expect(await drain(parcels, () => openSink(format, PATIENT_MS))).toBe(0);
    await settled(parcels.length);
    expect(bytesOf(receiver.accepted())).toEqual(bytesOf(parcels));
  });

  const faults = one.operations.flatMap((operation) =>
    one.faults
      // Only a write can leave something out.
      .filter((kind) => !['partial', 'unacknowledged'].includes(kind) || operation === one.operations[0])
      .map((kind) => [operation, kind] as const),
  );

  test.each(faults)('judges %s that ends in %s by what it means', async (operation, kind) => {
    await start(one);
    receiver.fail({ kind, operation, times: 1 });
    const sink = openSink('native', limitOf(one, kind));
    const verdicts = await sink.deliver(parcelsOf('native', 3));
    expectUsedUp(receiver);
    const usual = ['deny', 'redirect'].includes(kind) ? 'config' : 'retry';
    expect(verdicts.map((verdict) => verdict.kind)).toEqual(
      one.verdicts?.[`${operation}/${kind}`] ?? [usual, usual, usual],
    );
  });

  const plans = faults.flatMap(([operation, kind]) =>
    positionsOf(operation, CLEAN.get(one)!)
      .slice(0, FIRST_CALLS)
      .filter((after) => !isSlow(kind) || after % 2 === 0)
      .flatMap((after) => (isSlow(kind) ? [1] : [1, 2]).map((times) => [operation, kind, after, times] as const)),
  );

  test.each(plans)(
    'gets every event although %s fails with %s after %d good calls, %d times',
    async (operation, kind, after, times) => {
      await start(one);
      receiver.fail({ kind, operation, after, times });
      const parcels = parcelsOf('native', COUNT);
      expect(await drain(parcels, () => openSink('native', limitOf(one, kind)))).toBe(0);
      expectUsedUp(receiver);
      await settled(parcels.length);
      const accepted = bytesOf(receiver.accepted());
      expect(accepted.toSorted((a, b) => (a < b ? -1 : 1)).filter((line, i, all) => line !== all[i - 1])).toEqual(
        bytesOf(parcels),
      );
      const mayDouble = AFTER_WORK.has(kind) || isSlow(kind) || one.options?.acknowledge === true;
      const limit = receiver.deduplicates || !mayDouble ? parcels.length : Number.MAX_SAFE_INTEGER;
      expect(accepted.length).toBeLessThanOrEqual(limit);
    },
  );
});
