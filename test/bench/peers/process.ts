import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** A peer that runs beside the benchmark and enciphers the values of a file on demand. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  #answered: ((line: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor([command, ...args]: readonly string[]) {
    this.#child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout!);
    this.#lines.on('line', (line) => this.#answered?.(line));
    const end = (what: string): void => this.#failed?.(new Error(`A peer ${what} before it answered: ${args.at(-1)}`));
    this.#child.on('error', ({ message }) => end(`did not start (${message})`));
    this.#child.on('exit', (code) => end(`ended with ${code}`));
  }

  /** Enciphers all values once. */
  async run(): Promise<void> {
    await this.#ask('run');
  }

  /** Returns the tokens of the last run. */
  async tokens(): Promise<string[]> {
    return (await this.#ask('out')).split(' ');
  }

  [Symbol.dispose](): void {
    this.#failed = undefined;
    this.#child.stdin!.end();
    this.#lines.close();
  }

  #ask(line: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#answered = resolve;
    this.#failed = reject;
    this.#child.stdin!.write(`${line}\n`);
    return promise;
  }
}
