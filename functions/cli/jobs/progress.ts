// How far a job is: a bar on a terminal, and elsewhere a line a minute.
import type { Io } from '../core/io.ts';
import { count, say } from '../output/text.ts';

export interface Part {
  readonly rows: number;
  readonly values: number;
  /** Without those of a former run, which are no speed of this one. */
  readonly valuesNow: number;
  /** From 0 to 1. */
  readonly done: number;
}

const TERMINAL_EVERY_MS = 200;
const LINE_EVERY_MS = 60_000;
const BAR = 24;

/** Shows the progress of the files of a job until it is disposed of. */
export class JobProgress implements Disposable {
  readonly #io: Io;
  readonly #parts = new Map<number, Part>();
  readonly #weights: readonly number[];
  readonly #startMs: number;
  readonly #timer: NodeJS.Timeout;

  /** `weights`: the sizes of the files. */
  constructor(io: Io, weights: readonly number[]) {
    this.#io = io;
    this.#weights = weights;
    this.#startMs = io.nowMs();
    this.#timer = setInterval(() => this.show(), io.stderr.isTerminal ? TERMINAL_EVERY_MS : LINE_EVERY_MS).unref();
  }

  update(file: number, part: Part): void {
    this.#parts.set(file, part);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#io.stderr.isTerminal) this.#io.stderr.write('\r\u001b[K');
  }

  /** Shows how far all files are together. */
  show(): void {
    let rows = 0;
    let values = 0;
    let valuesNow = 0;
    let weighed = 0;
    for (const [file, part] of this.#parts) {
      rows += part.rows;
      values += part.values;
      valuesNow += part.valuesNow;
      weighed += part.done * (this.#weights[file] ?? 0);
    }
    const total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    const text = progressText({
      rows,
      values,
      valuesNow,
      share: total === 0 ? undefined : Math.min(1, weighed / total),
      elapsedMs: this.#io.nowMs() - this.#startMs,
      hasBar: this.#io.stderr.isTerminal,
    });
    if (this.#io.stderr.isTerminal) this.#io.stderr.write(`\r${text}\u001b[K`);
    else say(this.#io, text);
  }
}

interface Figures {
  readonly rows: number;
  readonly values: number;
  /** Values since this run began. */
  readonly valuesNow: number;
  /** Undefined where the size is not known. */
  readonly share: number | undefined;
  readonly elapsedMs: number;
  readonly hasBar: boolean;
}

/** Formats one line of progress. */
export function progressText({ rows, values, valuesNow, share, elapsedMs, hasBar }: Figures): string {
  const speed = elapsedMs === 0 ? 0 : (1000 * valuesNow) / elapsedMs;
  const facts = [`${count(rows)} rows`, `${count(values)} values`, `${count(Math.round(speed))} values/s`];
  if (share === undefined) return facts.join(', ');
  if (share > 0 && share < 1) facts.push(`${duration((elapsedMs * (1 - share)) / share)} left`);
  const percent = `${Math.floor(100 * share)} %`.padStart(5);
  const filled = Math.round(BAR * share);
  const bar = hasBar ? `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ` : '';
  return `${bar}${percent}, ${facts.join(', ')}`;
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
