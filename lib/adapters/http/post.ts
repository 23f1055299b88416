// One POST to an external collector.
import { exchangeWith, type Reply, type Target } from './exchange.ts';

export type PostTarget = Target;
export type PostReply = Reply;

/** Sends a body; rejects as `Exchange` does. */
export type Post = (body: string | Buffer, headers?: Readonly<Record<string, string>>) => Promise<PostReply>;

/**
 * Returns the address of an API's path at a server, such as `https://host:8088` or `https://proxy/siem`. Keeps the path of
 * the server, and returns a URL that has the API's path already unchanged.
 */
export function apiUrl(server: string, path: string): URL {
  const url = new URL(server);
  const base = url.pathname.replace(/\/+$/, '');
  if (!base.endsWith(`/${path}`)) url.pathname = `${base}/${path}`;
  return url;
}

/** Returns a function that posts to the target; see `exchangeWith`. */
export function postTo(target: PostTarget): Post {
  return exchangeWith('POST', target);
}
