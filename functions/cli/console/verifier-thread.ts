// Verifies a trail in a thread of its own. A trail of 100,000 records takes seconds, in which the pages must be answered.
import { parentPort, workerData } from 'node:worker_threads';
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';
import { subjectOf, type VerifyRequest, verifySubject } from '../trail/verify.ts';
import { workspace } from '../workspace/workspace.ts';

/** The report, or why there is none. */
export type ThreadAnswer = { readonly report: EvidenceReport } | { readonly why: string };

const { dir, request } = workerData as { readonly dir: string; readonly request: VerifyRequest };

async function answer(): Promise<ThreadAnswer> {
  const ws = workspace(dir);
  try {
    return { report: await verifySubject(subjectOf(request, ws), request, ws) };
  } catch (error) {
    // Any other error is a bug: the thread ends with it.
    if (error instanceof ProtectorError) return { why: error.message };
    throw error;
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort!.postMessage(await answer());
