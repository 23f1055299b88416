import { createHash } from 'node:crypto';

/** What a list of things is called after their ids: 32 hexadecimal digits, other ones for other ids or another order. */
export function idDigest(things: readonly { readonly id: string }[]): string {
  const ids = things.map(({ id }) => `${id}\n`).join('');
  return createHash('sha256').update(ids).digest('hex').slice(0, 32);
}
