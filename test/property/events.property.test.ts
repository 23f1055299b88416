import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { attempt } from '../../lib/base/attempt.ts';
import { isObject, type JsonObject } from '../../lib/base/json.ts';
import { EventError } from '../../lib/events/errors.ts';
import { eventLine, readEventLine } from '../../lib/events/line.ts';
import { readSecurityEvent } from '../../lib/events/metadata.ts';
import { PREDEFINED_EVENTS } from '../../lib/events/names.ts';
import { ulids } from '../../lib/events/ulid.ts';
import { codePoint } from '../support/code-point.ts';
import { draft, eventLog, eventsOf, memoryEventSink, NOW_MS, type Outcome } from '../support/event-log.ts';

const anyText = fc.string({
  unit: fc.constantFrom('a', 'Z', ' ', '"', '\\', '\n', '\0', '\u2028', 'é', '😀', '\ud800', '\udc00'),
});
const rarely = <T, U>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: rare });
const goodText = fc.string({ unit: codePoint, maxLength: 40 }).map((text) => text.toWellFormed());
const name = rarely(
  fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('__proto__', 'constructor', 'toString')),
  fc.oneof(anyText, fc.constantFrom('eventId', 'sequence')),
);
const anything = fc.oneof(anyText, fc.double(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}));
const event = rarely(
  fc.constantFrom(...PREDEFINED_EVENTS, 'CUSTOM_A', 'CREATE_BACKUP'),
  fc.oneof(fc.constant('CUSTOM_a'), anything),
);
const fields = (value: fc.Arbitrary<unknown>) => fc.array(fc.tuple(name, value), { maxLength: 6 });
const objectOf = (entries: readonly (readonly [string, unknown])[]): JsonObject => Object.fromEntries(entries);

/** Bodies that are mostly right. */
const body = fc
  .record({
    tenantId: rarely(fc.constantFrom('acme', '租'), anything),
    timestampMillis: rarely(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(undefined, null)), anything),
    icl: fields(rarely(fc.oneof(goodText, fc.constant(null)), anything)),
    event,
    custom: rarely(fields(rarely(fc.oneof(goodText, fc.integer(), fc.boolean()), anything)), fc.constant(undefined)),
  })
  .map(({ icl, event: named, custom, ...rest }) => ({
    ...rest,
    iclFields: objectOf([...icl, ['requestingId', 'user'], ['event', named]]),
    customFields: custom === undefined ? 7 : objectOf(custom),
  }));

const isRefusal = (error: unknown): boolean =>
  error instanceof EventError && ['EVENT_INVALID', 'EVENT_NAME_UNKNOWN'].includes(error.code);

const present = (value: unknown): readonly [string, unknown][] =>
  isObject(value) ? Object.entries(value).filter(([, member]) => member !== null && member !== undefined) : [];

describe('any metadata', () => {
  test('is refused with a documented code, or comes back out of its line exactly', async () => {
    let refused = 0;
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const sink = memoryEventSink();
        // As it comes over the wire.
        const parsed = JSON.parse(JSON.stringify(sent)) as JsonObject;
        const read = attempt(() => readSecurityEvent(parsed, NOW_MS));
        if (!read.ok) {
          refused += 1;
          // Anything else than a documented refusal fails the property.
          if (!isRefusal(read.error)) throw read.error;
          return;
        }
        accepted += 1;
        await eventLog(sink).accept([read.value]);
        const [line, ...others] = sink.lines;
        expect(others).toEqual([]);
        const out = readEventLine(line!)!;
        expect(eventLine(out)).toBe(line);
        expect(out.tenantId).toBe(parsed['tenantId']);
        expect(out.timeMs).toBe(parsed['timestampMillis'] ?? NOW_MS);
        const { tspRayId, event: named, ...iclFields } = out.iclFields;
        expect(tspRayId).toMatch(/^[\w-]{16}$/);
        expect(String(named).endsWith(String((parsed['iclFields'] as JsonObject)['event']))).toBe(true);
        expect(Object.entries(iclFields)).toEqual(
          present(parsed['iclFields']).filter(([member]) => member !== 'event'),
        );
        expect(Object.entries(out.customFields)).toEqual(
          present(parsed['customFields']).map(([member, value]) => [member, String(value)]),
        );
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(refused, accepted)).toBeGreaterThan(100);
  });

  test('a line of anything is an event or none, and an event writes its line again', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 0, max: 300 }), fc.string({ maxLength: 3 }), (json, at, noise) => {
        expect(readEventLine(json)).toBeUndefined();
        const line = eventLine({ ...draft('acme'), eventId: 'e', chainId: 'c', sequence: 1, timeMs: 1, receivedMs: 2 });
        const read = readEventLine(line.slice(0, at) + noise + line.slice(at + noise.length));
        expect(read && readEventLine(eventLine(read))).toEqual(read);
      }),
      { numRuns: 2000 },
    );
  });
});

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>('good', 'lost', 'taken but not said'),
  fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
);
const step = fc.record({
  tenants: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }),
  givenUp: fc.boolean(),
  wait: fc.boolean(),
});

/** A sink may take a line of a tenant and not the one before: then what is held back is the order of the sink, not the chain. */
const keepsOrder = (outcomes: readonly Outcome[]): boolean => outcomes.every((one) => !Array.isArray(one));

test('chains have no gaps and hold every acknowledged event, whatever the sink does and whichever caller gives up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.array(outcome, { maxLength: 20 }),
      async (steps, outcomes) => {
        const sink = memoryEventSink();
        sink.outcomes.push(...outcomes);
        const log = eventLog(sink);
        const acknowledged: string[] = [];
        const refusals = new Set<unknown>();
        const calls: Promise<void>[] = [];
        let count = 0;
        for (const { tenants, givenUp, wait } of steps) {
          const giveUp = new AbortController();
          const call = log
            .accept(
              tenants.map((tenant) => draft(tenant, `${count}`)),
              giveUp.signal,
            )
            .then((events) => void acknowledged.push(...events.map(({ eventId }) => eventId)))
            .catch((error: unknown) => void refusals.add(error instanceof EventError ? error.code : error));
          count += tenants.length;
          if (givenUp) giveUp.abort();
          calls.push(call);
          if (wait) await call;
        }
        await Promise.all(calls);
        expect([...refusals].filter((code) => code !== 'EVENT_NOT_DURABLE')).toEqual([]);
        sink.outcomes.length = 0;
        await log.close();
        const lines = keepsOrder(outcomes)
          ? sink.lines
          : sink.lines.toSorted((x, y) => readEventLine(x)!.sequence - readEventLine(y)!.sequence);
        const events = eventsOf(lines);
        expect(events).toHaveLength(count);
        const ids = new Set(events.map(({ eventId }) => eventId));
        expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('ULIDs grow and are unique, whatever the clock does and however full the random part is', () => {
  const bytes = fc.constantFrom(() => new Uint8Array(10).fill(0xff), randomBytes);
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 41), { minLength: 2, maxLength: 50 }), bytes, (times, random) => {
      const clock = [...times];
      const next = ulids({ nowMs: () => clock.shift()!, random });
      const made = times.map(() => next());
      expect(made.every((ulid) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(ulid))).toBe(true);
      expect(made.toSorted()).toEqual(made);
      expect(new Set(made).size).toBe(made.length);
    }),
  );
});
