import { expect, test } from '@jest/globals';
import { ProtectorError } from '../../../../lib/base/errors.ts';
import { parseRestSettings, type UserOfToken } from '../../../../lib/wire/rest/settings.ts';

const alice: UserOfToken = async () => 'alice';
const parse = (variables: Record<string, string>) => parseRestSettings(variables, async () => alice);

const never = () => Promise.reject(new Error('tokens were loaded'));

test.each([{}, { authorization: '' }, { authorization: 'None' }, { authorization: 'none', allow_assume_user: '1' }])(
  '%j: the body names the caller, and nothing of tokens is loaded',
  async (variables) => {
    expect(await parseRestSettings(variables, never)).toEqual({ caller: 'body' });
  },
);

test.each(['JWT', 'jwt', 'Jwt'])(
  '%s: a token names the caller, and no other user is assumed',
  async (authorization) => {
    expect(await parse({ authorization })).toEqual({ caller: 'token', assumeUser: false, userOfToken: alice });
    expect(await parse({ authorization, allow_assume_user: '1' })).toMatchObject({ assumeUser: true });
  },
);

test.each([
  ['an unknown authorization', { authorization: 'IAM' }, 'authorization must'],
  ['an invalid flag', { authorization: 'JWT', allow_assume_user: 'true' }, 'allow_assume_user must'],
  ['an invalid flag that is not used', { jwt_verify: 'no' }, 'jwt_verify must'],
])('refuses %s', async (_, variables, cause) => {
  const refused = await parse(variables as Record<string, string>).catch((error: unknown) => error as Error);
  expect(refused).toMatchObject({ code: 'NOT_CONFIGURED' });
  expect((refused as ProtectorError).cause).toBeInstanceOf(ProtectorError);
  expect(String((refused as ProtectorError).cause)).toContain(cause);
});
