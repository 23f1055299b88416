// What a SIEM receives, to the letter: rules and dashboards are written on it.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { RELEASE } from '../../../lib/contract/release.ts';
import { formatEvent, formatRecord } from '../../../lib/siem/format.ts';
import { EVENT_FORMATS, type EventFormat } from '../../../lib/tenants/event-format.ts';
import { securityEvent } from '../../support/siem/events.ts';
import { mergedRecord, policyRecord } from '../../support/siem/records.ts';

type Bodies = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const BODIES = JSON.parse(readFileSync(new URL('../../vectors/siem/bodies.json', import.meta.url), 'utf8')) as Bodies;

/** One of each class of OCSF, one that failed, and an application's own. */
const EVENTS = [
  'USER_ADD',
  'USER_LOGIN',
  'USER_REJECT_LOGIN',
  'USER_CHANGE_PERMISSIONS',
  'ADMIN_CHANGE_SETTING',
  'PERIODIC_CREATE_BACKUP',
  'DATA_DECRYPT',
  'CUSTOM_ANYTHING',
];
const FIELDS = {
  'all fields': {
    dataLabel: 'PII',
    objectId: 'object-7',
    sourceIp: '203.0.113.9',
    requestId: 'r-1',
    logMsg: 'It was read.',
  },
  'a label alone': { dataLabel: 'PII' },
  'no field': {},
};

const parcels = [
  ...EVENTS.flatMap((event) =>
    Object.entries(FIELDS).map(([fields, members]) => {
      const given = securityEvent({ iclFields: { requestingId: 'ana', event, ...members, logdriverRayId: 'ray' } });
      return [`${event}, ${fields}`, (format: EventFormat) => formatEvent(given, format)] as const;
    }),
  ),
  ...Object.entries({
    AUDIT_UNPROTECT: mergedRecord(),
    'AUDIT_UNPROTECT, refused': mergedRecord({ level: 'ERROR' }, { audit_code: 3 }),
    AUDIT_UNKNOWN: mergedRecord({}, { operation: undefined, dataelement: undefined, audit_code: 44 }),
    AUDIT_POLICY: policyRecord,
  }).map(([name, record]) => [name, (format: EventFormat) => formatRecord('t', record, format)] as const),
];

test('the vectors hold these bodies and no others', () => {
  expect(Object.keys(BODIES)).toEqual(parcels.map(([name]) => name));
});

test.each(parcels)('%s', (name, parcelIn) => {
  const bodies = EVENT_FORMATS.map((format) => {
    const body = parcelIn(format).body.replaceAll(RELEASE, '<release>');
    return [format, body.startsWith('{') ? (JSON.parse(body) as unknown) : body] as const;
  });
  expect(Object.fromEntries(bodies)).toEqual(BODIES[name]);
});
