import { spawn } from 'node:child_process';
import { COMPILED } from '../support/child.ts';

/**
 * Runs one soak process, which prints the number of each answer as it leaves. Rejects when the process ends by itself with
 * an error.
 */
export function runWorker(
  worker: string,
  job: object,
): Promise<{ readonly answered: readonly number[]; readonly killed: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.on('close', (code, signal) => {
      const answered = output.split('\n').slice(0, -1).map(Number);
      if (code === 0 || signal === 'SIGKILL') resolve({ answered, killed: signal === 'SIGKILL' });
      else reject(new Error(`A process of the soak ended with ${code ?? signal}`));
    });
  });
}
