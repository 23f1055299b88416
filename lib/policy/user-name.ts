// Extracts the policy's user name from the name that a warehouse or an access token gives, by a regular expression.

import { RE2JS, RE2JSException } from 're2js';
import { ProtectorError } from '../base/errors.ts';

/** The expression cannot be used: not an RE2 expression, or not exactly one capture group. Correct the setting. */
export class UserNameError extends ProtectorError<'USERNAME_REGEX_INVALID'> {}

/** Longer names stay as they are: no warehouse has them, and a record could not hold them whole. */
const MAX_NAME = 1024;
const MAX_EXPRESSION = 1000;

/**
 * Returns a function that extracts the capture group of `expression` from a name, wherever it matches unless anchored.
 * A name that does not match stays as it is: `^(.*)@.*$` makes `ann` of both `ann@x.com` and `ann`.
 *
 * RE2 syntax (no look-around, no back-references): matching takes time linear in the name, so a hostile name costs no
 * more than any other of its length. Throws `UserNameError`, which does not quote the expression.
 */
export function userNameExtractor(expression: string): (name: string) => string {
  const compiled = compile(expression);
  if (compiled.groupCount() !== 1) {
    throw invalid(`it has ${compiled.groupCount()} capture groups, and must have exactly one, which is the user name`);
  }
  return (name) => {
    if (name.length > MAX_NAME) return name;
    const matcher = compiled.matcher(name);
    return matcher.find() ? (matcher.group(1) ?? name) : name;
  };
}

function compile(expression: string): RE2JS {
  if (expression.length > MAX_EXPRESSION) throw invalid(`it has more than ${MAX_EXPRESSION} characters`);
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    if (error instanceof RE2JSException) throw invalid('it is not an RE2 expression');
    throw error;
  }
}

function invalid(why: string): UserNameError {
  return new UserNameError('USERNAME_REGEX_INVALID', `The regular expression for user names cannot be used: ${why}`);
}
