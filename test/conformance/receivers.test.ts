// Receivers that others wrote, unmodified: rsyslog over TLS, the OTLP receiver of the OpenTelemetry collector, OpenSearch, and
// the official messages of OTLP. None is part of this repository: CI sets `RSYSLOGD` and `OTLP_RECEIVER` (paths),
// `OPENSEARCH_JARS` (a folder) and `OTLP_PYTHON` (a Python with opentelemetry-proto); without them the checks are listed as
// skipped.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeRejected } from '../../lib/adapters/http/otlp-protobuf.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import type { Parcel } from '../../lib/delivery/ports.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { EVENT_FORMATS, type EventFormat } from '../../lib/tenants/event-format.ts';
import { bodyOf, serve } from '../support/http-server.ts';
import { securityEvent } from '../support/siem/events.ts';
import { pace } from '../../functions/runtime/forward/pace.ts';
import { type OpenSearch, openSearch } from './receivers/opensearch.ts';
import { otlpReceiver } from './receivers/otlp-receiver.ts';
import { openSinkOf, type Program, ReceiverProcess, settled } from './receivers/process.ts';
import { rsyslog } from './receivers/rsyslog.ts';
import { testThousandEvents } from './receivers/thousand-events.ts';

const { RSYSLOGD, OTLP_RECEIVER, OPENSEARCH_JARS, OTLP_PYTHON, CI } = process.env;

test('CI has every receiver', () => {
  const tools = Object.entries({ RSYSLOGD, OTLP_RECEIVER, OPENSEARCH_JARS, OTLP_PYTHON });
  expect(CI === undefined ? [] : tools.filter(([, where]) => where === undefined)).toEqual([]);
});

/** Adds tests of a receiver that runs during them. They are skipped where `tool` is not installed. */
function describeReceiver<Kind extends Program>(
  name: string,
  tool: string | undefined,
  programOf: (tool: string, directory: string, port: number) => Kind,
  tests: (running: () => ReceiverProcess<Kind>) => void,
): void {
  (tool === undefined ? describe.skip : describe)(name, () => {
    let receiver: ReceiverProcess<Kind>;
    beforeAll(async () => {
      receiver = await ReceiverProcess.start((directory, port) => programOf(tool!, directory, port));
    });
    afterAll(() => receiver.close());
    tests(() => receiver);
  });
}

const FORGED = '<109>1 2026-11-29T00:00:00Z forged forged - CUSTOM_FORGED - {"forged":true}';
const SIZES = [0, 7_000, 7_500, 7_800, 8_000, 9_000, 20_000];

/** Events whose field holds a forged record at every place around octet 8,096 where a receiver may begin a new one. */
function eventsOf(count: number, format: EventFormat): readonly Parcel[] {
  return Array.from({ length: count }, (_, i) => {
    const filler = 'ü'.repeat((SIZES[i % SIZES.length]! + (i % 13)) / 2);
    const customFields = { note: filler + ` ${FORGED}`.repeat(40) };
    return formatEvent(securityEvent({ eventId: String(100_000 + i), sequence: i + 1, customFields }), format);
  });
}

describeReceiver('rsyslog over TLS (RSYSLOGD)', RSYSLOGD, rsyslog, (running) => {
  const records = (): readonly string[] => running().program.records();

  test.each(EVENT_FORMATS)('keeps 250 events in the format %s as 250 records, in their order', async (format) => {
    const before = records().length;
    const parcels = eventsOf(250, format);
    const options = { ...pace, deadlineMs: Date.now() + 20_000, inOrder: true };
    const report = await deliver(parcels, openSinkOf(running().settings, format), options);
    expect(report.delivered).toHaveLength(parcels.length);
    expect(report.cut).toBeGreaterThan(100);
    await settled(() => records().length >= before + parcels.length);
    const kept = records().slice(before);
    expect(kept.map((record) => / id="(\d+)"/.exec(record)?.[1])).toEqual(parcels.map(({ id }) => id));
    expect(Math.max(...kept.map((record) => Buffer.byteLength(record)))).toBeLessThanOrEqual(8_000);
  });

  test('makes records of its own of what lies behind octet 8,096, which is why messages end there', async () => {
    const before = records().length;
    const [parcel] = eventsOf(2, 'native').slice(1);
    await openSinkOf({ ...running().program.settings, maxMessageBytes: 65_536 }).deliver([parcel!]);
    await settled(() => records().length > before + 1);
    expect(records().length).toBeGreaterThan(before + 1);
  });

  testThousandEvents(running, { tellsRepeats: false, acknowledges: false });
});

for (const encoding of ['json', 'protobuf'] as const) {
  describeReceiver(
    `the OTLP receiver of the OpenTelemetry collector in ${encoding} (OTLP_RECEIVER)`,
    OTLP_RECEIVER,
    (tool, directory, port) => otlpReceiver(tool, encoding, directory, port),
    (running) => testThousandEvents(running, { tellsRepeats: false, acknowledges: true }),
  );
}

describeReceiver('OpenSearch (OPENSEARCH_JARS)', OPENSEARCH_JARS, openSearch, (running) => {
  const ask: OpenSearch['ask'] = (...request) => running().program.ask(...request);
  const parcels = Array.from({ length: 20 }, (_, i) =>
    formatEvent(securityEvent({ eventId: `refused-${i}`, sequence: i + 1 }), 'native'),
  );
  const deliverTo = (index: string, some: readonly Parcel[]) => {
    const options = { ...pace, deadlineMs: Date.now() + 20_000, inOrder: true };
    return deliver(some, openSinkOf({ ...running().program.settings, index }), options);
  };

  test('refuses every event of an alias without a write index, and they wait', async () => {
    await ask('PUT', 'first', { aliases: { several: {} } });
    await ask('PUT', 'second', { aliases: { several: {} } });
    const { delivered, undelivered } = await deliverTo('several', parcels);
    expect(delivered).toEqual([]);
    expect(new Set(undelivered.map(({ kind }) => kind))).toEqual(new Set(['config']));
  });

  test('refuses one document beside others, and only that one is given up', async () => {
    const mappings = {
      properties: { tenantId: { type: 'keyword' }, customFields: { dynamic: 'strict', type: 'object' } },
    };
    await ask('PUT', 'strict', { mappings });
    const plain = parcels.map((parcel) => ({
      ...parcel,
      body: parcel.body.replace(/"customFields":\{[^}]*\}/, '"customFields":{}'),
    }));
    const { delivered, undelivered } = await deliverTo('strict', plain.with(7, parcels[7]!));
    expect(delivered.map(({ id }) => id)).toEqual(plain.toSpliced(7, 1).map(({ id }) => id));
    expect(undelivered).toEqual([
      expect.objectContaining({ parcel: parcels[7], kind: 'data', reason: expect.stringContaining('item status 400') }),
    ]);
  });

  testThousandEvents(running, { tellsRepeats: true, acknowledges: true });
});

(OTLP_PYTHON === undefined ? describe.skip : describe)('the official messages of OTLP (OTLP_PYTHON)', () => {
  const program = fileURLToPath(new URL('receivers/otlp_decode.py', import.meta.url));

  test('read from protobuf the request that the JSON encoding carries', async () => {
    const parcels = EVENT_FORMATS.flatMap((format) => eventsOf(3, format));
    const bodies: Buffer[] = [];
    const types: (string | undefined)[] = [];
    const server = await serve(async (request, response) => {
      bodies.push(gunzipSync(await bodyOf(request)));
      types.push(request.headers['content-type']);
      response.end();
    });
    for (const encoding of ['json', 'protobuf'] as const) {
      const sink = openSinkOf({ kind: 'otlp', url: server.endpoint, headers: {}, encoding });
      // oxlint-disable-next-line no-await-in-loop -- one encoding after the other
      expect(new Set((await sink.deliver(parcels)).map(({ kind }) => kind))).toEqual(new Set(['delivered']));
    }
    await server.close();
    expect(types).toEqual(['application/json', 'application/x-protobuf']);
    const decoded = execFileSync(OTLP_PYTHON!, [program], { input: bodies[1]! }).toString();
    expect(named(decoded)).toEqual(named(bodies[0]!.toString()));
  });

  test.each([0, 1, 300])('write a response whose %d rejected records are read', (rejected) => {
    const bytes = Buffer.from(
      execFileSync(OTLP_PYTHON!, [program, String(rejected)])
        .toString()
        .trim(),
      'hex',
    );
    expect(decodeRejected(bytes)).toBe(rejected);
  });
});

/** Parses a request. Their JSON writes the name of an enumerated value. */
function named(text: string): unknown {
  const names: Readonly<Record<string, string>> = { 10: 'SEVERITY_NUMBER_INFO2' };
  return JSON.parse(text, (name, value: unknown) =>
    name === 'severityNumber' ? (names[String(value)] ?? value) : value,
  );
}
