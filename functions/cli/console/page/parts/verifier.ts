// The verifier in a worker of its own, so that a long verification leaves the page alone.
import type { VerifierAnswer, VerifierRequest } from '../verify-worker.ts';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (text: string) => string },
  ): {
    createScriptURL(text: string): URL;
  };
}

/** The one address of a script that this page makes. */
const policy = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('console', {
  createScriptURL: (text) => {
    if (text !== '/verify-worker.js') throw new TypeError('The console has one worker');
    return text;
  },
});

/** The outcome of a proof. */
export type ProofAnswer = { readonly fault: string | undefined; readonly record?: string };

export interface Verification {
  readonly answer: Promise<VerifierAnswer>;
  readonly cancel: () => void;
}

/** Starts a verification. Its answer may be that it failed; it never rejects. */
export function verify(request: VerifierRequest): Verification {
  const address = '/verify-worker.js';
  const worker = new Worker(policy?.createScriptURL(address) ?? address, { type: 'module' });
  const answer = new Promise<VerifierAnswer>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<VerifierAnswer>) => resolve(data));
    worker.addEventListener('error', () => resolve({ is: 'failed', why: 'The verifier could not be started' }));
  }).finally(() => worker.terminate());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, no window
  worker.postMessage(request);
  return { answer, cancel: () => worker.terminate() };
}

export async function verifyProof(proof: string, keys: string): Promise<ProofAnswer> {
  const answer = await verify({ do: 'proof', proof, keys }).answer;
  if (answer.is === 'proof') return answer;
  return { fault: answer.is === 'failed' ? answer.why : 'The verifier gave another answer' };
}
