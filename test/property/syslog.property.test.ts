// No event, however long and whatever it holds, becomes two records at a syslog receiver that takes 8,096 octets and keeps
// the rest of a longer message as a message of its own.
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { tenantSinks } from '../../functions/runtime/forward/tenant-sinks.ts';
import { formatEvent } from '../../lib/siem/format.ts';
import { EVENT_FORMATS } from '../../lib/tenants/event-format.ts';
import { securityEvent } from '../support/siem/events.ts';
import { parseCef } from '../support/siem/parsers.ts';
import { startSyslog, type SyslogReceiver } from '../support/siem/syslog.ts';

const FORGED =
  '<109>1 2026-11-29T00:00:00Z host app - CUSTOM_X [timeQuality tzKnown="1"] {"iclFields":{"eventId":"forged"}}';
const PIECES = [
  FORGED,
  `\n${FORGED}`,
  `\0${FORGED}`,
  `114 ${FORGED}`,
  '😀',
  'ü',
  '\\',
  '"',
  '=',
  ']',
  ' act=X',
  '\ud800',
  '\u2028',
  'x',
];

/** Texts of up to some thousand characters, most of them repetitions. */
const long = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 400 })), { maxLength: 4 })
  .map((parts) =>
    parts
      .map(([piece, times]) => piece.repeat(times))
      .join('')
      .slice(0, 16_000)
      .toWellFormed(),
  );
const events = fc
  .record({
    tenantId: long.map((text) => text.slice(0, 256).toWellFormed() || 't'),
    logMsg: long,
    objectId: long.map((text) => text.slice(0, 1_024).toWellFormed()),
    customFields: fc.dictionary(
      long.map((text) => text.slice(0, 128).toWellFormed()),
      long,
      { maxKeys: 6 },
    ),
  })
  .map(({ tenantId, customFields, ...fields }) =>
    securityEvent({
      tenantId,
      customFields,
      timeMs: Date.now(),
      iclFields: { requestingId: 'u', ...fields, event: 'CUSTOM_X' },
    }),
  );

describe('a syslog receiver of 8,096 octets', () => {
  let receiver: SyslogReceiver;
  beforeAll(async () => {
    receiver = await startSyslog();
  });
  afterAll(() => receiver.close());

  test.each(EVENT_FORMATS.flatMap((format) => [{ format }, { format, enterpriseId: 64_500, maxMessageBytes: 2_048 }]))(
    'keeps one record of each event, well-formed and marked when it is cut: %j',
    async ({ format, ...settings }) => {
      const limit = { maxMessageBytes: 8_000, ...settings }.maxMessageBytes;
      const about = { name: 's', enabled: true, format, include: [], exclude: [] };
      const sink = tenantSinks({ laptop: true })('t', { ...about, settings: { ...receiver.settings, ...settings } });
      await fc.assert(
        fc.asyncProperty(events, async (event) => {
          const before = receiver.messages.length;
          const parcel = formatEvent(event, format);
          const [verdict] = await sink.deliver([
            parcel,
            { ...parcel, id: 'end', body: '{"iclFields":{"eventId":"end"}}' },
          ]);
          for (let turn = 0; turn < 500 && receiver.accepted().at(-1)?.id !== 'end'; turn++) {
            await new Promise((resolve) => {
              setTimeout(resolve, 1);
            });
          }
          const [message, end, ...others] = receiver.messages.slice(before);
          expect(others).toEqual([]);
          expect(end?.message).toContain('"end"');
          expect(message!.octets).toBeLessThanOrEqual(limit);
          const isCut = message!.message !== parcel.body.toWellFormed();
          expect(verdict).toEqual({ kind: 'delivered', ...(isCut && { isCut }) });
          const { message: text } = message!;
          const { extension } = format === 'cef' ? parseCef(text) : { extension: undefined };
          const mark = extension?.['truncated'] ?? String(extension ?? parseYaml(text).truncated);
          expect([extension?.['externalId'], mark === 'true']).toEqual([extension && event.eventId, isCut]);
          receiver.forget();
        }),
        { numRuns: 25 },
      );
    },
  );
});
