// Measures a cold start: from the start of the process to its first answered batch. `policy.ts` bundles and starts it.
// Arguments: the sealed policy, the local key, an element. One JSON object on standard output.

import { redshiftHandler } from '../../functions/runtime/protect/redshift.ts';
import { loadPolicy } from '../../functions/runtime/reload/policy.ts';
import { insecureLocalKeyService } from '../../lib/adapters/file/insecure-local-key-service.ts';
import { createSigner } from '../../lib/audit/sign.ts';
import { AuditTrail } from '../../lib/audit/trail.ts';
import { Secret } from '../../lib/base/secret.ts';
import { Protector } from '../../lib/protect/protector.ts';
import { HOST } from '../support/audit.ts';

const [, , policyPath, keyPath, element] = process.argv as [string, string, string, string, string];
const beforeMs = performance.now();
const before = process.memoryUsage();
const trail = new AuditTrail({
  signer: createSigner('95f5a194-b0a4-4351-a1b2-0123456789ab', new Secret(new Uint8Array(32).fill(9))),
  sink: { append: () => Promise.resolve() },
  chainId: 'bench',
  host: HOST,
  nowMs: Date.now,
});
const policy = loadPolicy(policyPath, insecureLocalKeyService(keyPath));
const protector = new Protector(() => policy, trail, Date.now);
const handler = redshiftHandler(() => Promise.resolve({ protector, trail }));
const values = Array.from({ length: 100 }, (_, i) => String(900_000_000 + i));
const send = (user: string) =>
  handler(
    {
      user,
      external_function: `f.pty_protect_${element}`,
      num_records: 100,
      arguments: values.map((value) => [value]),
    },
    { awsRequestId: 'bench' } as never,
  );
const megabytes = (bytes: number): number => bytes / 2 ** 20;
const main = async (): Promise<void> => {
  await policy;
  const loadedMs = performance.now();
  const reply = await send('test_user');
  if (!reply.success) throw new Error(reply.error_msg);
  const readyMs = performance.now();
  await send('TEST_USER'); // spelled differently from the policy, so that names are folded now
  const foldedMs = performance.now();
  const after = process.memoryUsage();
  process.stdout.write(
    JSON.stringify({
      loadMs: loadedMs - beforeMs,
      firstMs: readyMs - loadedMs,
      readyMs,
      foldedMs: foldedMs - readyMs,
      heapMb: megabytes(after.heapUsed - before.heapUsed),
      rssMb: megabytes(after.rss),
    }),
  );
};
void main();
