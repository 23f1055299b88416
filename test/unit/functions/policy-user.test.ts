import { describe, expect, test } from '@jest/globals';
import { policyUserFrom } from '../../../functions/runtime/protect/policy-user.ts';
import { type Caller, callersOf } from '../../../lib/protect/caller.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { compiledPolicy } from '../../support/policy.ts';

const request = (caller: Caller) => ({
  origin: { caller, vendor: 'aws.redshift' },
  target: () => ({ operation: 'Protect', element: 'deSSN' }) as const,
  column: () => ['900123456'],
  encode: () => 'answered',
});

describe('the user of the policy', () => {
  test.each([
    [{}, 'ann@x', 'ann@x'],
    [{ USERNAME_REGEX: '' }, 'ann@x', 'ann@x'],
    [{ USERNAME_REGEX: '^(.*)@.*$' }, 'ann@x', 'ann'],
    [{ service_user: 'svc' }, 'ann@x', 'svc'],
    [{ service_user: 'svc@x', USERNAME_REGEX: '^(.*)@.*$' }, 'ann@x', 'svc@x'],
    [{ service_user: '', USERNAME_REGEX: '^(.*)@.*$' }, 'ann@x', 'ann'],
  ])('with %j and the name %s is %s', async (settings, name, user) => {
    expect((await policyUserFrom(settings))(name)).toBe(user);
  });

  test('is refused for an unusable expression: the protector is not configured', async () => {
    await expect(policyUserFrom({ USERNAME_REGEX: '^(a)(b)$' })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringMatching(/^The protector is not configured: USERNAME_REGEX: .* 2 capture groups/),
    });
  });

  test('decides the access, and is named in the record', async () => {
    const entries: { user: string; code: number }[] = [];
    const trail = { record: (entry: (typeof entries)[number]) => void entries.push(entry) };
    const identify = callersOf(await policyUserFrom({ USERNAME_REGEX: '^(.*)@.*$' }));
    const protector = new Protector(
      async () => compiledPolicy(),
      trail,
      () => 0,
      identify,
    );
    const run = (name: string) => protector.run(request(protector.identify({ by: 'name', name })));
    expect(await run('test_user@example.com')).toBe('answered');
    await expect(run('mallory@example.com')).rejects.toMatchObject({ code: 'USER_UNKNOWN' });
    expect(entries.map(({ user, code }) => [user, code])).toEqual([
      ['test_user', 6],
      ['mallory', 1],
    ]);
  });
});
