import { DocumentError, type Others, type Problem } from '../document/problem.ts';

/** A policy or mapping file cannot be used. `problems` lists all its mistakes: correct them and try again. */
export class PolicyError extends DocumentError<'POLICY_INVALID'> {
  constructor(what: string, problems: readonly Problem[], others?: Others) {
    super('POLICY_INVALID', what, problems, others);
  }

  override saying(problems: readonly Problem[]): PolicyError {
    return new PolicyError(this.what, problems, this.others);
  }
}
