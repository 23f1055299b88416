// Runs suites of a workspace in a warm process, and ends a run that takes too long.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface SuitesRequest {
  readonly suites: readonly string[];
  /** Runs only tests whose full name this regular expression matches. @default every test */
  readonly only?: string | undefined;
}

export interface SuitesAnswer {
  /** The first suite that failed. */
  readonly failed?: string;
  readonly message?: string;
  /** How many tests of it failed: none where it could not be loaded, or had no test to run. */
  readonly failedTests?: number;
  readonly timedOut?: boolean;
  /** The process had ended before it was asked. */
  readonly unsent?: boolean;
}

/** Jest keeps modules of every run: a new process after this many suites keeps its memory small, and its collections short. */
const SUITES_PER_PROCESS = 40;

export class JestSession {
  readonly #root: string;
  #process: ChildProcess | undefined;
  #suites = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Runs the suites in order up to the first that fails. One call at a time. */
  async run(suites: readonly string[], limitMs: number, only?: string): Promise<SuitesAnswer> {
    // A process that has ended between two runs is no answer to the next one.
    if (this.#suites + suites.length > SUITES_PER_PROCESS || this.#process?.connected === false) await this.end();
    this.#suites += suites.length;
    this.#process ??= fork(fileURLToPath(new URL('jest-process.ts', import.meta.url)), [], {
      cwd: this.#root,
      execArgv: [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        '--external-memory-accounted-in-global-limit',
      ],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const child = this.#process;
    const { promise, resolve } = Promise.withResolvers<SuitesAnswer>();
    const timer = setTimeout(() => resolve({ timedOut: true }), limitMs);
    const ended = (code: number | null): void => resolve({ failed: suites[0]!, message: `jest ended with ${code}` });
    child.once('message', resolve).once('exit', ended);
    const request: SuitesRequest = { suites, only };
    child.send(request, (error) => {
      if (error !== null) resolve({ unsent: true });
    });
    const answer = await promise;
    clearTimeout(timer);
    child.off('message', resolve).off('exit', ended);
    if (answer.timedOut === true || answer.unsent === true || !child.connected) await this.end();
    return answer.unsent === true ? this.run(suites, limitMs, only) : answer;
  }

  async end(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    this.#suites = 0;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
