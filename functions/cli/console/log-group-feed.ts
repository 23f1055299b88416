// The lines of a log group, which is asked again and again for what came since.
import type { LogMessage } from '../../../lib/adapters/cloudwatch-logs/read-log-group.ts';
import { errorName } from '../../../lib/base/error-code.ts';
import { CliError } from '../core/exit.ts';
import type { Feed, FeedLine } from './feed.ts';

export interface LogGroupFeedOptions {
  readonly logGroup: string;
  /** Reads every message from a time on (epoch milliseconds), as `readLogMessages` does. */
  readonly read: (fromMs: number | undefined) => AsyncIterable<LogMessage>;
  /** @default 10 s */
  readonly lookEveryMs?: number;
  /** More lines are not read, and the group is followed no longer. @default 400,000 */
  readonly mostLines?: number;
}

/** AWS allows a few FilterLogEvents a second for an account and Region. */
const LOOK_EVERY_MS = 10_000;
/** A line has about a kilobyte, and stays in memory. */
const MOST_LINES = 400_000;
/** An event may be written later than others of a later time: each look goes back so far. */
const OVERLAP_MS = 600_000;
const PART_LINES = 4096;

/** Reads a log group, and asks for what is new at each look. Keeps the lines. */
export class LogGroupFeed implements Feed {
  readonly lookEveryMs: number;
  readonly #options: LogGroupFeedOptions;
  readonly #mostLines: number;
  readonly #texts: string[] = [];
  /** The times of the events that the next look may meet again, by their ids. */
  readonly #seen = new Map<string, number>();
  #newestMs: number | undefined;

  constructor(options: LogGroupFeedOptions) {
    this.#options = options;
    this.#mostLines = options.mostLines ?? MOST_LINES;
    this.lookEveryMs = options.lookEveryMs ?? LOOK_EVERY_MS;
  }

  get isLive(): boolean {
    return this.#texts.length < this.#mostLines;
  }

  /** Rejects with `CliError` when AWS refuses. The next call goes on from the last one that did not reject. */
  async *more(): AsyncGenerator<{ readonly lines: readonly FeedLine[]; readonly isFirst: boolean }> {
    let part: FeedLine[] = [];
    let newestMs = this.#newestMs;
    try {
      for await (const { id, timeMs, message } of this.#options.read(this.#from())) {
        if (!this.isLive) break;
        newestMs = Math.max(newestMs ?? timeMs, timeMs);
        if (this.#seen.has(id)) continue;
        if (id !== '') this.#seen.set(id, timeMs);
        this.#texts.push(message);
        part.push({ number: this.#texts.length, text: message });
        if (part.length < PART_LINES) continue;
        yield this.#handOver(part);
        part = [];
      }
    } catch (error) {
      // What was read is numbered already.
      if (part.length > 0) yield this.#handOver(part);
      throw new CliError('CLI_USAGE', `${this.#options.logGroup} cannot be read (${errorName(error)})`);
    }
    if (part.length > 0) yield this.#handOver(part);
    this.#newestMs = newestMs;
    const from = this.#from() ?? 0;
    for (const [id, timeMs] of this.#seen) if (timeMs < from) this.#seen.delete(id);
  }

  lines(): readonly string[] {
    return this.#texts;
  }

  textOf(number: number): Promise<string | undefined> {
    return Promise.resolve(this.#texts[number - 1]);
  }

  #from(): number | undefined {
    return this.#newestMs === undefined ? undefined : Math.max(0, this.#newestMs - OVERLAP_MS);
  }

  #handOver(lines: readonly FeedLine[]): { readonly lines: readonly FeedLine[]; readonly isFirst: boolean } {
    return { lines, isFirst: lines[0]!.number === 1 };
  }
}
