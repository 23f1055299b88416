// A witness over HTTP (C2SP tlog-witness).
import type { WitnessClient } from '../../transparency/ports.ts';
import { postTo } from './post.ts';

export interface HttpWitnessOptions {
  /** The submission prefix, `https:`, or `http:` to this machine. */
  readonly url: URL;
  /** Limit of one request. */
  readonly timeoutMs: number;
}

/** Returns the client of a witness. Throws `RangeError` for a URL that is neither. */
export function httpWitness({ url, timeoutMs }: HttpWitnessOptions): WitnessClient {
  const endpoint = new URL(url);
  endpoint.pathname = `${endpoint.pathname.replace(/\/$/, '')}/add-checkpoint`;
  const post = postTo({ url: endpoint, headers: { 'content-type': 'text/plain; charset=utf-8' }, timeoutMs });
  return { addCheckpoint: (body) => post(body) };
}
