import { ProtectorError } from '../base/errors.ts';

/** One thing wrong with a document: where (`$.elements[2].type`) and what. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** Of the file, 1-based, where it is known. */
  readonly line?: number;
}

/** A policy or mapping file that cannot be used. `problems` holds everything that is wrong with it, not just the first. */
export class PolicyError extends ProtectorError<'POLICY_INVALID'> {
  /** `The policy`, `The mapping`. */
  readonly what: string;
  readonly problems: readonly Problem[];

  constructor(what: string, problems: readonly Problem[]) {
    const list = problems.map(
      ({ path, line, message }) => `\n  ${line === undefined ? '' : `line ${line}, `}${path}: ${message}`,
    );
    super(
      'POLICY_INVALID',
      `${what} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:${list.join('')}`,
    );
    this.what = what;
    this.problems = problems;
  }
}
