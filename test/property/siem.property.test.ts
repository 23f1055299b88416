// Whatever text an application puts into an event, a receiver's parser finds one event with these fields, in every
// format and through every sink: no text injects a second event, another tenant or another field.
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import type { DeliverySink } from '../../lib/delivery/ports.ts';
import type { SecurityEvent } from '../../lib/events/event.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { EVENT_FORMATS } from '../../lib/tenants/event-format.ts';
import { securityEvent } from '../support/siem/events.ts';
import { parseCef } from '../support/siem/parsers.ts';
import type { Receiver } from '../support/siem/receiver.ts';
import { RECEIVER_KINDS, startReceiver } from '../support/siem/start.ts';
import type { SyslogReceiver } from '../support/siem/syslog.ts';

/** Texts with a meaning in one of the formats. */
const HOSTILE = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  '"',
  '\\',
  '|',
  '=',
  ']',
  '[',
  '}{',
  '\u2028',
  '\u0085',
  '\u2029',
  '\u007f',
  '\ud800',
  ' act=',
  ' externalId=other',
  '\\=',
  '\\n',
  '\nCEF:0|a|b|c|d|e|10|act=x',
  '"}\n{"create":{}}\n',
  '\n<110>1 - - - - - - x',
  '","tenantId":"other',
  '__proto__',
  'ü😀',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 5 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

const events: fc.Arbitrary<SecurityEvent> = fc
  .record({
    tenantId: text.filter((tenant) => tenant !== ''),
    requestingId: text.filter((user) => user !== ''),
    objectId: text,
    dataLabel: text,
    sourceIp: text,
    requestId: text,
    logMsg: text,
    customFields: fc.dictionary(text, text, { maxKeys: 4 }),
  })
  .map(({ tenantId, customFields, ...iclFields }) =>
    securityEvent({ tenantId, customFields, timeMs: Date.now(), iclFields: { ...iclFields, event: 'CUSTOM_X' } }),
  );

/** As UTF-8 carries it: half a character has no encoding. */
const wellFormed = (value: string): string => value.toWellFormed();
/** As CEF carries it: control characters other than line ends have no escape. */
const carried = (value: string): string =>
  // oxlint-disable-next-line no-control-regex -- the characters under test
  wellFormed(value).replaceAll(/[\0-\t\v\f\u000e-\u001f\u007f\u0085\u2028\u2029]/g, '\ufffd');

/**
 * Reads JSON as the YAML that it is. `JSON.parse` of Node 24 may take an escaped name for one that it met before: after
 * `{"a":0,"\\\\":0}` it reads the name of a line feed in `{"a":0,"\\n":0}` as a backslash (nodejs/node#63785).
 */
const parseJson = (json: string) => parseYaml(json);

describe('in every format', () => {
  test('native gives back every member', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { body } = formatEvent(event, 'native');
        expect(body).not.toMatch(/[\r\n\0]/);
        const parsed = parseJson(body) as SecurityEvent;
        expect(parsed.tenantId).toBe(event.tenantId);
        expect(Object.entries(parsed.customFields)).toEqual(Object.entries(event.customFields));
        expect(parsed.iclFields).toMatchObject(event.iclFields);
      }),
    );
  });

  test('OCSF gives back tenant, user and custom fields', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { body } = formatEvent(event, 'ocsf');
        expect(body).not.toMatch(/[\r\n\0]/);
        const { metadata, actor, unmapped } = parseJson(body);
        expect(metadata).toMatchObject({ tenant_uid: event.tenantId, uid: event.eventId, event_code: 'CUSTOM_X' });
        expect(actor.user.uid).toBe(event.iclFields['requestingId']);
        expect(Object.entries(unmapped.customFields)).toEqual(Object.entries(event.customFields));
      }),
    );
  });

  test('ECS gives back tenant, user and the values of all custom fields, each under a name of its own', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { body } = formatEvent(event, 'ecs');
        expect(body).not.toMatch(/[\r\n\0]/);
        const { organization, user, labels, event: about } = parseJson(body);
        expect([organization.id, user.id, about.id]).toEqual([
          event.tenantId,
          event.iclFields['requestingId'],
          event.eventId,
        ]);
        const values = Object.values(labels);
        for (const value of Object.values(event.customFields)) expect(values).toContain(value);
        expect(Object.keys(labels).length).toBeGreaterThanOrEqual(Object.keys(event.customFields).length);
        expect(Object.keys(labels).filter((name) => name.includes('.') || name.trim() === '')).toEqual([]);
      }),
    );
  });

  test('CEF gives back tenant, user and custom fields, and no injected pair', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { header, extension } = parseCef(formatEvent(event, 'cef').body);
        expect(header.slice(4)).toEqual(['CUSTOM_X', 'Custom event', '3']);
        expect(extension).toMatchObject({
          act: 'CUSTOM_X',
          externalId: event.eventId,
          suid: carried(String(event.iclFields['requestingId'])),
          cs1: carried(event.tenantId),
        });
        expect(Object.entries(parseJson(extension['cs6'] ?? '{}'))).toEqual(Object.entries(event.customFields));
        const ours =
          /^(?:rt|act|outcome|externalId|suid|msg|src|shost|c6a2|c6a2Label|cn1|cn1Label|cs[1-6]|cs[1-6]Label|flexString1|flexString1Label)$/;
        expect(Object.keys(extension).filter((key) => !ours.test(key))).toEqual([]);
      }),
    );
  });
});

test('CEF keeps custom fields apart whose names differ in characters that it cannot carry', () => {
  const customFields = {
    '\u2028\u2028': 'a',
    '\u2029\u2028': 'b',
    '\u007f': 'c',
    '\u0085': 'd',
    '\n\n': 'e',
    '\ud800': 'f',
  };
  const { extension } = parseCef(formatEvent(securityEvent({ customFields }), 'cef').body);
  expect(parseJson(extension['cs6']!)).toEqual(customFields);
});

describe.each(RECEIVER_KINDS)('through %s', (kind) => {
  let receiver: Receiver;
  let sinks: ReturnType<typeof tenantSinks>;
  const environment = { ...process.env };
  beforeAll(async () => {
    receiver = await startReceiver(kind);
    Object.assign(process.env, receiver.environment);
    sinks = tenantSinks({ laptop: true });
  });
  afterAll(async () => {
    await receiver.close();
    process.env = { ...environment };
  });

  test.each(EVENT_FORMATS)('delivers an event in the format %s as one event with its own bytes', async (format) => {
    const { settings } = receiver;
    const sink: DeliverySink = sinks('t', { name: 's', enabled: true, format, include: [], exclude: [], settings });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        number += 1;
        const eventId = `${format.toUpperCase()}${String(number).padStart(20, '0')}`;
        const parcel = formatEvent({ ...event, eventId }, format);
        const before = receiver.accepted().length;
        expect(await sink.deliver([parcel])).toEqual([{ kind: 'delivered' }]);
        for (let turn = 0; turn < 500 && receiver.accepted().length === before; turn++) {
          await new Promise((resolve) => {
            setTimeout(resolve, 2);
          });
        }
        const added = receiver.accepted().slice(before);
        expect(added.map(({ id, body }) => [id, body])).toEqual([[eventId, wellFormed(parcel.body)]]);
      }),
      { numRuns: 40 },
    );
  });
});

test('syslog gives back tenant, event and id as structured data', async () => {
  const receiver = (await startReceiver('syslog')) as SyslogReceiver;
  try {
    const settings = { ...receiver.settings, enterpriseId: 64_500 };
    const sink = tenantSinks({ laptop: true })('t', {
      name: 's',
      enabled: true,
      format: 'native',
      include: [],
      exclude: [],
      settings,
    });
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const before = receiver.messages.length;
        expect(await sink.deliver([formatEvent(event, 'native')])).toEqual([{ kind: 'delivered' }]);
        for (let turn = 0; turn < 500 && receiver.messages.length === before; turn++) {
          await new Promise((resolve) => {
            setTimeout(resolve, 2);
          });
        }
        // oxlint-disable-next-line no-control-regex -- they have no escape
        const tenant = wellFormed(event.tenantId.replaceAll(/[\0-\u001f\u007f]/g, '\ufffd'));
        expect(receiver.messages.slice(before)).toMatchObject([
          {
            priority: 109,
            msgId: 'CUSTOM_X',
            data: {
              meta: { sequenceId: '1' },
              origin: { software: 'serverless-protector', enterpriseId: '64500' },
              'event@64500': { tenant, event: 'CUSTOM_X', id: event.eventId, sequence: '1' },
            },
          },
        ]);
      }),
      { numRuns: 60 },
    );
  } finally {
    await receiver.close();
  }
});
