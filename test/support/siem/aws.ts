// Log groups and buckets of tenants, on the stand-ins for the services.
import { gunzipSync } from 'node:zlib';
import { type Fault, startFakeAws } from '../fake-aws.ts';
import { startFakeBucket } from '../fake-bucket.ts';
import type { FaultKind } from '../faults.ts';
import { type AcceptedEvent, idInBody, type Receiver, type ReceiverFault, type ReceiverFaultKind } from './receiver.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };
const AWS_FAULTS: readonly (FaultKind & ReceiverFaultKind)[] = [
  'throttle',
  'status500',
  'status503',
  'deny',
  'hang',
  'reset',
  'drop',
  'malformed',
];
const GROUP = 'tenant';

export async function startCloudWatchLogs(): Promise<Receiver> {
  const fake = await startFakeAws();
  fake.createLogGroup(GROUP);
  return {
    settings: { kind: 'cloudwatch-logs', region: 'us-east-1', logGroup: GROUP },
    environment: { ...CREDENTIALS, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: fake.endpoint },
    faults: [...AWS_FAULTS, 'partial'],
    deduplicates: false,
    accepted: () =>
      fake
        .loggedIn(GROUP)
        .map(({ message, timestamp }) => ({ id: idInBody(message), body: message, timeMs: timestamp })),
    get calls() {
      return fake.calls.length;
    },
    heal: fake.heal,
    unusedFaults: fake.unusedFaults,
    operations: fake.operations,
    onHang: fake.onHang,
    fail: (fault) => fake.fail({ operation: 'PutLogEvents', ...awsFault(fault) }),
    refuse: () => {}, // it takes every text
    close: () => fake.close(),
  };
}

/** Maps a fault. `partial`: the service rejects the last events as too far ahead. */
function awsFault({ kind, times, after = 0, operation }: ReceiverFault): Fault {
  const at = { times, after, ...(operation !== undefined && { operation }) };
  if (kind === 'partial') return { ...at, kind: 'reject', rejected: { tooNewLogEventStartIndex: 1 } };
  return { ...at, kind: kind as FaultKind };
}

export async function startS3(): Promise<Receiver> {
  const fake = await startFakeBucket();
  /** An object is read once, however often a test asks. */
  const read = new WeakMap<Buffer, readonly AcceptedEvent[]>();
  const eventsIn = (object: Buffer): readonly AcceptedEvent[] => {
    const events = read.get(object) ?? eventsOf(object);
    read.set(object, events);
    return events;
  };
  return {
    settings: { kind: 's3', region: 'us-east-1', bucket: 'tenant', prefix: 'events/' },
    environment: { ...CREDENTIALS, AWS_ENDPOINT_URL: fake.endpoint },
    faults: AWS_FAULTS,
    deduplicates: true, // a repeat of the same call is the same object
    accepted: () => [...fake.objects.values()].flatMap(eventsIn),
    get calls() {
      return fake.calls.length;
    },
    fail: ({ kind, ...fault }) =>
      fake.fail({ operation: 'PUT', ...fault, kind: kind as (typeof AWS_FAULTS)[number] & 'drop' }),
    heal: fake.heal,
    unusedFaults: fake.unusedFaults,
    operations: fake.operations,
    onHang: fake.onHang,
    refuse: () => {}, // it takes every object
    close: () => fake.close(),
  };
}

function eventsOf(object: Buffer): readonly AcceptedEvent[] {
  const lines = gunzipSync(object).toString().split('\n').slice(0, -1);
  return lines.map((body) => ({ id: idInBody(body), body, timeMs: 0 }));
}
