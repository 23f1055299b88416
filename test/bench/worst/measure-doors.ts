// Measures doors in a process of their own. An input that takes too long or too much memory ends the process: its ratios
// are infinite, and another process measures the other inputs of the door.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MeasureMessage, MeasureOrder } from './measure.ts';

/** What one byte of an input costs, in bytes of the usual input. */
export interface Ratio {
  readonly kind: 'time' | 'memory';
  readonly name: string;
  readonly ratio: number;
}

const MEASURE = fileURLToPath(new URL('measure.ts', import.meta.url));
/** Far above ten times the usual input, and short enough that some of these do not hold the others up. */
const HANG_MS = 30_000;
/**
 * A small young generation of a fixed size, and large buffers outside of malloc's own pool: what is freed goes back to the
 * system, so that the peak is that of the input and not of those before it.
 */
const FLAGS = ['--max-old-space-size=1500', '--max-semi-space-size=1', '--expose-gc'];
const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: '131072' };

/** A process that measures one door at a time. */
export class DoorMeasurer implements Disposable {
  #child: ChildProcess | undefined;

  /** Returns the ratios of a door. Rejects when it cannot be opened. */
  async measure(door: string, whole: boolean): Promise<Ratio[]> {
    const skip: string[] = [];
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- another process measures what the last one did not
      const { ratios, ended } = await this.#attempt({ door, skip, whole });
      if (ended !== undefined) skip.push(ended);
      else return [...ratios, ...skip.flatMap((name) => [lost('time', name), lost('memory', name)])];
    }
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
  }

  async #attempt(order: MeasureOrder): Promise<{ readonly ratios: readonly Ratio[]; readonly ended?: string }> {
    const child = (this.#child ??= start());
    const ratios: Ratio[] = [];
    let under: string | undefined;
    let timer = setTimeout(() => {}, 0);
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), HANG_MS);
    };
    const { promise: isDone, resolve: done } = Promise.withResolvers<void>();
    const hear = (message: MeasureMessage): void => {
      watch();
      if (message.kind === 'begin') under = message.name;
      else if (message.kind === 'end') done();
      else ratios.push(message);
    };
    child.on('message', hear);
    child.send(order);
    watch();
    const stop = new AbortController();
    const ended = once(child, 'exit', { signal: stop.signal }).then(
      () => false,
      () => false,
    );
    const over = await Promise.race([isDone.then(() => true), ended]);
    stop.abort();
    clearTimeout(timer);
    child.off('message', hear);
    if (over) return { ratios };
    this.#child = undefined;
    if (under === undefined) throw new Error(`${order.door} cannot be measured: its process has ended`);
    return { ratios, ended: under };
  }
}

function lost(kind: Ratio['kind'], name: string): Ratio {
  return { kind, name, ratio: Infinity };
}

function start(): ChildProcess {
  return fork(MEASURE, {
    execArgv: [...FLAGS, '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...ALLOCATOR },
    // What a handler prints is not for the terminal.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
