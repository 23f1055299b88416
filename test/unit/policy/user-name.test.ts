import { describe, expect, test } from '@jest/globals';
import { UserNameError, userNameExtractor } from '../../../lib/policy/user-name.ts';

describe('a user name by a regular expression', () => {
  test.each([
    ['^(.*)@.*$', 'user@domain.com', 'user', 'the group is the user'],
    ['^(.*)@.*$', 'user', 'user', 'a name that does not match is unchanged'],
    ['^(.*)@.*$', 'a@b@c', 'a@b', 'greedy as written'],
    ['^(.*)@.*$', '@domain.com', '', 'the group may be empty, which is the name of no user'],
    ['^(?:IAMA?:|IAMR:|AWSIDC:)?(.*)$', 'IAM:ann', 'ann', 'federated names of Redshift'],
    ['^(?:IAMA?:|IAMR:|AWSIDC:)?(.*)$', 'IAMA:ann', 'ann', 'federated names of Redshift'],
    ['^(?:IAMA?:|IAMR:|AWSIDC:)?(.*)$', 'AWSIDC:ann@x', 'ann@x', 'federated names of Redshift'],
    ['^(?:IAMA?:|IAMR:|AWSIDC:)?(.*)$', 'ann', 'ann', 'plain names'],
    ['/(\\w+)', 'role/reader/ann', 'reader', 'anywhere in the name, unless it is anchored'],
    ['x|(y)', 'x', 'x', 'a group that takes no part leaves the name unchanged'],
    ['^(\\p{L}+)', 'Зоя-1', 'Зоя', 'characters are code points'],
    ['(?i)^DOM\\\\(.+)$', 'dom\\ann', 'ann', 'RE2 flags'],
  ])('%s makes of %j %j: %s', (expression, name, user) => {
    expect(userNameExtractor(expression)(name)).toBe(user);
  });

  test.each([
    ['no group', '^.*$'],
    ['two groups', '^(.*)@(.*)$'],
    ['a group within a group', '^((.)*)$'],
    ['a parenthesis that is not closed', '^(.*'],
    ['a look-ahead', '^(.*)(?=@)'],
    ['a back-reference', '^(.)\\1$'],
    ['nested repetitions beyond the limit', '^((?:(?:a{100}){100}){100})$'],
    ['more than a thousand characters', `(${'a'.repeat(999)})`],
  ])('is refused for %s, in an error that does not quote the expression', (_, expression) => {
    const make = () => userNameExtractor(expression);
    expect(make).toThrow(UserNameError);
    expect(make).toThrow(expect.objectContaining({ code: 'USERNAME_REGEX_INVALID' }));
    expect(make).not.toThrow(expression);
  });

  test('may have a thousand characters', () => {
    expect(userNameExtractor(`(${'a'.repeat(998)})`)('a'.repeat(999))).toBe('a'.repeat(998));
  });

  // A backtracking engine would not finish any of these.
  test.each([['^(a+)+$'], ['^((?:a|aa)+)$'], ['^(?:(?:a*)*)*(b)$'], ['^(?:a?){500}(a{500})$'], ['(?:x+x+)+(y)']])(
    '%s answers for a hostile name of 1,000 characters',
    (expression) => {
      const hostile = `${'a'.repeat(999)}!`;
      expect(userNameExtractor(expression)(hostile)).toBe(hostile);
    },
  );

  test('leaves a name longer than a record can hold unchanged', () => {
    const extract = userNameExtractor('^(a)');
    expect([extract('a'.repeat(1024)), extract('a'.repeat(1025))]).toEqual(['a', 'a'.repeat(1025)]);
  });
});
