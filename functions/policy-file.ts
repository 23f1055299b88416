import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { errorCode } from '../lib/base/error-code.ts';
import { BundleError } from '../lib/crypto/sealed-bundle.ts';
import type { KeyService } from '../lib/crypto/ports.ts';
import { openPolicy } from '../lib/policy/bundle.ts';
import { type CompiledPolicy, compilePolicy } from '../lib/protect/compile.ts';
import type { CipherMeter } from '../lib/protect/methods/method.ts';

/** Reads, opens and compiles the sealed policy at `path`. Rejects with `BundleError` or `KeyServiceError`. */
export async function loadPolicy(path: string, keys: KeyService, meter?: CipherMeter): Promise<CompiledPolicy> {
  return compilePolicy(await openPolicy(keys, await readBundle(path, 'policy')), randomBytes, meter);
}

/** How often a file is looked at: how long a newly sealed policy may wait to be in force. */
const CHECK_EVERY_MS = 2000;
/** How long a request may go on under the policy that it began with. */
const GRACE_MS = 60_000;

export interface PolicyFileOptions {
  /** @default 2,000 ms */
  readonly checkEveryMs?: number;
  /** A clock that only goes forward. */
  readonly nowMs?: () => number;
  /** Called with a policy that another has replaced. @default its root keys are overwritten a minute later */
  readonly retire?: (replaced: CompiledPolicy) => void;
}

/**
 * The policy of a file that may be replaced while requests are served. Requests that begin after the file was looked at have
 * the new policy, those under way keep the one they were given. A file that is missing or cannot be opened is no reason to
 * go on with the policy before it: calls reject, with `BundleError` or `KeyServiceError`, until there is a good one.
 */
export function reloadingPolicy(
  path: string,
  load: (path: string) => Promise<CompiledPolicy>,
  {
    checkEveryMs = CHECK_EVERY_MS,
    nowMs = performance.now.bind(performance),
    retire = retireLater,
  }: PolicyFileOptions = {},
): () => Promise<CompiledPolicy> {
  let current: { readonly policy: CompiledPolicy; readonly identity: string } | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<CompiledPolicy> | undefined;

  const refresh = async (): Promise<CompiledPolicy> => {
    const identity = await fileIdentity(path);
    if (current === undefined || current.identity !== identity) {
      const replaced = current?.policy;
      // Looked at before it is read: a file that is replaced meanwhile is read again.
      current = { policy: await load(path), identity };
      if (replaced !== undefined) retire(replaced);
    }
    checkedAt = nowMs();
    return current.policy;
  };

  return () => {
    if (running !== undefined) return running;
    if (current !== undefined && nowMs() - checkedAt < checkEveryMs) return Promise.resolve(current.policy);
    running = refresh().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function retireLater(replaced: CompiledPolicy): void {
  setTimeout(() => replaced.destroy(), GRACE_MS).unref();
}

/** What differs between a file and one that was moved into its place, or written over it. */
async function fileIdentity(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    throw unreadable('policy', path, error);
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
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BundleError('BUNDLE_MALFORMED', `The sealed ${what} at ${path} is not JSON`);
  }
}

function unreadable(what: string, path: string, error: unknown): BundleError {
  return new BundleError('BUNDLE_MALFORMED', `No sealed ${what} can be read at ${path} (${errorCode(error)})`);
}
