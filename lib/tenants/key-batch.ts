// Batches of keys: each key succeeds or fails by itself.

import { settled } from '../base/attempt.ts';
import { concurrently } from '../base/concurrently.ts';
import { TenantError } from './errors.ts';

/** The outcome of each key of a batch, by the caller's ids. */
export interface BatchResult<Key> {
  readonly keys: ReadonlyMap<string, Key>;
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Runs work, unless a failure has ended the batch for its KMS configuration. */
type UnlessEnded = <T>(configuration: number, work: () => Promise<T>) => Promise<T>;

/** Concurrent calls to a tenant's KMS, per batch. */
const CALLS_AT_A_TIME = 16;
/** Failures that every other key of the configuration would meet too. */
const ENDS_BATCH: ReadonlySet<string> = new Set([
  'KMS_AUTHORIZATION_FAILED',
  'KMS_CONFIGURATION_INVALID',
  'KMS_UNREACHABLE',
  'KMS_ACCOUNT_ISSUE',
] satisfies TenantError['code'][]);

/**
 * Runs `work` for each id, some at a time. After a failure that concerns the whole configuration, it is not called
 * again. Never rejects.
 */
export async function batchOf<Key>(
  ids: Iterable<string>,
  work: (id: string, unlessEnded: UnlessEnded) => Promise<Key>,
): Promise<BatchResult<Key>> {
  const keys = new Map<string, Key>();
  const failures = new Map<string, unknown>();
  const ended = new Map<number, TenantError>();
  const unlessEnded: UnlessEnded = async (configuration, ask) => {
    const before = ended.get(configuration);
    if (before !== undefined) throw before;
    try {
      return await ask();
    } catch (error) {
      if (error instanceof TenantError && ENDS_BATCH.has(error.code)) ended.set(configuration, error);
      throw error;
    }
  };
  await concurrently([...ids], CALLS_AT_A_TIME, async (id) => {
    const outcome = await settled(work(id, unlessEnded));
    if (outcome.ok) keys.set(id, outcome.value);
    else failures.set(id, outcome.error);
  });
  return { keys, failures };
}
