// Settings of a function: its environment variables. One that cannot be used is refused by name; its value is never
// shown.
import { RefusedError } from '../../lib/protect/refusal.ts';

/** Returns the variable `name`. Throws `RefusedError` `NOT_CONFIGURED`, which names it, when it is absent or empty. */
export function required(name: string): string {
  const value = optional(name);
  if (value === undefined) throw wrongSetting(name, 'is missing');
  return value;
}

/** Returns the variable `name`; undefined when it is absent or empty. */
export function optional(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/**
 * Parses the variable `name` as decimal digits of at least `min`; undefined when it is absent or empty. Throws
 * `RefusedError`.
 */
export function optionalWholeNumber(name: string, { min }: { readonly min: number }): number | undefined {
  const text = optional(name);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < min) throw wrongSetting(name, `must be a whole number from ${min}`);
  return value;
}

/** Parses the variable `name` as `true` or `false`; undefined when it is absent or empty. Throws `RefusedError`. */
export function optionalFlag(name: string): boolean | undefined {
  const text = optional(name);
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw wrongSetting(name, 'must be true or false');
  return text === 'true';
}

/** Splits the variable `name` at `separator`. Blanks around an item and empty items do not count. */
export function listOf(name: string, separator: string | RegExp): string[] {
  const items = (optional(name) ?? '').split(separator).map((item) => item.trim());
  return items.filter((item) => item !== '');
}

/** Makes the error `NOT_CONFIGURED`: what is wrong with the variable `name`, without its value. */
export function wrongSetting(name: string, why: string): RefusedError {
  return new RefusedError('NOT_CONFIGURED', { detail: `the environment variable ${name} ${why}` });
}
