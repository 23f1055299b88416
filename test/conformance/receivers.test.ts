// Receivers that others wrote, unmodified: rsyslog over TLS, and the official messages of OTLP. Neither is part of this
// repository: CI sets `RSYSLOGD` (a path) and `OTLP_PYTHON` (a Python with opentelemetry-proto); without them the checks are
// listed as skipped.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import { decodeRejected } from '../../lib/adapters/http/otlp-protobuf.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import type { DeliverySink, Parcel } from '../../lib/delivery/ports.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { EVENT_FORMATS, type EventFormat } from '../../lib/tenants/event-format.ts';
import type { SinkSettings } from '../../lib/tenants/model.ts';
import { certificateAuthority } from '../support/certificates.ts';
import { bodyOf, serve } from '../support/http-server.ts';
import { freePort } from '../support/free-port.ts';
import { securityEvent } from '../support/siem/events.ts';
import { pace } from '../../functions/runtime/forward/pace.ts';

const { RSYSLOGD: rsyslogd, OTLP_PYTHON: python, CI } = process.env;

test('CI has rsyslog and the messages of OTLP', () => {
  const missing = Object.entries({ RSYSLOGD: rsyslogd, OTLP_PYTHON: python }).filter(
    ([, where]) => where === undefined,
  );
  expect(CI === undefined ? [] : missing).toEqual([]);
});

function sinkOf(settings: SinkSettings, format: EventFormat = 'native'): DeliverySink {
  return tenantSinks({ laptop: true })('t', { name: 's', enabled: true, format, include: [], exclude: [], settings });
}

async function settled(enough: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !enough(); turn++) {
    // oxlint-disable-next-line no-await-in-loop -- it waits for another process
    await pace.sleep(25);
  }
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

(rsyslogd === undefined ? describe.skip : describe)('rsyslog over TLS (RSYSLOGD)', () => {
  let directory: string;
  let daemon: ChildProcess;
  let settings: SinkSettings<'syslog'>;
  const records = (): readonly string[] => {
    const file = join(directory, 'records');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'rsyslog-'));
    const authority = certificateAuthority();
    const { cert, key } = authority.issue(['127.0.0.1', 'localhost']);
    for (const [name, text] of Object.entries({ ca: authority.ca, cert, key }))
      writeFileSync(join(directory, name), text);
    const port = await freePort();
    const at = (name: string): string => `"${join(directory, name)}"`;
    writeFileSync(
      join(directory, 'rsyslog.conf'),
      [
        `global(workDirectory="${directory}" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile=${at('ca')}`,
        `  defaultNetstreamDriverCertFile=${at('cert')} defaultNetstreamDriverKeyFile=${at('key')})`,
        'module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")',
        `input(type="imtcp" port="${port}" address="127.0.0.1")`,
        'template(name="raw" type="string" string="%rawmsg%\\n")',
        `action(type="omfile" file=${at('records')} template="raw")`,
        '',
      ].join('\n'),
    );
    daemon = spawn(rsyslogd!, ['-n', '-f', join(directory, 'rsyslog.conf'), '-i', join(directory, 'pid')], {
      stdio: 'ignore',
    });
    settings = { kind: 'syslog', host: 'localhost', port, ca: authority.ca };
    const { parcel } = { parcel: { id: 'hello', timeMs: 0, body: '{}' } };
    const answers = async (): Promise<boolean> => (await sinkOf(settings).deliver([parcel]))[0]?.kind === 'delivered';
    for (let turn = 0; turn < 200 && !(await answers()); turn++) await pace.sleep(25);
    await settled(() => records().length > 0);
  });
  afterAll(async () => {
    daemon.kill();
    await new Promise((resolve) => void daemon.once('exit', resolve));
    rmSync(directory, { recursive: true });
  });

  test.each(EVENT_FORMATS)('keeps 250 events in the format %s as 250 records, in their order', async (format) => {
    const before = records().length;
    const parcels = eventsOf(250, format);
    const options = { ...pace, deadlineMs: Date.now() + 20_000, inOrder: true };
    const report = await deliver(parcels, sinkOf({ ...settings, enterpriseId: 64_500 }, format), options);
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
    await sinkOf({ ...settings, maxMessageBytes: 65_536 }).deliver([parcel!]);
    await settled(() => records().length > before + 1);
    expect(records().length).toBeGreaterThan(before + 1);
  });
});

(python === undefined ? describe.skip : describe)('the official messages of OTLP (OTLP_PYTHON)', () => {
  const program = fileURLToPath(new URL('otlp_decode.py', import.meta.url));

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
      const sink = sinkOf({ kind: 'otlp', url: server.endpoint, headers: {}, encoding });
      // oxlint-disable-next-line no-await-in-loop -- one encoding after the other
      expect(new Set((await sink.deliver(parcels)).map(({ kind }) => kind))).toEqual(new Set(['delivered']));
    }
    await server.close();
    expect(types).toEqual(['application/json', 'application/x-protobuf']);
    const decoded = execFileSync(python!, [program], { input: bodies[1]! }).toString();
    expect(named(decoded)).toEqual(named(bodies[0]!.toString()));
  });

  test.each([0, 1, 300])('write a response whose %d rejected records are read', (rejected) => {
    const bytes = Buffer.from(
      execFileSync(python!, [program, String(rejected)])
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
