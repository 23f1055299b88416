import { DocumentError, type Others, type Problem } from '../document/problem.ts';

/** A file of policy tests cannot be used. `problems` lists its mistakes: correct them and try again. */
export class PolicyTestsError extends DocumentError<'POLICY_TESTS_INVALID'> {
  constructor(what: string, problems: readonly Problem[], others?: Others) {
    super('POLICY_TESTS_INVALID', what, problems, others);
  }

  override saying(problems: readonly Problem[], what: string = this.what): PolicyTestsError {
    return new PolicyTestsError(what, problems, this.others);
  }
}
