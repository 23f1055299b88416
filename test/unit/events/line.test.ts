import { describe, expect, test } from '@jest/globals';
import type { SecurityEvent } from '../../../lib/events/event.ts';
import { eventLine, readEventLine } from '../../../lib/events/line.ts';

const EVENT: SecurityEvent = {
  eventId: '01ENHBQTNT0000000000000001',
  chainId: '01ENHBQTNT0000000000000000',
  sequence: 1,
  tenantId: 'tenant-gcp-l',
  timeMs: 1_605_566_605_754,
  receivedMs: 1_605_566_610_754,
  iclFields: { requestingId: 'userId1', event: 'USER_LOGIN', count: 3, seen: true },
  customFields: { field1: 'gumby\n\u2028😀', 'fi"eld2': '' },
};

/** The event with custom fields of these names. */
const withNames = (...names: readonly string[]): SecurityEvent => ({
  ...EVENT,
  customFields: Object.fromEntries(names.map((name) => [name, 'x'])),
});

describe('the line of an event', () => {
  test('is one line, and is read back as the event', () => {
    const line = eventLine(EVENT);
    expect(line).not.toContain('\n');
    expect(line.startsWith('{"logtype":"SecurityEvent",')).toBe(true);
    expect(readEventLine(line)).toEqual(EVENT);
  });

  test('keeps names that are written with an escape, whatever was read before', () => {
    // The parser of V8 takes `"` for the backslash that it met in the same place (nodejs/node#63785).
    JSON.parse('{"h":[],"\\\\":0}');
    expect(Object.keys(JSON.parse('{"h":1,"\\"":2}') as object)).toHaveLength(2);
    for (const name of ['\\', '"', '\n', '\r']) {
      const event = withNames('h', name);
      expect(readEventLine(eventLine(event))).toEqual(event);
    }
  });

  test('holds the members of an event and no others', () => {
    expect(readEventLine(eventLine({ ...EVENT, secret: 1 } as SecurityEvent))).toEqual(EVENT);
  });
});

describe('the reader of event lines', () => {
  const members = JSON.parse(eventLine(EVENT)) as Record<string, unknown>;
  const without = Object.keys(members).map((name) => {
    const { [name]: _, ...others } = members;
    return [`a line without ${name}`, JSON.stringify(others)] as const;
  });
  const altered: readonly [string, object][] = [
    ['an audit record', { logtype: 'Protection' }],
    ['an empty id', { eventId: '' }],
    ['an id that is a number', { eventId: 7 }],
    ['an empty chain', { chainId: '' }],
    ['an empty tenant', { tenantId: '' }],
    ['a sequence of 0', { sequence: 0 }],
    ['a sequence that is no whole number', { sequence: 1.5 }],
    ['a sequence that is a text', { sequence: '1' }],
    ['a time that is a text', { timeMs: '1' }],
    ['a receipt that is no whole number', { receivedMs: 1e300 }],
    ['fields that are a list', { iclFields: [] }],
    ['a field that is an object', { iclFields: { a: {} } }],
    ['a field that is null', { iclFields: { a: null } }],
    ['custom fields that are null', { customFields: null }],
    ['a custom field that is a number', { customFields: { a: 1 } }],
  ];
  test.each([
    ['an empty text', ''],
    ['a torn line', eventLine(EVENT).slice(0, -2)],
    ['a number', '7'],
    ['null', 'null'],
    ['a list', `[${eventLine(EVENT)}]`],
    ['two lines', `${eventLine(EVENT)}\n${eventLine(EVENT)}`],
    ...without,
    ...altered.map(([name, change]) => [name, JSON.stringify({ ...members, ...change })] as const),
  ])('finds no event in %s', (_, line) => {
    expect(readEventLine(line)).toBeUndefined();
  });
});
