// Program of a test: spends the budget of a user in a directory that other processes share, and prints what it may show.
// Arguments: directory, limit, values of a batch.
import { writeSync } from 'node:fs';
import { fileBudgetStore } from '../../lib/adapters/file/budget-store.ts';
import { SYSTEM_PACE } from '../../functions/runtime/protect/budgets.ts';
import { LeasedBudgets } from '../../lib/protect/budgets.ts';
import { RefusedError } from '../../lib/protect/refusal.ts';

const [directory = '', limit, size] = process.argv.slice(2);
const budgets = new LeasedBudgets({ store: fileBudgetStore(directory), ...SYSTEM_PACE });
const nowMs = Date.parse('2026-11-29T12:00:00Z');
for (;;) {
  try {
    // oxlint-disable-next-line no-await-in-loop -- one request after the other
    await budgets.take({ dataStore: 'D', user: 'ann', limit: Number(limit), count: Number(size), nowMs });
    writeSync(1, `${size}\n`);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (error.code === 'BUDGET_UNAVAILABLE') continue;
    break;
  }
}
writeSync(1, 'spent\n');
