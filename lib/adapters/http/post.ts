// One POST to an external collector.
import { exchangeWith, type Reply, type Target } from './exchange.ts';

export type PostTarget = Target;
export type PostReply = Reply;

/** Sends a body; rejects as `Exchange` does. */
export type Post = (body: string | Buffer, headers?: Readonly<Record<string, string>>) => Promise<PostReply>;

/** Returns a function that posts to the target; see `exchangeWith`. */
export function postTo(target: PostTarget): Post {
  return exchangeWith('POST', target);
}
