// The counts of budgets in S3: a file of its own beside the bundles, because its client would be a third of a function.
import { impatientS3Client } from '../../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../../lib/adapters/s3/object-store.ts';
import type { BudgetStore } from '../../../lib/protect/ports.ts';

/** Keeps counts below a prefix of a bucket, which is empty or ends with a slash. */
export function s3BudgetStore(bucket: string, prefix: string): BudgetStore {
  const store = s3ObjectStore({ client: impatientS3Client(), bucket });
  return {
    get: (key) => store.get(prefix + key),
    put: (key, body, expected) => store.put(prefix + key, body, expected),
  };
}
