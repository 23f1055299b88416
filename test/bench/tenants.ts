// Measures key leasing: the calls to a tenant's KMS that 10,000 operations need, and their speed when the KMS costs
// nothing.

import { by, keyServiceUnderTest, LEASING, tenant, tenantsOf } from '../support/key-service.ts';
import type { Figure, Section } from './figures.ts';

const OPERATIONS = 10_000;
const AT_A_TIME = 100;

export async function tenantsSection(): Promise<Section> {
  const figures: Figure[] = [];
  for (const [name, leasing] of [
    ['without leasing', undefined],
    ['with leasing', LEASING],
    ['leases of 1,000 uses', { ...LEASING, maxUses: 1000 }],
  ] as const) {
    const under = keyServiceUnderTest();
    const tenants = tenantsOf(tenant('acme', { leasing }));
    const from = performance.now();
    for (let done = 0; done < OPERATIONS; done += 2 * AT_A_TIME) {
      // oxlint-disable-next-line no-await-in-loop -- so many requests at a time
      const wrapped = await Promise.all(
        Array.from({ length: AT_A_TIME }, () => under.service.wrap(tenants, by('acme'))),
      );
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all(wrapped.map(({ edek }) => under.service.unwrap(tenants, by('acme'), edek)));
    }
    const speed = (1000 * OPERATIONS) / (performance.now() - from);
    figures.push(
      counted(`KMS calls per 10,000 operations, ${name}`, 'calls', under.kms.count()),
      counted(`  events of the operations themselves`, 'events', eventsOf(under.events)),
      counted(`  speed beside a KMS in memory`, 'operations/s', speed),
    );
  }
  return { title: 'Tenant keys, half wraps and half unwraps', figures };
}

/** Without the events about leases. */
function eventsOf(events: readonly { readonly iclFields: Readonly<Record<string, unknown>> }[]): number {
  return events.filter(({ iclFields }) => String(iclFields['event']).startsWith('DATA_')).length;
}

function counted(name: string, unit: Figure['unit'], value: number): Figure {
  return { name, unit, median: value, best: value };
}
