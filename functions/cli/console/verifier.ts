// The verifier of the console, beside the thread that answers the pages.
import { Worker } from 'node:worker_threads';
import type { EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';
import { CliError } from '../core/exit.ts';
import type { VerifyRequest } from '../trail/verify.ts';
import type { LinesForThread, ThreadData, ThreadMessage } from './verifier-thread.ts';

interface Verification {
  readonly dir: string;
  readonly request: VerifyRequest;
  /** The records, in place of what the request names: those that are there when the verification begins. */
  readonly lines: readonly string[] | undefined;
}

/** A part has some megabytes: the thread has one at a time. */
const PART_LINES = 4096;

/**
 * Verifies what `audit verify` would with these options. Rejects with `CliError` where that is not possible, and with the error of
 * the thread that was a bug. `signal` ends a verification that is under way.
 */
export async function verifyApart({ dir, request, lines }: Verification, signal: AbortSignal): Promise<EvidenceReport> {
  const data: ThreadData = { dir, request, hasLines: lines !== undefined };
  const worker = new Worker(new URL('./verifier-thread.ts', import.meta.url), { workerData: data });
  const end = (): void => void worker.terminate();
  signal.addEventListener('abort', end, { once: true });
  const count = lines?.length ?? 0;
  let at = 0;
  const next = (): LinesForThread => {
    const part = lines?.slice(at, Math.min(count, at + PART_LINES)) ?? [];
    at += part.length;
    return part;
  };
  try {
    const answer = await new Promise<Exclude<ThreadMessage, 'more'>>((resolve, reject) => {
      worker.on('message', (message: ThreadMessage) => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
        if (message === 'more') worker.postMessage(next());
        else resolve(message);
      });
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
