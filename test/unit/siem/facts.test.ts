import { expect, test } from '@jest/globals';
import { factsOfRecord } from '../../../lib/siem/facts.ts';

test.each([
  ['SUCCESS', false],
  ['WARNING', false],
  ['ERROR', true],
  ['EXCEPTION', true],
])('a record of level %s is a failure: %s', (level, failed) => {
  const record = { level, logtype: 'Protection', protection: { operation: 'Protect', audit_code: 6 } };
  expect(factsOfRecord('acme', { id: 'a', timeMs: 0, record })).toMatchObject({ failed });
});
