import { ENV } from '../../../lib/contract/protect-function.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';

type Settings = Readonly<Record<string, string | undefined>>;

/**
 * Returns the mapping from the user name that a front end receives to the user of the policy. `service_user` replaces
 * every user; `USERNAME_REGEX` takes a part of the name. Rejects with `RefusedError` `NOT_CONFIGURED`, which names the
 * setting.
 */
export async function policyUserFrom(settings: Settings): Promise<(user: string) => string> {
  const serviceUser = settings[ENV.serviceUser];
  if (serviceUser !== undefined && serviceUser !== '') return () => serviceUser;
  const expression = settings[ENV.usernameRegex];
  if (expression === undefined || expression === '') return (user) => user;
  try {
    // Loaded on demand: the engine is half as large as the rest of a function.
    const { userNameExtractor } = await import('../../../lib/policy/user-name.ts');
    return userNameExtractor(expression);
  } catch (error) {
    const why = error instanceof ProtectorError ? error.message : 'its engine, the package re2js, cannot be loaded';
    throw new RefusedError('NOT_CONFIGURED', { detail: `${ENV.usernameRegex}: ${why}`, cause: error });
  }
}
