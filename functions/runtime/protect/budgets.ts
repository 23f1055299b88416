// Where a protect function counts the values that users see: `BUDGET_STORE`.
import { setTimeout as sleep } from 'node:timers/promises';
import { ENV } from '../../../lib/contract/protect-function.ts';
import { LeasedBudgets, type LeasedBudgetsOptions } from '../../../lib/protect/budgets.ts';
import { folderPrefix, s3Location } from '../s3-location.ts';
import { wrongSetting } from '../settings.ts';
import { onShutdown } from './shutdown.ts';

/** The system's timers and random source. */
export const SYSTEM_PACE: Omit<LeasedBudgetsOptions, 'store'> = {
  elapsedMs: performance.now.bind(performance),
  sleep: (ms) => sleep(ms),
  random: Math.random,
};

/**
 * Makes the budgets of a function: leases of objects in S3, which are returned when the environment ends. Resolves to
 * `undefined` without a location. Rejects with `RefusedError` `NOT_CONFIGURED` for one that is not in S3.
 */
export async function budgetsFrom(location: string | undefined): Promise<LeasedBudgets | undefined> {
  if (location === undefined) return undefined;
  const place = s3Location(location);
  if (place === undefined) throw wrongSetting(ENV.budgetStore, 'must be s3://bucket/prefix');
  const { s3BudgetStore } = await import('./s3-budgets.ts');
  const store = s3BudgetStore(place.bucket, folderPrefix(place.path));
  const budgets = new LeasedBudgets({ store, ...SYSTEM_PACE });
  onShutdown(() => budgets.close());
  return budgets;
}
