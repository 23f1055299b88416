import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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

/** The JSON of a sealed bundle. Rejects with `BundleError`, which names the path and never quotes the file. */
export async function readBundle(path: string, what: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    throw new BundleError('BUNDLE_MALFORMED', `No sealed ${what} can be read at ${path} (${code})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BundleError('BUNDLE_MALFORMED', `The sealed ${what} at ${path} is not JSON`);
  }
}
