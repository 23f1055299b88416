import { RefusedError } from '../../lib/protect/refusal.ts';

/** The environment variable `name`. Throws `RefusedError` `NOT_CONFIGURED`, which names it, when it is absent or empty. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw wrongSetting(name, 'is missing');
  return value;
}

/** `NOT_CONFIGURED`: what is wrong with the environment variable `name`, never its value. */
export function wrongSetting(name: string, why: string): RefusedError {
  return new RefusedError('NOT_CONFIGURED', { detail: `the environment variable ${name} ${why}` });
}
