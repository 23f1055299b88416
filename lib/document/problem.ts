import { ProtectorError } from '../base/errors.ts';

/** One thing wrong with a document: where (`$.elements[2].type`) and what. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** Of the file, 1-based, where it is known. */
  readonly line?: number;
}

/** A file that people wrote and that cannot be used. `problems` holds everything that is wrong with it, not just the first. */
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

  /** The same error with other words for its problems. */
  abstract saying(problems: readonly Problem[]): DocumentError<Code>;
}
