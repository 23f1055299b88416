import { expect, test } from '@jest/globals';
import { forwardForMany } from '../support/siem/many-tenants.ts';

// The full size is `npm run soak:tenants`.
test('one broken SIEM in ten delays no other, and in the end every tenant has all events in order', async () => {
  const account = await forwardForMany({ tenants: 120, events: 12, perBatch: 5 });
  expect(account).toMatchObject({ delivered: 1_440, broken: 12 });
  expect(account.waited).toBeGreaterThan(0);
});
