// Verifies a trail in a thread of its own. A trail of 100,000 records takes seconds, in which the pages must be answered.
// oxlint-disable unicorn/require-post-message-target-origin -- a thread, no window
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { EvidenceReport } from '../../../lib/evidence/verify-evidence.ts';
import { RecordLines } from '../trail/record-lines.ts';
import { subjectOf, type VerifyRequest, verifySubject } from '../trail/verify.ts';
import { workspace } from '../workspace/workspace.ts';

export interface ThreadData {
  readonly dir: string;
  readonly request: VerifyRequest;
  /** Whether the records come from the other thread, one part for each `more`. */
  readonly hasLines: boolean;
}

/** The report, why there is none, or that the next part of the records is wanted. */
export type ThreadMessage = 'more' | { readonly report: EvidenceReport } | { readonly why: string };

/** A part of the records; empty at their end. */
export type LinesForThread = readonly string[];

const { dir, request, hasLines } = workerData as ThreadData;

async function answer(): Promise<ThreadMessage> {
  const ws = workspace(dir);
  try {
    const subject = subjectOf(request, ws);
    const lines = hasLines
      ? new RecordLines(subject.name, async function* () {
          yield { path: subject.name, lines: handedOver, isOnly: true };
        })
      : undefined;
    return { report: await verifySubject(subject, request, ws, lines) };
  } catch (error) {
    // Any other error is a bug: the thread ends with it.
    if (error instanceof ProtectorError) return { why: error.message };
    throw error;
  }
}

async function* handedOver(): AsyncGenerator<string> {
  for (;;) {
    const arrived = once(parentPort!, 'message') as Promise<[LinesForThread]>;
    parentPort!.postMessage('more');
    const [part] = await arrived;
    if (part.length === 0) return;
    yield* part;
  }
}

parentPort!.postMessage(await answer());
