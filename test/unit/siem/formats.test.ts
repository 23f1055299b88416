import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PREDEFINED_EVENTS } from '../../../lib/events/names.ts';
import { formatEvent, formatRecord } from '../../../lib/siem/format.ts';
import { MEANT_EVENTS } from '../../../lib/siem/meanings.ts';
import { EVENT_FORMATS, type EventFormat } from '../../../lib/tenants/event-format.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { parseCef } from '../../support/siem/parsers.ts';
import { mergedRecord as record, policyRecord } from '../../support/siem/records.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- JSON that is looked into
type Json = Readonly<Record<string, any>>;

const vectors = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../../vectors/siem/${name}.json`, import.meta.url), 'utf8')) as Json;
const OCSF = vectors('ocsf-1.8.0');
const ECS = vectors('ecs-9.4.0');

const named = (event: string) => {
  const { iclFields } = securityEvent();
  return securityEvent({ iclFields: { ...iclFields, event } });
};
const bodyOf = (event: ReturnType<typeof securityEvent>, format: EventFormat): Json =>
  JSON.parse(formatEvent(event, format).body) as Json;

const RECORDS = [
  ['AUDIT_UNPROTECT', record()],
  ['AUDIT_PROTECT', record({}, { operation: 'Protect', audit_code: 6 })],
  ['AUDIT_REPROTECT', record({}, { operation: 'Reprotect', audit_code: 50 })],
  ['AUDIT_CHECK', record({}, { operation: 'Check', audit_code: 10 })],
  ['AUDIT_UNKNOWN', record({ level: 'ERROR' }, { operation: undefined, dataelement: undefined, audit_code: 44 })],
  ['AUDIT_POLICY', policyRecord],
] as const;

const EVENT_NAMES = [...PREDEFINED_EVENTS, 'CUSTOM_LEASE_KEY', 'CUSTOM_DECRYPT_LEASED_KEY', 'CUSTOM_ANYTHING'];

describe('the native format', () => {
  test("is the reference product's JSON, with the members by which sinks find repeats and gaps", () => {
    const { body, id, timeMs, about } = formatEvent(securityEvent(), 'native');
    expect(JSON.parse(body)).toEqual({
      tenantId: 'tenant-gcp-l',
      timestamp: '2020-11-16T22:43:25.754Z',
      iclFields: {
        requestingId: 'userId1',
        dataLabel: 'PII',
        sourceIp: '',
        objectId: 'userId1',
        event: 'USER_LOGIN',
        requestId: 'Rq8675309',
        tspRayId: 'G3nphyPNTcOv1l6W',
        logdriverRayId: expect.stringMatching(/^[\w-]{16}$/),
        eventId: '01ENHBQTNT0000000000000001',
        chainId: 'chain',
        sequence: 1,
      },
      customFields: { field2: 'pokey', field1: 'gumby' },
    });
    expect({ id, timeMs, about }).toEqual({
      id: '01ENHBQTNT0000000000000001',
      timeMs: 1_605_566_605_754,
      about: { tenantId: 'tenant-gcp-l', event: 'USER_LOGIN', severity: 'notice', sequence: 1, content: 'json' },
    });
  });

  test('describes the key service as the reference product does, without absent members', () => {
    const iclFields = {
      requestingId: 'u',
      logMsg: 'Decrypted a leased key via KMS.',
      event: 'CUSTOM_DECRYPT_LEASED_KEY',
    };
    const body = bodyOf(securityEvent({ iclFields, customFields: {} }), 'native');
    expect(body['customFields']).toEqual({});
    expect(body['iclFields']).toMatchObject(iclFields);
    expect(body['iclFields']).not.toHaveProperty('dataLabel');
  });

  test('is the record itself for an audit record', () => {
    expect(JSON.parse(formatRecord('t', record(), 'native').body)).toEqual(record().record);
  });
});

test.each(EVENT_FORMATS)('writes %s the same to the byte each time', (format) => {
  expect(formatEvent(securityEvent(), format)).toEqual(formatEvent(securityEvent(), format));
  expect(formatRecord('t', record(), format)).toEqual(formatRecord('t', record(), format));
});

test('every predefined event has a meaning of its own, and so have those of the key service and the audit trail', () => {
  const others = ['CUSTOM_LEASE_KEY', 'CUSTOM_DECRYPT_LEASED_KEY', ...RECORDS.map(([name]) => name)];
  expect(MEANT_EVENTS.toSorted()).toEqual([...PREDEFINED_EVENTS, ...others].toSorted());
  expect(PREDEFINED_EVENTS.size).toBe(31);
});

const DAY = 86_400_000;
describe('an event time far from its receipt', () => {
  test.each([
    [DAY, false],
    [DAY + 1, true],
    [-14 * DAY, false],
    [-14 * DAY - 1, true],
    [8.64e15 - 1_605_566_605_754, true],
    [-8e15, true],
  ])('%d ms from the receipt is skewed: %s', (aheadMs, skewed) => {
    const receivedMs = 1_605_566_605_754;
    const event = securityEvent({ timeMs: receivedMs + aheadMs, receivedMs });
    for (const format of EVENT_FORMATS) {
      const parcel = formatEvent(event, format);
      expect(parcel.timeMs).toBe(skewed ? receivedMs : event.timeMs);
      expect(parcel.body.includes('timestampSkewed')).toBe(skewed);
    }
    expect(bodyOf(event, 'native')['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

/** What OCSF requires of a class or an object, and of the types of what is there. */
function ocsfFindings(value: Json, schema: Json, path: string): string[] {
  const missing = schema['required'].filter((name: string) => value[name] === undefined);
  const unknown = Object.keys(value).filter((name) => !schema['attributes'].includes(name));
  const oneOf: string[] = schema['at_least_one'];
  const none = oneOf.length > 0 && !oneOf.some((name) => value[name] !== undefined);
  return [
    ...missing.map((name: string) => `${path}.${name} is required`),
    ...unknown.map((name) => `${path}.${name} is no attribute`),
    ...(none ? [`${path} has none of ${oneOf.join(', ')}`] : []),
    ...Object.entries(value).flatMap(([name, member]) => memberFindings(member, name, `${path}.${name}`)),
  ];
}

function memberFindings(member: unknown, name: string, path: string): string[] {
  const { type, is_array: isArray = false } = OCSF['types'][name] ?? {};
  if (Array.isArray(member) !== isArray) return [`${path} is a list or should be one`];
  const values: unknown[] = Array.isArray(member) ? member : [member];
  return values.flatMap((one) => {
    const schema = OCSF['objects'][type];
    if (schema !== undefined) return ocsfFindings(one as Json, schema, path);
    const isRight =
      type === 'object'
        ? typeof one === 'object'
        : type === 'boolean_t'
          ? typeof one === 'boolean'
          : ['integer_t', 'long_t', 'timestamp_t'].includes(type)
            ? Number.isSafeInteger(one)
            : typeof one === 'string' && one !== '';
    return isRight ? [] : [`${path} is no ${type}`];
  });
}

function expectOcsf(body: Json): void {
  const schema = OCSF['classes'][body['class_uid']];
  expect(ocsfFindings(body, schema, String(body['class_uid']))).toEqual([]);
  expect(body).toMatchObject({
    class_name: schema.caption,
    category_uid: schema.category_uid,
    type_uid: body['class_uid'] * 100 + body['activity_id'],
    metadata: { version: OCSF['version'] },
  });
  expect(Object.keys(schema.activities)).toContain(String(body['activity_id']));
  expect(body['activity_name'] === undefined).toBe(body['activity_id'] !== 99);
  expect(OCSF['enums'].severity_id).toHaveProperty(String(body['severity_id']));
  expect(OCSF['enums'].status_id[body['status_id']]).toBe(body['status']);
}

describe('OCSF', () => {
  test.each(EVENT_NAMES)('%s satisfies its class', (name) => {
    const body = bodyOf(named(name), 'ocsf');
    expectOcsf(body);
    expect(body).toMatchObject({ metadata: { event_code: name, tenant_uid: 'tenant-gcp-l' } });
  });

  test.each(RECORDS)('%s satisfies its class', (name, merged) => {
    const body = JSON.parse(formatRecord('t', merged, 'ocsf').body) as Json;
    expectOcsf(body);
    expect(body).toMatchObject({ metadata: { uid: merged.id, tenant_uid: 't', event_code: name, sequence: 7 } });
  });

  test.each([
    ['USER_ADD', 300101],
    ['USER_SUSPEND', 300105],
    ['USER_REMOVE', 300106],
    ['USER_LOCKOUT', 300109],
    ['USER_CHANGE_PASSWORD', 300103],
    ['USER_RESET_PASSWORD', 300104],
    ['USER_ENABLE_TWO_FACTOR', 300110],
    ['USER_DISABLE_TWO_FACTOR', 300111],
    ['USER_LOGIN', 300201],
    ['USER_REJECT_LOGIN', 300201],
    ['USER_LOGOUT', 300202],
    ['USER_TIMEOUT_SESSION', 300202],
    ['ADMIN_ADD', 300501],
    ['ADMIN_REMOVE', 300502],
    ['ADMIN_CHANGE_SETTING', 300403],
    ['DATA_ENCRYPT', 600509],
    ['DATA_DECRYPT', 600510],
    ['DATA_DENY_ACCESS', 600510],
    ['DATA_CREATE', 600506],
    ['DATA_DELETE', 600507],
    ['DATA_IMPORT', 600505],
    ['DATA_EXPORT', 600501],
    ['PERIODIC_CREATE_BACKUP', 600399],
    ['CUSTOM_ANYTHING', 600399],
    ['CUSTOM_LEASE_KEY', 600301],
  ])('%s is type %d', (name, type) => expect(bodyOf(named(name), 'ocsf')['type_uid']).toBe(type));

  test.each([
    ['USER_REJECT_LOGIN', 'Failure'],
    ['DATA_DENY_ACCESS', 'Failure'],
    ['USER_LOGIN', 'Success'],
  ])('%s is a %s', (name, status) => expect(bodyOf(named(name), 'ocsf')['status']).toBe(status));

  test.each([
    ['', { name: 'unknown' }],
    ['203.0.113.9', { ip: '203.0.113.9' }],
    ['2001:db8::7', { ip: '2001:db8::7' }],
    ['::ffff:203.0.113.9', { ip: '::ffff:203.0.113.9' }],
    ['203.0.113.9.', { name: '203.0.113.9.' }],
    ['256.1.1.1', { name: '256.1.1.1' }],
    ['::1]/x[', { name: '::1]/x[' }],
    ['laptop of ana', { name: 'laptop of ana' }],
  ])('the source %p is %p', (sourceIp, endpoint) => {
    const { iclFields } = securityEvent();
    expect(bodyOf(securityEvent({ iclFields: { ...iclFields, sourceIp } }), 'ocsf')['src_endpoint']).toEqual(endpoint);
  });

  test('a refused operation is a failure with its code', () => {
    const refused = record({ level: 'ERROR' }, { audit_code: 3 });
    const { body, about } = formatRecord('t', refused, 'ocsf');
    expect(JSON.parse(body)).toMatchObject({ status_id: 2, status_code: '3', type_uid: 600510, severity_id: 3 });
    expect(about?.severity).toBe('warning');
  });
});

/** Paths of the leaves, lists and `labels` being leaves. */
function leaves(value: Json, path = ''): (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const isLeaf = typeof member !== 'object' || Array.isArray(member) || here === 'labels';
    return isLeaf ? [[here, member] as const] : leaves(member as Json, here);
  });
}

/** What the schema's type of a field has to say against a value. */
function ecsFindings(path: string, value: unknown): readonly string[] {
  const { type, array } = ECS['fields'][path] ?? {};
  if (type === undefined) return [`${path} is no field`];
  if (Array.isArray(value) !== array) return [`${path} is a list or should be one`];
  if (type === 'object') {
    const wrong = Object.entries(value as Json).filter(([name, one]) => name.includes('.') || typeof one !== 'string');
    return wrong.map(([name]) => `${path}.${name} is no keyword`);
  }
  const isRight = type === 'long' ? Number.isSafeInteger(value) : array || typeof value === 'string';
  return isRight ? [] : [`${path} is no ${type}`];
}

function expectEcs(body: Json): void {
  expect(leaves(body).flatMap(([path, value]) => ecsFindings(path, value))).toEqual([]);
  const { category, type, kind, outcome } = body['event'];
  expect(category).toHaveLength(1);
  expect(ECS['categories'][category[0]]).toEqual(expect.arrayContaining(type));
  expect(ECS['kinds']).toContain(kind);
  expect(ECS['outcomes']).toContain(outcome);
  expect(body['ecs']).toEqual({ version: ECS['version'] });
}

describe('ECS', () => {
  test.each(EVENT_NAMES)('%s has fields of the schema, and types that its category expects', (name) => {
    const body = bodyOf(named(name), 'ecs');
    expectEcs(body);
    expect(body).toMatchObject({ event: { action: name }, organization: { id: 'tenant-gcp-l' } });
  });

  test.each(RECORDS)('%s has fields of the schema, and types that its category expects', (name, merged) => {
    const body = JSON.parse(formatRecord('t', merged, 'ecs').body) as Json;
    expectEcs(body);
    expect(body['event'].action).toBe(name);
  });

  test('renames fields that an index would refuse or take for objects, and loses none', () => {
    const customFields = { 'a.b': '1', a_b: '2', '': '3', ' ': '4', '.': '5', chainId: '6' };
    const { labels } = bodyOf(securityEvent({ customFields }), 'ecs');
    expect(labels).toMatchObject({
      a_b: '1',
      a_b_2: '2',
      _: '3',
      __2: '4',
      __3: '5',
      chainId: 'chain',
      chainId_2: '6',
    });
  });
});

describe('CEF', () => {
  test.each(EVENT_NAMES)('%s is one line that a parser reads', (name) => {
    const { header, extension } = parseCef(formatEvent(named(name), 'cef').body);
    expect(header.slice(0, 3)).toEqual(['CEF:0', 'serverless-protector', 'serverless-protector']);
    expect(header[4]).toBe(name);
    expect(extension).toMatchObject({
      rt: '1605566605754',
      act: name,
      externalId: '01ENHBQTNT0000000000000001',
      suid: 'userId1',
      cn1: '1',
      cn1Label: 'sequence',
      cs1: 'tenant-gcp-l',
      cs1Label: 'tenant',
      cs2: 'PII',
      cs2Label: 'dataLabel',
      cs3: 'Rq8675309',
      cs3Label: 'requestId',
      cs4: 'userId1',
      cs4Label: 'objectId',
      cs5: 'chain',
      cs5Label: 'chainId',
      cs6Label: 'customFields',
      cs6: '{"field2":"pokey","field1":"gumby"}',
    });
  });

  test.each([
    ['203.0.113.9', { src: '203.0.113.9' }],
    ['2001:db8::7', { c6a2: '2001:db8::7', c6a2Label: 'Source IPv6 Address' }],
    ['laptop', { shost: 'laptop' }],
  ])('the source %p is %p', (sourceIp, pairs) => {
    const { iclFields } = securityEvent();
    const event = securityEvent({ iclFields: { ...iclFields, sourceIp } });
    expect(parseCef(formatEvent(event, 'cef').body).extension).toMatchObject(pairs);
  });

  test.each([5, true])('writes the scalar %p as text', (logMsg) => {
    const { iclFields } = securityEvent();
    const event = securityEvent({ iclFields: { ...iclFields, logMsg } });
    expect(parseCef(formatEvent(event, 'cef').body).extension['msg']).toBe(String(logMsg));
  });

  test('a refused record has its code as the reason', () => {
    const refused = record({ level: 'ERROR' }, { audit_code: 3 });
    const { header, extension } = parseCef(formatRecord('t', refused, 'cef').body);
    expect([header[6], extension['outcome'], extension['reason']]).toEqual(['6', 'failure', '3']);
  });
});

describe('an event that a format makes more than 32 KB of', () => {
  const large = securityEvent({
    customFields: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`field ${i}`, `${i} "\\\n`.repeat(100)])),
  });

  test.each(EVENT_FORMATS)('is cut in %s, is marked as truncated, and keeps its identity', (format) => {
    const { body, id } = formatEvent(large, format);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(32_768);
    expect(body).toContain('truncated');
    expect(body).toContain(id);
    expect(body).toContain('USER_LOGIN');
    expect(formatEvent(large, format).body).toBe(body);
  });

  test('loses parts of its longest texts, and never a field', () => {
    const { customFields, iclFields } = bodyOf(large, 'native');
    expect(Object.keys(customFields)).toEqual(Object.keys(large.customFields));
    expect(iclFields).toMatchObject({ ...large.iclFields, truncated: true });
  });
});
