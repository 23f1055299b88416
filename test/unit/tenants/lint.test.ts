import { describe, expect, test } from '@jest/globals';
import { checkDeployable, lintTenants } from '../../../lib/tenants/lint.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { parseTenants } from '../../../lib/tenants/parse.ts';
import { shownTenants } from '../../../lib/tenants/shown.ts';
import { changed } from '../../support/policy.ts';
import { API_KEY, SECRETS, TENANTS } from '../../support/tenants.ts';

const ROLE = 'arn:aws:iam::111122223333:role/events';
const S3 = { name: 'archive', kind: 's3', region: 'eu-west-1', bucket: 'their-events' };
const arn = (n: number) => `arn:aws:kms:eu-west-1:111122223333:key/${n}`;
const changedAt = (path: readonly (string | number)[], value: unknown) => changed(TENANTS, path, value);
const warningsOf = (document: unknown, secrets = SECRETS) =>
  lintTenants(parseTenants(document, secrets), secrets).map(({ path }) => path);

describe('a tenants file', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing odd', TENANTS, []],
    ['no API key', changedAt(['apiKeys'], [{ id: 'a', sha256: `${'A'.repeat(43)}=` }]), ['$']],
    ['no primary configuration', changedAt(['tenants', 1, 'kms', 0, 'primary'], false), ['$.tenants[1].kms']],
    [
      'a role without an external id',
      changedAt(['tenants', 0, 'sinks', 3], { ...S3, roleArn: ROLE }),
      ['$.tenants[0].sinks[3].roleArn'],
    ],
    ['a role with one', changedAt(['tenants', 0, 'sinks', 3], { ...S3, roleArn: ROLE, externalId: 'ext' }), []],
    [
      'a name that no event has',
      changedAt(['tenants', 0, 'sinks', 0, 'include'], ['USER_LOGON']),
      ['$.tenants[0].sinks[0].include[0]'],
    ],
    [
      'a beginning that no event has',
      changedAt(['tenants', 0, 'sinks', 0, 'exclude'], ['USERS_*']),
      ['$.tenants[0].sinks[0].exclude[0]'],
    ],
    [
      'names of all kinds',
      changedAt(['tenants', 0, 'sinks', 0, 'include'], ['*', 'C*', 'CUSTOM_X', 'CUSTOM_X*', '*_LOGIN', 'USER_LOGIN']),
      [],
    ],
  ])('with %s gets the expected warnings', (_, document, paths) => {
    expect(warningsOf(document)).toEqual(paths);
  });

  test('gets a warning for an unused secret, by its name only', () => {
    const secrets = new Map([...SECRETS, ['old', 'PROBE']]);
    const warnings = lintTenants(parseTenants(TENANTS, secrets), secrets);
    expect(warnings).toEqual([{ path: '$', message: expect.stringContaining('"old"') }]);
    expect(JSON.stringify(warnings)).not.toContain('PROBE');
  });

  test.each<[string, readonly (string | number)[], unknown, string[]]>([
    ['a file', ['tenants', 0, 'sinks', 0], { name: 'f', kind: 'file', path: 'x' }, ['$.tenants[0].sinks[0].kind']],
    ['standard output', ['tenants', 0, 'sinks', 0], { name: 'f', kind: 'stdout' }, ['$.tenants[0].sinks[0].kind']],
    ['another sink', ['tenants', 0, 'sinks', 0], { ...S3, roleArn: ROLE }, []],
  ])('is checked for deployment with %s', (_, path, value, paths) => {
    let document = changed(TENANTS, path, value);
    expect(checkDeployable(parseTenants(document, SECRETS)).map((one) => one.path)).toEqual([
      '$.tenants[0].kms[0].key',
      '$.tenants[0].kms[1].key',
      ...paths,
      '$.tenants[1].kms[0].key',
    ]);
    document = changed(document, ['tenants', 0, 'kms'], [{ id: 1, key: arn(1), primary: true }]);
    document = changed(document, ['tenants', 1, 'kms'], [{ id: 1, key: arn(2), primary: true }]);
    expect(checkDeployable(parseTenants(document, SECRETS)).map((one) => one.path)).toEqual(paths);
  });
});

test('the view of sealed tenants holds no secret, no digest and no wrapped key', () => {
  const content = nextContent(parseTenants(TENANTS, SECRETS), SECRETS, undefined);
  const held = content.tenants.map((tenant) => ({ ...tenant, secrets: [{ id: 7, edek: 'WRAPPED', current: true }] }));
  const shown = JSON.stringify(shownTenants({ ...content, tenants: held, former: held }));
  for (const value of [...SECRETS.values(), API_KEY, content.apiKeys[0]!.digest, 'WRAPPED'])
    expect(shown).not.toContain(value);
  expect(JSON.parse(shown)).toMatchObject({
    apiKeys: [{ id: 'app' }],
    tenants: [
      {
        id: 'acme',
        secrets: [{ id: 7, current: true }],
        sinks: [{ settings: { kind: 'splunk', token: '[secret]' } }, {}, {}],
      },
      { id: 'globex', leasing: false },
    ],
    former: [{ id: 'acme' }, { id: 'globex' }],
  });
});
