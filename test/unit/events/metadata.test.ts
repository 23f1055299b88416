import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lib/base/json.ts';
import { readMetadata, readSecurityEvent } from '../../../lib/events/metadata.ts';
import { NOW_MS } from '../../support/event-log.ts';

const LONE = 'x\ud800';

function body(changes: JsonObject = {}, iclFields: JsonObject = {}): JsonObject {
  return {
    tenantId: 'acme',
    iclFields: { requestingId: 'user', event: 'USER_LOGIN', ...iclFields },
    customFields: { k: 'v' },
    ...changes,
  };
}
const icl = (fields: JsonObject): JsonObject => body({}, fields);
const custom = (customFields: unknown): JsonObject => body({ customFields });
/** As JSON.parse reads it, `__proto__` being a member like others. */
const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;
const many = (count: number, value: unknown = 'v') =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, value]));

describe('metadata', () => {
  test.each<[string, JsonObject, object]>([
    [
      'the two required members alone',
      { tenantId: 't', iclFields: { requestingId: 'r' } },
      { iclFields: { requestingId: 'r' }, customFields: {} },
    ],
    ['an empty text, which is kept', icl({ sourceIp: '' }), { iclFields: expect.objectContaining({ sourceIp: '' }) }],
    [
      'any text for an address',
      icl({ sourceIp: 'no ip' }),
      { iclFields: expect.objectContaining({ sourceIp: 'no ip' }) },
    ],
    ['a null, which is absent', icl({ dataLabel: null }), { iclFields: { requestingId: 'user', event: 'USER_LOGIN' } }],
    [
      'an undefined, which is absent',
      icl({ dataLabel: undefined }),
      { iclFields: { requestingId: 'user', event: 'USER_LOGIN' } },
    ],
    [
      'an unknown text of iclFields, which is kept',
      icl({ region: 'eu' }),
      { iclFields: expect.objectContaining({ region: 'eu' }) },
    ],
    ['an unknown member, which is ignored', body({ more: { deep: 1 } }), { tenantId: 'acme' }],
    ['custom fields that are null', custom(null), { customFields: {} }],
    [
      'numbers and booleans, as texts',
      custom({ n: 1.5, z: -0, big: 2 ** 53 - 1, b: true, f: false }),
      { customFields: { n: '1.5', z: '0', big: '9007199254740991', b: 'true', f: 'false' } },
    ],
    ['a custom field that is null, which is absent', custom({ k: null }), { customFields: {} }],
    ['line breaks, which are only text', custom({ k: 'a\r\nX-Evil: 1' }), { customFields: { k: 'a\r\nX-Evil: 1' } }],
    [
      'ids of 256 characters',
      body({ tenantId: 't'.repeat(256) }, { requestingId: 'r'.repeat(256) }),
      { tenantId: 't'.repeat(256) },
    ],
    ['64 custom fields', custom(many(64)), { customFields: many(64) }],
    ['64 of iclFields', icl(many(62)), { iclFields: expect.objectContaining({ k61: 'v' }) }],
    [
      'texts as long as they may be',
      body({ customFields: { ['k'.repeat(128)]: 'v'.repeat(4096) } }, { objectId: 'o'.repeat(1024) }),
      { customFields: { ['k'.repeat(128)]: 'v'.repeat(4096) } },
    ],
    ['a character outside of the basic plane', custom({ '😀': '😀' }), { customFields: { '😀': '😀' } }],
  ])('accepts %s', (_, sent, expected) => {
    expect(readMetadata(sent)).toMatchObject(expected);
    expect(readMetadata(sent)).toEqual({ ...readMetadata(sent), ...expected });
  });

  test('takes __proto__ as a name like any other, without changing an object', () => {
    const sent = parsed(
      '{"tenantId":"t","iclFields":{"requestingId":"r","__proto__":"p"},"customFields":{"__proto__":"q"}}',
    );
    const { iclFields, customFields } = readMetadata(sent);
    expect(JSON.stringify([iclFields, customFields])).toBe('[{"requestingId":"r","__proto__":"p"},{"__proto__":"q"}]');
    expect(Object.getPrototypeOf(customFields)).toBe(Object.prototype);
  });

  test.each<[string, JsonObject]>([
    ['tenantId must be a text of 1 to 256 characters', body({ tenantId: undefined })],
    ['tenantId must be a text of 1 to 256 characters', body({ tenantId: null })],
    ['tenantId must be a text of 1 to 256 characters', body({ tenantId: '' })],
    ['tenantId must be a text of 1 to 256 characters', body({ tenantId: 7 })],
    ['tenantId must be a text of 1 to 256 characters', body({ tenantId: 't'.repeat(257) })],
    ['tenantId must be a text of 1 to 256 characters', body({ tenantId: LONE })],
    ['iclFields must be an object', body({ iclFields: undefined })],
    ['iclFields must be an object', body({ iclFields: ['SECRET'] })],
    ['iclFields must be an object', body({ iclFields: 'SECRET' })],
    ['iclFields.requestingId must be a text of 1 to 256 characters', icl({ requestingId: undefined })],
    ['iclFields.requestingId must be a text of 1 to 256 characters', icl({ requestingId: null })],
    ['iclFields.requestingId must be a text of 1 to 256 characters', icl({ requestingId: '' })],
    ['iclFields.requestingId must be a text of 1 to 256 characters', icl({ requestingId: 'r'.repeat(257) })],
    ['iclFields.requestingId must be a text of at most 1024 characters', icl({ requestingId: 7 })],
    ['iclFields.objectId must be a text of at most 1024 characters', icl({ objectId: 'o'.repeat(1025) })],
    ['iclFields.sourceIp must be a text of at most 1024 characters', icl({ sourceIp: 1 })],
    ['iclFields.dataLabel must be a text of at most 1024 characters', icl({ dataLabel: LONE })],
    ['A member of iclFields must be a text of at most 1024 characters', icl({ SECRET: 7 })],
    ['A member of iclFields must be a text of at most 1024 characters', icl({ SECRET: { a: 1 } })],
    ['iclFields must have at most 64 members', icl(many(63))],
    ['iclFields must have names of 1 to 128 characters', icl({ ['k'.repeat(129)]: 'v' })],
    ['iclFields.eventId is set by the service', icl({ eventId: 'SECRET' })],
    ['iclFields.logMsg is set by the service', icl({ logMsg: 'SECRET' })],
    ['iclFields.tspRayId is set by the service', icl({ tspRayId: 'SECRET' })],
    ['iclFields.sequence is set by the service', icl({ sequence: 'SECRET' })],
    ['iclFields.timestampSkewed is set by the service', icl({ timestampSkewed: 'SECRET' })],
    ['customFields must be an object', custom('SECRET')],
    ['customFields must be an object', custom([1])],
    ['customFields must have at most 64 members', custom(many(65))],
    ['customFields must have names of 1 to 128 characters', custom({ '': 'SECRET' })],
    ['customFields must have names of 1 to 128 characters', custom({ ['k'.repeat(129)]: 'SECRET' })],
    ['customFields must have names of 1 to 128 characters', custom({ [LONE]: 'SECRET' })],
    ['A member of customFields must be a text of at most 4096', custom({ SECRET: 'v'.repeat(4097) })],
    ['A member of customFields must be a text of at most 4096', custom({ SECRET: LONE })],
    ['A member of customFields must be a text of at most 4096', custom({ SECRET: {} })],
    ['A member of customFields must be a text of at most 4096', custom({ SECRET: [] })],
    ['A member of customFields must be a text of at most 4096', custom({ SECRET: 2 ** 53 })],
    ['A member of customFields must be a text of at most 4096', custom({ SECRET: Number.POSITIVE_INFINITY })],
    ['The event has more than 32768 bytes', custom(many(64, 'v'.repeat(512)))],
    // Counted as JSON and UTF-8 write them.
    ['The event has more than 32768 bytes', custom(many(8, '\u0001'.repeat(1000)))],
    ['The event has more than 32768 bytes', custom(many(8, '😀'.repeat(1024)))],
  ])('is refused: %s', (message, sent) => {
    const refused = { code: 'EVENT_INVALID', message: expect.stringContaining(message) };
    expect(() => readMetadata(sent)).toThrow(expect.objectContaining(refused));
    expect(() => readMetadata(sent)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
    );
  });
});

describe('a security event', () => {
  test.each([
    ['a time', 1_603_911_546_500, 1_603_911_546_500],
    ['the epoch, which is a time', 0, 0],
    ['a time before the epoch', -1, -1],
    ['a time far ahead', 8_640_000_000_000_001, 8_640_000_000_000_001],
    ['no time, and gets the time of its receipt', undefined, NOW_MS],
    ['null for its time, and gets the time of its receipt', null, NOW_MS],
  ])('takes %s', (_, timestampMillis, timeMs) => {
    expect(readSecurityEvent(body({ timestampMillis }), NOW_MS).timeMs).toBe(timeMs);
  });

  test.each([1.5, '1603911546500', true, 2 ** 53, Number.NaN])('is refused with %p for its time', (timestampMillis) => {
    const refused = expect.objectContaining({
      code: 'EVENT_INVALID',
      message: expect.stringContaining('timestampMillis'),
    });
    expect(() => readSecurityEvent(body({ timestampMillis }), NOW_MS)).toThrow(refused);
  });

  test('is passed on under its whole name', () => {
    expect(readSecurityEvent(icl({ event: 'CREATE_BACKUP' }), NOW_MS).iclFields['event']).toBe(
      'PERIODIC_CREATE_BACKUP',
    );
  });

  test.each([undefined, null, '', 'LOGIN', 'CUSTOM_x'])('is refused with the unknown name %p', (event) => {
    expect(() => readSecurityEvent(icl({ event }), NOW_MS)).toThrow(
      expect.objectContaining({ code: 'EVENT_NAME_UNKNOWN' }),
    );
  });
});
