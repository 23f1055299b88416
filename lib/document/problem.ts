import { ProtectorError } from '../base/errors.ts';

/** One problem of a document: where (`$.elements[2].type`) and what. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** The line of the file, from 1, if it is known. */
  readonly line?: number;
}

/** The most problems that an error lists: a file of 16 MB may have millions, and nobody reads on behind a hundred. */
export const MOST_LISTED = 100;

/** Collects the problems of a document: lists the first ones and counts the others. */
export class Problems {
  readonly listed: Problem[] = [];
  #count = 0;
  #isWhole = true;

  get count(): number {
    return this.#count;
  }

  /** Whether all that is listed is known, so that looking for more problems only counts them. */
  get isFull(): boolean {
    return this.listed.length === MOST_LISTED;
  }

  /** Problems that are not listed. */
  get others(): Others {
    return { count: this.#count - this.listed.length, isWhole: this.#isWhole };
  }

  /** Adds so many problems, and makes those that are listed. */
  add(count: number, make: (i: number) => Problem): void {
    const listed = Math.min(count, MOST_LISTED - this.listed.length);
    for (let i = 0; i < listed; i++) this.listed.push(make(i));
    this.#count += count;
  }

  addAll(problems: readonly Problem[]): void {
    this.add(problems.length, (i) => problems[i]!);
  }

  /** Notes that a part of the document was not checked. */
  leaveOut(): void {
    this.#isWhole = false;
  }
}

/** Problems beyond those that an error lists. */
export interface Others {
  readonly count: number;
  /** Whether the whole document was checked: there are no more than `count`. */
  readonly isWhole: boolean;
}

/** A file, written by a person, cannot be used. `problems` holds every problem, up to a hundred. */
export abstract class DocumentError<Code extends string = string> extends ProtectorError<Code> {
  /** `The policy`, `The mapping`. */
  readonly what: string;
  readonly problems: readonly Problem[];
  readonly others: Others;

  /** `others`: problems that are known beyond the given ones. */
  constructor(code: Code, what: string, problems: readonly Problem[], { count, isWhole }: Others = NO_OTHERS) {
    const listed = problems.slice(0, MOST_LISTED);
    const others = { count: count + problems.length - listed.length, isWhole };
    const all = listed.length + others.count;
    const list = listed.map(
      ({ path, line, message }) => `\n  ${line === undefined ? '' : `line ${line}, `}${path}: ${message}`,
    );
    const rest = others.count === 0 ? '' : `\n  and ${others.count.toLocaleString('en-US')} more`;
    const number = `${isWhole ? '' : 'at least '}${all.toLocaleString('en-US')} problem${all === 1 ? '' : 's'}`;
    super(code, `${what} has ${number}:${list.join('')}${rest}`);
    this.what = what;
    this.problems = listed;
    this.others = others;
  }

  /** Returns the same error with these problems in place of those that it lists. */
  abstract saying(problems: readonly Problem[]): DocumentError<Code>;
}

const NO_OTHERS: Others = { count: 0, isWhole: true };
