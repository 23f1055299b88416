// Many keys at once, each of which succeeds or fails by itself.

import { settled } from '../base/attempt.ts';
import { concurrently } from '../base/concurrently.ts';
import { TenantError } from './errors.ts';

/** What became of each of a batch, by the ids that the caller gave them. */
export interface BatchResult<Key> {
  readonly keys: ReadonlyMap<string, Key>;
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Work that may end a batch for all that depend on the same KMS configuration. */
type UnlessEnded = <T>(configuration: number, work: () => Promise<T>) => Promise<T>;

/** Calls to a tenant's KMS at a time, of one batch. */
const CALLS_AT_A_TIME = 16;
/** After these nobody else need wait for the same answer. */
const ENDS_BATCH: ReadonlySet<string> = new Set([
  'KMS_AUTHORIZATION_FAILED',
  'KMS_CONFIGURATION_INVALID',
  'KMS_UNREACHABLE',
  'KMS_ACCOUNT_ISSUE',
] satisfies TenantError['code'][]);

/** Works on each id, some at a time. What a KMS says that it will say to everybody is not asked for again. Never rejects. */
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
