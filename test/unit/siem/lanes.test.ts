import { expect, test } from '@jest/globals';
import { laneFinder } from '../../../lib/siem/lanes.ts';
import { MemorySink } from '../../support/memory-sink.ts';
import { sinkOf, tenantOf, tenantsOf } from '../../support/small-tenants.ts';

test('finds the lane of a backlog by its id: enabled, disabled, of no tenant, or gone', () => {
  const sink = new MemorySink();
  const opened: string[] = [];
  const acme = tenantOf('Acme Inc.', { sinks: [sinkOf('siem'), sinkOf('off', { enabled: false })] });
  const others = [{ id: 'stdout', kind: 'stdout', sink }];
  const find = laneFinder(tenantsOf([acme]), others, (tenantId, { name }) => {
    opened.push(`${tenantId}/${name}`);
    return sink;
  });
  expect(find('%41cme%20%49nc%2e@siem')).toEqual({ id: '%41cme%20%49nc%2e@siem', kind: 'stdout', sink, revision: 1 });
  expect(find('%41cme%20%49nc%2e@off')).toBe('disabled');
  expect(find('stdout')).toBe(others[0]);
  expect(find('acme@siem')).toBeUndefined();
  expect(opened).toEqual(['Acme Inc./siem']);
});
