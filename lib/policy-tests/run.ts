// Runs the tests of a policy. Pure but for the engine that the caller gives.

import type { CompiledPolicy } from '../protect/compile.ts';
import type { Access } from './access.ts';
import { carryOut, type Engine, type Made } from './engine.ts';
import type { PolicyTest, PolicyTests, Statement, When } from './model.ts';
import { expectedText, type Given, givenText, givenTo, isAsExpected } from './outcome.ts';
import { refuteAll } from './prove.ts';
import { whyOf } from './why.ts';

/** The result of a test or a statement. */
export interface Result {
  readonly kind: 'test' | 'statement';
  /** Where it is in the document: `$.tests[0]`. */
  readonly path: string;
  /** The sentence. */
  readonly text: string;
  /** As the entry says it. */
  readonly when?: When | undefined;
  /** Absent where the test passes, or the statement is proved. */
  readonly failure?: Failure;
}

/** Why a test fails. It shows values of the test, and no token. */
export interface Failure {
  readonly expected: string;
  /** What the policy gives; for a statement the counterexample. */
  readonly gives: string;
  readonly because?: string;
}

/**
 * Runs tests and proves statements. Calls `engine` once, if a test has a value, and destroys what it makes. Rejects only as
 * `engine` throws: `BundleError` for a keyring that is none.
 */
export async function runPolicyTests(
  access: Access,
  { tests, statements }: PolicyTests,
  engine: Engine,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  using made = tests.some(({ value }) => value !== undefined) ? engine() : undefined;
  for (const test of tests) {
    // oxlint-disable-next-line no-await-in-loop -- the engine works in this thread: nothing is gained by starting all
    const failure = await failureOf(typeof test.when === 'number' ? access.at(test.when) : access, test, made);
    results.push(resultOf('test', test, failure));
  }
  const refuted = refuteAll(statements, access);
  for (const [i, statement] of statements.entries()) {
    const found = refuted[i];
    const failure = found && {
      expected: 'the statement to hold',
      gives: found.says,
      ...(found.because !== undefined && { because: found.because }),
    };
    results.push(resultOf('statement', statement, failure));
  }
  return results;
}

function resultOf(
  kind: Result['kind'],
  { path, text, when }: PolicyTest | Statement,
  failure: Failure | undefined,
): Result {
  return { kind, path, text, ...(when !== undefined && { when }), ...(failure !== undefined && { failure }) };
}

async function failureOf(
  access: Access,
  test: PolicyTest,
  engine: CompiledPolicy | undefined,
): Promise<Failure | undefined> {
  const users = test.user === undefined ? access.classes.map((each) => each.users[0]!) : [test.user];
  for (const user of users) {
    const made =
      engine === undefined || test.value === undefined
        ? undefined
        : // oxlint-disable-next-line no-await-in-loop -- a test with a value has one user
          await carryOut(engine, user, test, access.nowMs);
    const given = made === undefined ? givenTo(access, user, test) : givenOf(access, user, test, made);
    if (isAsExpected(given, test, access.policy)) continue;
    const because = reasonOf(made, access, user, test);
    const who = test.user === undefined ? `${user}: ` : '';
    return { expected: expectedText(test.expected), gives: who + givenText(given), because };
  }
  return undefined;
}

/** Says why: by the value, where the policy would have given another answer. */
function reasonOf(made: Made | undefined, access: Access, user: string, test: PolicyTest): string {
  const isOfValue =
    made?.kind === 'unfit' || (made?.kind === 'refused' && givenTo(access, user, test).word !== 'refused');
  return isOfValue ? made.reason : whyOf(access, user, test);
}

/** Returns what the engine gave, in the words of tests. */
function givenOf(access: Access, user: string, test: PolicyTest, made: Made): Given {
  if (made.kind === 'unfit') return { word: 'unfit' };
  if (made.kind === 'refused') return { word: 'refused', code: made.code };
  if (test.operation !== 'Unprotect') {
    return { word: made.text === test.value ? 'clear' : 'token' };
  }
  const decided = givenTo(access, user, test);
  const isShown = decided.word === 'clear' || decided.word === 'masked';
  return isShown && made.text !== null ? { ...decided, text: made.text } : decided;
}
