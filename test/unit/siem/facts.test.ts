import { expect, test } from '@jest/globals';
import { factsOfEvent, factsOfRecord } from '../../../lib/siem/facts.ts';
import { securityEvent } from '../../support/siem/events.ts';

test.each([
  ['SUCCESS', false],
  ['WARNING', false],
  ['ERROR', true],
  ['EXCEPTION', true],
])('a record of level %s is a failure: %s', (level, failed) => {
  const record = { level, logtype: 'Protection', protection: { operation: 'Protect', audit_code: 6 } };
  expect(factsOfRecord('acme', { id: 'a', timeMs: 0, record })).toMatchObject({ failed });
});

test.each<[string, object, string]>([
  ['names', { requestingId: 'ann' }, 'ann'],
  ['does not name', {}, 'unknown'],
])('the user of an event that %s one', (_, iclFields, user) => {
  expect(factsOfEvent(securityEvent({ iclFields: { event: 'ADMIN_ADD', ...iclFields } }))).toMatchObject({
    user,
  });
});
