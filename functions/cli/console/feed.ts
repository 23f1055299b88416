// The lines of a trail that the console reads: of a file that grows, or of any other copy once.
import { type FilePart, readPart } from '../files/appended-lines.ts';
import type { RecordLines } from '../trail/record-lines.ts';

export interface FeedLine {
  /** From 1, blank lines included: as the verifier counts. */
  readonly number: number;
  readonly text: string;
}

export interface Feed {
  /** Whether more may come. */
  readonly isLive: boolean;
  /** How long to wait between two looks. */
  readonly lookEveryMs: number;
  /** What the verifier reads in place of the source, which may not give the same lines in the same order again. */
  lines?(): readonly string[];
  /** Yields what is new, in parts. A part that `isFirst` begins the trail, also anew: its file was replaced by a shorter one. */
  more(): AsyncIterable<{ readonly lines: readonly FeedLine[]; readonly isFirst: boolean }>;
  /** Returns the line of a number that was yielded. */
  textOf(number: number): Promise<string | undefined>;
}

/** A look at a file costs next to nothing. */
const FILE_EVERY_MS = 250;

/** Reads a file on from where it ended. Keeps the offset of each line, and no text. */
export class FileFeed implements Feed {
  readonly isLive = true;
  readonly lookEveryMs = FILE_EVERY_MS;
  readonly #path: string;
  readonly #offsets: number[] = [];
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async *more(): AsyncGenerator<{ readonly lines: readonly FeedLine[]; readonly isFirst: boolean }> {
    for (;;) {
      const part = await readPart(this.#path, this.#end);
      if (part.lines.length === 0) {
        if (part.end < this.#end) this.#restart();
        return;
      }
      yield this.#numbered(part);
    }
  }

  async textOf(number: number): Promise<string | undefined> {
    const offset = this.#offsets[number - 1];
    if (offset === undefined || offset < 0) return undefined;
    const { lines } = await readPart(this.#path, offset);
    return lines[0]?.offset === offset ? lines[0].line : undefined;
  }

  #restart(): void {
    this.#offsets.length = 0;
    this.#end = 0;
  }

  #numbered({ lines, end }: FilePart): { readonly lines: readonly FeedLine[]; readonly isFirst: boolean } {
    if (lines[0]!.offset < this.#end) this.#restart();
    const isFirst = this.#end === 0;
    const numbered = lines.map(({ offset, end: behind, line }) => {
      // A blank line is one line feed, which is left out of the part.
      for (; this.#end < offset; this.#end++) this.#offsets.push(-1);
      this.#offsets.push(offset);
      this.#end = behind;
      return { number: this.#offsets.length, text: line };
    });
    for (; this.#end < end; this.#end++) this.#offsets.push(-1);
    return { lines: numbered, isFirst };
  }
}

const PART_LINES = 4096;

/** Reads a copy once, and keeps its lines: objects have no place to read a line again from. */
export class CopyFeed implements Feed {
  readonly isLive = false;
  readonly lookEveryMs = FILE_EVERY_MS;
  readonly #lines: RecordLines;
  readonly #texts: string[] = [];
  #isRead = false;

  constructor(lines: RecordLines) {
    this.#lines = lines;
  }

  async *more(): AsyncGenerator<{ readonly lines: readonly FeedLine[]; readonly isFirst: boolean }> {
    if (this.#isRead) return;
    this.#isRead = true;
    let isFirst = true;
    let part: FeedLine[] = [];
    for await (const text of this.#lines) {
      this.#texts.push(text);
      part.push({ number: this.#texts.length, text });
      if (part.length < PART_LINES) continue;
      yield { lines: part, isFirst };
      [part, isFirst] = [[], false];
    }
    if (part.length > 0) yield { lines: part, isFirst };
  }

  textOf(number: number): Promise<string | undefined> {
    return Promise.resolve(this.#texts[number - 1]);
  }
}
