import { ProtectorError } from '../base/errors.ts';

/** One problem of a document: where (`$.elements[2].type`) and what. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** The line of the file, from 1, if it is known. */
  readonly line?: number;
}

/** A file, written by a person, cannot be used. `problems` holds every problem, not just the first. */
export abstract class DocumentError<Code extends string = string> extends ProtectorError<Code> {
  /** `The policy`, `The mapping`. */
  readonly what: string;
  readonly problems: readonly Problem[];

  constructor(code: Code, what: string, problems: readonly Problem[]) {
    const list = problems.map(
      ({ path, line, message }) => `\n  ${line === undefined ? '' : `line ${line}, `}${path}: ${message}`,
    );
    super(code, `${what} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:${list.join('')}`);
    this.what = what;
    this.problems = problems;
  }

  /** Returns the same error with these problems in place of its own. */
  abstract saying(problems: readonly Problem[]): DocumentError<Code>;
}
