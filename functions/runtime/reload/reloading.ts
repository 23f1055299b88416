// What may be replaced while requests are served: a file, an object in S3.
import { readFile, stat } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';
import { BundleError } from '../../../lib/crypto/sealed-bundle.ts';

/** Something to look at again and again. */
export interface Watched<T> {
  /** What is there now, and how to load it; `undefined`: it is still what was identified as `known`. */
  readonly look: (known: string | undefined) => Promise<Found<T> | undefined>;
  /** Called with what something else has replaced. */
  readonly retire: (replaced: T) => void;
  /** How long what was loaded may serve on when looking fails with an error of this kind, in ms. @default 0 */
  readonly bearMs?: (error: unknown) => number;
}

export interface Found<T> {
  readonly identity: string;
  readonly load: () => Promise<T>;
}

export interface ReloadingOptions {
  readonly checkEveryMs: number;
  /** A clock that only goes forward. */
  readonly nowMs?: () => number;
}

/**
 * The newest of something that may be replaced while requests are served. Requests that begin after it was looked at have the
 * new one, those under way keep the one they were given. One that is missing or cannot be loaded is no reason to go on with the
 * one before it: calls reject as looking and loading do, until there is a good one; only a place that does not answer is borne,
 * as long as `bearMs` says since it was last seen.
 */
export function reloading<T>(
  { look, retire, bearMs = () => 0 }: Watched<T>,
  { checkEveryMs, nowMs = performance.now.bind(performance) }: ReloadingOptions,
): () => Promise<T> {
  let current: { readonly value: T; readonly identity: string } | undefined;
  let seenAt = Number.NEGATIVE_INFINITY;
  let lookAgainAt = Number.NEGATIVE_INFINITY;
  let running: Promise<T> | undefined;

  const refresh = async (): Promise<T> => {
    let found: Found<T> | undefined;
    try {
      found = await look(current?.identity);
    } catch (error) {
      if (current === undefined || nowMs() - seenAt >= bearMs(error)) throw error;
      lookAgainAt = nowMs() + checkEveryMs;
      return current.value;
    }
    if (found !== undefined) {
      const replaced = current;
      // Looked at before it is read: what is replaced meanwhile is read again.
      current = { value: await found.load(), identity: found.identity };
      if (replaced !== undefined) retire(replaced.value);
    }
    seenAt = nowMs();
    lookAgainAt = seenAt + checkEveryMs;
    return current!.value;
  };

  return () => {
    if (running !== undefined) return running;
    if (current !== undefined && nowMs() < lookAgainAt) return Promise.resolve(current.value);
    running = refresh().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** How to look at a file. `what`: `policy`. Rejects with `BundleError` where it cannot be. */
export function fileAt<T>(path: string, what: string, load: () => Promise<T>): Watched<T>['look'] {
  return async (known) => {
    const identity = await fileIdentity(path, what);
    return identity === known ? undefined : { identity, load };
  };
}

/** What differs between a file and one that was moved into its place, or written over it. */
async function fileIdentity(path: string, what: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    throw unreadable(what, path, error);
  }
}

/** The JSON of a sealed bundle. Rejects with `BundleError`, which names the path and never quotes the file. */
export async function readBundle(path: string, what: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(what, path, error);
  }
  return parseBundle(text, what, path);
}

/** The JSON in the text of a sealed bundle. Throws `BundleError`. */
export function parseBundle(text: string, what: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BundleError('BUNDLE_MALFORMED', `The sealed ${what} at ${place} is not JSON`);
  }
}

function unreadable(what: string, path: string, error: unknown): BundleError {
  return new BundleError('BUNDLE_MALFORMED', `No sealed ${what} can be read at ${path} (${errorCode(error)})`);
}
