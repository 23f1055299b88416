import { describe, expect, test } from '@jest/globals';
import { checkOwnNames } from '../../../lib/tenants/own-names.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';

const OWN = new Set(['forwarder-bucket', '/our/group']);
const KEY = { id: 1, key: 'arn:aws:kms:eu-west-1:111122223333:key/1', primary: true };
const PLACE = { region: 'eu-west-1', roleArn: 'arn:aws:iam::111122223333:role/events', externalId: 'external' };

const tenantOf = (id: string, sinks: readonly object[]) => ({ id, kms: [KEY], sinks });

/** The problems of tenants whose second one has this sink. */
const problemsOf = (sink: object) => {
  const document = parseTenants(
    {
      apiKeys: [{ id: 'a', sha256: `${'A'.repeat(43)}=` }],
      tenants: [tenantOf('one', []), tenantOf('two', [{ name: 'siem', ...PLACE, ...sink }])],
    },
    new Map(),
  );
  return checkOwnNames(document, OWN);
};

describe('a sink of a tenant', () => {
  test.each([
    ['bucket', 'a bucket', { kind: 's3', bucket: 'forwarder-bucket', prefix: 'backlog/' }],
    ['logGroup', 'a log group', { kind: 'cloudwatch-logs', logGroup: '/our/group' }],
  ])('must not name our %s, whatever role it assumes', (member, what, sink) => {
    expect(problemsOf(sink)).toEqual([
      {
        path: `$.tenants[1].sinks[0].${member}`,
        message: `is ${what} of this deployment: a sink of a tenant must not write there`,
      },
    ]);
  });

  test.each([
    { kind: 's3', bucket: 'forwarder-bucket-2', prefix: '' },
    { kind: 'cloudwatch-logs', logGroup: '/our/group/2' },
  ])('may name places of the tenant: %j', (sink) => {
    expect(problemsOf(sink)).toEqual([]);
  });
});
