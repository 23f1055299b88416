import { randomBytes } from 'node:crypto';
import type { KeyService } from '../../../lib/crypto/ports.ts';
import { openPolicy } from '../../../lib/policy/bundle.ts';
import { type CompiledPolicy, compilePolicy } from '../../../lib/protect/compile.ts';
import type { CipherMeter } from '../../../lib/protect/methods/method.ts';
import { fileAt, readBundle, reloading } from './reloading.ts';

/**
 * Reads, opens and compiles the sealed policy at `path`. `check` may reject a bundle that is not to be opened. Rejects with
 * `BundleError` or `KeyServiceError`.
 */
export async function loadPolicy(
  path: string,
  keys: KeyService,
  meter?: CipherMeter,
  check?: (bundle: unknown) => Promise<void>,
): Promise<CompiledPolicy> {
  const bundle = await readBundle(path, 'policy');
  const opened = await openPolicy(keys, bundle);
  await check?.(bundle);
  return compilePolicy(opened, randomBytes, meter);
}

/** The interval between checks of a file: a newly sealed policy is in force after this time. */
const CHECK_EVERY_MS = 2000;
/** The time that a request may take under the policy that it began with. */
const GRACE_MS = 60_000;

export interface PolicyFileOptions {
  /** @default 2,000 ms */
  readonly checkEveryMs?: number;
  /** A clock that only goes forward. */
  readonly nowMs?: () => number;
  /** Gets each policy that was replaced. @default its root keys are overwritten a minute later */
  readonly retire?: (replaced: CompiledPolicy) => void;
}

/** Serves the policy of a file that may be replaced while requests are served; see `reloading`. */
export function reloadingPolicy(
  path: string,
  load: (path: string) => Promise<CompiledPolicy>,
  { checkEveryMs = CHECK_EVERY_MS, retire = retireLater, ...clock }: PolicyFileOptions = {},
): () => Promise<CompiledPolicy> {
  const check = fileAt(path, 'policy', () => load(path));
  return reloading({ check, retire }, { checkEveryMs, ...clock });
}

function retireLater(replaced: CompiledPolicy): void {
  setTimeout(() => replaced.destroy(), GRACE_MS).unref();
}
