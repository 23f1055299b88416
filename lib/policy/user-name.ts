// The user of the policy, made from the name that a warehouse or a token gives: part of it, by a regular expression.

import { RE2JS, RE2JSException } from 're2js';
import { ProtectorError } from '../base/errors.ts';

/** The expression cannot be used: it is no RE2 expression, or does not have exactly one capture group. */
export class UserNameError extends ProtectorError<'USERNAME_REGEX_INVALID'> {}

/** Longer names stay as they are: no warehouse has them, and a record would not hold them whole. */
const MAX_NAME = 1024;
const MAX_EXPRESSION = 1000;

/**
 * What `expression` makes of a name: its capture group where it matches (anywhere, unless it is anchored), else the name as it
 * is, which is why an expression should cover every form in use: `^(.*)@.*$` makes `ann` of both `ann@x.com` and `ann`.
 *
 * RE2 syntax (no look-around, no back-references), in time linear in the name whatever the expression: a hostile name costs
 * no more than another of its length. Throws `UserNameError`, which does not quote the expression.
 */
export function userNameExtractor(expression: string): (name: string) => string {
  const compiled = compile(expression);
  if (compiled.groupCount() !== 1) {
    throw invalid(`it has ${compiled.groupCount()} capture groups, and exactly one says what the user name is`);
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
    if (error instanceof RE2JSException) throw invalid('it is no RE2 expression');
    throw error;
  }
}

function invalid(why: string): UserNameError {
  return new UserNameError('USERNAME_REGEX_INVALID', `The regular expression for user names cannot be used: ${why}`);
}
