import { createHash } from 'node:crypto';

/**
 * Names a list by its ids: the first 32 hexadecimal digits of a SHA-256. Other ids or another order give another name.
 */
export function idDigest(things: readonly { readonly id: string }[]): string {
  const ids = things.map(({ id }) => `${id}\n`).join('');
  return createHash('sha256').update(ids).digest('hex').slice(0, 32);
}
