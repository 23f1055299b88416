import { RefusedError } from '../lib/protect/refusal.ts';

/** The environment variable `name`. Throws `RefusedError` `NOT_CONFIGURED`, which names it, when it is absent or empty. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new RefusedError('NOT_CONFIGURED', { detail: `the environment variable ${name} is missing` });
  }
  return value;
}
