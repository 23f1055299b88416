// Sources that may be replaced while requests are served: a file, an object in S3.
import { readFile, stat } from 'node:fs/promises';
import { errorCode } from '../../../lib/base/error-code.ts';
import { BundleError } from '../../../lib/crypto/sealed-bundle.ts';

/** A source that is checked again and again. */
export interface Source<T> {
  /** Identifies the content that is there now and tells how to load it; `undefined`: it is still `known`. */
  readonly check: (known: string | undefined) => Promise<Found<T> | undefined>;
  /** Gets each value that was replaced. */
  readonly retire: (replaced: T) => void;
  /**
   * How long the loaded value may serve while checks fail with such an error, in ms since the last good one. @default 0
   */
  readonly tolerateMs?: (error: unknown) => number;
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
 * Returns a function that resolves to the newest value of a source. A request that begins after a check gets the new
 * value; a request under way keeps its own. When the source is missing or cannot be loaded, the value before it does
 * not serve on: calls reject as the check or the load does, until there is a good one. Only errors that `tolerateMs`
 * allows are an exception.
 */
export function reloading<T>(
  { check, retire, tolerateMs = () => 0 }: Source<T>,
  { checkEveryMs, nowMs = performance.now.bind(performance) }: ReloadingOptions,
): () => Promise<T> {
  let current: { readonly value: T; readonly identity: string } | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let checkAgainAt = Number.NEGATIVE_INFINITY;
  let running: Promise<T> | undefined;

  const refresh = async (): Promise<T> => {
    let found: Found<T> | undefined;
    try {
      found = await check(current?.identity);
    } catch (error) {
      if (current === undefined || nowMs() - checkedAt >= tolerateMs(error)) throw error;
      checkAgainAt = nowMs() + checkEveryMs;
      return current.value;
    }
    if (found !== undefined) {
      const replaced = current;
      // Identified before it is read: content that is replaced in between is read again.
      current = { value: await found.load(), identity: found.identity };
      if (replaced !== undefined) retire(replaced.value);
    }
    checkedAt = nowMs();
    checkAgainAt = checkedAt + checkEveryMs;
    return current!.value;
  };

  return () => {
    if (running !== undefined) return running;
    if (current !== undefined && nowMs() < checkAgainAt) return Promise.resolve(current.value);
    running = refresh().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/**
 * Returns the check of a file. `what` names its content in errors, such as `policy`. The check rejects with
 * `BundleError`.
 */
export function fileAt<T>(path: string, what: string, load: () => Promise<T>): Source<T>['check'] {
  return async (known) => {
    const identity = await fileIdentity(path, what);
    return identity === known ? undefined : { identity, load };
  };
}

/** Returns a text that changes when another file is moved into the place of a file, or written over it. */
async function fileIdentity(path: string, what: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    throw unreadable(what, path, error);
  }
}

/** Reads the JSON of a sealed bundle. Rejects with `BundleError`, which names the path and never quotes the file. */
export async function readBundle(path: string, what: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(what, path, error);
  }
  return parseBundle(text, what, path);
}

/**
 * Parses the text of a sealed bundle as JSON. Throws `BundleError`, which names the place and never quotes the text.
 */
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
