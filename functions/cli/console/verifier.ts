// The verifier of the console, beside the thread that answers the pages.
import { Worker } from 'node:worker_threads';
import type { EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';
import { CliError } from '../core/exit.ts';
import type { VerifyRequest } from '../trail/verify.ts';
import type { ThreadAnswer } from './verifier-thread.ts';

/**
 * Verifies what `audit verify` would with these options. Rejects with `CliError` where that is not possible, and with the error of
 * the thread that was a bug. `signal` ends a verification that is under way.
 */
export async function verifyApart(dir: string, request: VerifyRequest, signal: AbortSignal): Promise<EvidenceReport> {
  const worker = new Worker(new URL('./verifier-thread.ts', import.meta.url), { workerData: { dir, request } });
  const end = (): void => void worker.terminate();
  signal.addEventListener('abort', end, { once: true });
  try {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new CliError('CLI_USAGE', 'The verification was ended')));
    });
    if ('why' in answer) throw new CliError('CLI_USAGE', answer.why);
    return answer.report;
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}
