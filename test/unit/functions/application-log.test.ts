import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { causesOf, consoleLog, rejectionOf } from '../../../functions/runtime/application-log.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { BundleError } from '../../../lib/crypto/sealed-bundle.ts';
import { RefusedError } from '../../../lib/protect/refusal.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the application log', () => {
  test('is one JSON object a line, with the time', () => {
    const lines: unknown[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(line) > 0);
    consoleLog({ level: 'WARN', message: 'two\nlines', requestId: undefined, row: 0 });
    expect(lines).toEqual([expect.stringMatching(/^[^\n]+\n$/)]);
    expect(JSON.parse(String(lines[0]))).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'WARN',
      message: 'two\nlines',
      row: 0,
    });
  });
});

describe('the causes of an error', () => {
  test('show code and message of our own errors, and only name and place of foreign ones', () => {
    const foreign = new TypeError('CANARY is not a function');
    const ours = new BundleError('BUNDLE_TAMPERED', 'altered', { cause: foreign });
    const causes = causesOf(new RefusedError('POLICY_UNAVAILABLE', { cause: ours }));
    expect(causes).toEqual([
      { name: 'RefusedError', code: 'POLICY_UNAVAILABLE', message: expect.any(String), at: expect.any(Array) },
      { name: 'BundleError', code: 'BUNDLE_TAMPERED', message: 'altered', at: expect.any(Array) },
      { name: 'TypeError', code: undefined, message: undefined, at: expect.any(Array) },
    ]);
    expect(causes[2]?.at[0]).toMatch(/^at .*log\.test\.ts:\d+:\d+/);
    expect(JSON.stringify(causes)).not.toContain('CANARY');
  });

  test('show nothing of the text that JSON.parse quotes', () => {
    let failure: unknown;
    try {
      JSON.parse('{"ssn": CANARY}');
    } catch (error) {
      failure = error;
    }
    expect(String(failure)).toContain('CANARY');
    expect(JSON.stringify(causesOf(failure))).not.toContain('CANARY');
  });

  // V8 quotes input in its messages, line breaks included.
  test('show nothing of a message whose lines look like stack frames', () => {
    const causes = causesOf(new TypeError('Unexpected value "first line\n   at CANARY street"'));
    expect(JSON.stringify(causes)).not.toContain('CANARY');
  });

  test('are at most five with eight frames each, however long the chain is', () => {
    const deep = (levels: number): Error => (levels === 0 ? new Error('end') : deepened(levels));
    const deepened = (levels: number): Error => new Error('link', { cause: deep(levels - 1) });
    const causes = causesOf(deep(20));
    expect(causes).toHaveLength(5);
    expect(causes[0]?.at).toHaveLength(8);
  });

  test('end at an error that is its own cause', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(causesOf(error)).toHaveLength(5);
  });

  test.each([['text'], [undefined], [null], [{ message: 'CANARY' }]])('are empty for %j', (thrown) => {
    expect(causesOf(thrown)).toEqual([]);
  });

  test('have no frames for an error without a stack', () => {
    const error = new Error('x');
    delete error.stack;
    expect(causesOf(error)).toMatchObject([{ name: 'Error', at: [] }]);
  });
});

describe('the error that a function fails with', () => {
  test('is our own as it is', () => {
    const own = new ProtectorError('STORE_UNAVAILABLE', 'The store does not answer');
    expect(rejectionOf(own)).toBe(own);
  });

  test.each<[what: string, error: unknown]>([
    ['of another library', new TypeError('944-07-4214')],
    ['that is none', '944-07-4214'],
    ['with a cause', new Error('944-07-4214', { cause: new Error('944-07-4214') })],
  ])('%s shows nothing of its message, which Lambda would log', (_what, error) => {
    const rejection = rejectionOf(error);
    expect(rejection.code).toBe('UNEXPECTED');
    expect([rejection.message, rejection.stack, String(rejection.cause)].join()).not.toContain('944');
  });
});
