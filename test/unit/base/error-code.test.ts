import { describe, expect, test } from '@jest/globals';
import { errorName } from '../../../lib/base/error-code.ts';

describe('the name of an error', () => {
  test.each<[what: string, error: unknown, name: string]>([
    ['a service', Object.assign(new Error('secret'), { name: 'ThrottlingException' }), 'ThrottlingException'],
    ['a connection', Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['several connections', Object.assign(new AggregateError([], 'secret'), { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
    ['the SDK without a Region', new Error('Region is missing'), 'Region is missing'],
    ['anything else', new Error('Region is missing: secret'), 'Error'],
    ['a code in another form', Object.assign(new Error('secret'), { code: 'a secret' }), 'Error'],
    ['no error', 'secret', 'unknown error'],
    ['nothing', undefined, 'unknown error'],
  ])('of %s is safe to show', (_, error, name) => {
    expect(errorName(error)).toBe(name);
  });
});
