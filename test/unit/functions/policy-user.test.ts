import { describe, expect, test } from '@jest/globals';
import { policyUserFrom } from '../../../functions/runtime/protect/policy-user.ts';
import { Protector } from '../../../lib/protect/protector.ts';
import { compiledPolicy } from '../../support/policy.ts';

const request = (user: string) => ({
  origin: { user, vendor: 'aws.redshift' },
  target: () => ({ operation: 'Protect', element: 'deSSN' }) as const,
  column: () => ['900123456'],
  encode: () => 'answered',
});

describe('the policy’s user', () => {
  test.each([
    [{}, 'ann@x', 'ann@x'],
    [{ USERNAME_REGEX: '' }, 'ann@x', 'ann@x'],
    [{ USERNAME_REGEX: '^(.*)@.*$' }, 'ann@x', 'ann'],
    [{ service_user: 'svc' }, 'ann@x', 'svc'],
    [{ service_user: 'svc@x', USERNAME_REGEX: '^(.*)@.*$' }, 'ann@x', 'svc@x'],
    [{ service_user: '', USERNAME_REGEX: '^(.*)@.*$' }, 'ann@x', 'ann'],
  ])('by %j of %s is %s', async (settings, name, user) => {
    expect((await policyUserFrom(settings))(name)).toBe(user);
  });

  test('by an expression that cannot be used is nobody: the protector is not configured', async () => {
    await expect(policyUserFrom({ USERNAME_REGEX: '^(a)(b)$' })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringMatching(/^The protector is not configured: USERNAME_REGEX: .* 2 capture groups/),
    });
  });

  test('is who is decided about, and who the record names', async () => {
    const entries: { user: string; code: number }[] = [];
    const trail = { record: (entry: (typeof entries)[number]) => void entries.push(entry) };
    const policyUser = await policyUserFrom({ USERNAME_REGEX: '^(.*)@.*$' });
    const protector = new Protector(async () => compiledPolicy(), trail, policyUser);
    expect(await protector.run(request('test_user@example.com'))).toBe('answered');
    await expect(protector.run(request('mallory@example.com'))).rejects.toMatchObject({ code: 'USER_UNKNOWN' });
    expect(entries.map(({ user, code }) => [user, code])).toEqual([
      ['test_user', 6],
      ['mallory', 1],
    ]);
  });
});
