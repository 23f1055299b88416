import { describe, expect, test } from '@jest/globals';
import { readCommand } from '../../../lib/publication/command.ts';
import { parseFunctionList } from '../../../lib/publication/function-list.ts';

describe('an event of the policy agent', () => {
  test.each([
    [
      'an S3 notification',
      { Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key: 'policy.json' } } }] },
    ],
    ['a test of S3 notifications', { Service: 'Amazon S3', Event: 's3:TestEvent' }],
    ['an EventBridge event', { source: 'aws.s3', 'detail-type': 'Object Created', detail: {} }],
    ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
    ['nothing', undefined],
    ['a text', 'hello'],
  ])('that is %s wakes the agent', (_, event) => {
    expect(readCommand(event)).toEqual({ request: { kind: 'look' } });
  });

  test.each([
    [{ action: 'rollback' }, { kind: 'rollback' }],
    [
      { action: 'rollback', from: 7, to: 5 },
      { kind: 'rollback', from: 7, to: 5 },
    ],
    [
      { action: 'rotate-keys', to: 2 },
      { kind: 'keys', change: { kind: 'rotate', to: 2 } },
    ],
    [
      { action: 'compromise', root: 2 },
      { kind: 'keys', change: { kind: 'compromise', root: 2 } },
    ],
    [
      { action: 'approve', approval: 'a' },
      { kind: 'approve', approval: 'a' },
    ],
  ])('%j requests a change', (event, request) => {
    expect(readCommand(event)).toEqual({ request });
  });

  test.each([
    [{ action: 'rollback', dryRun: true }, { kind: 'rollback' }],
    [{ action: 'release' }, { kind: 'release' }],
    [{ action: 'history' }, { kind: 'history' }],
    [
      { action: 'policy', version: 3 },
      { kind: 'policy', version: 3 },
    ],
    [
      { action: 'policy', atMs: 5 },
      { kind: 'policy', atMs: 5 },
    ],
    [
      { action: 'tests', version: 3, atMs: 5 },
      { kind: 'tests', version: 3, atMs: 5 },
    ],
  ])('%j asks, and changes nothing', (event, question) => {
    expect(readCommand(event)).toEqual({ question });
  });

  test.each([
    { action: 'delete' },
    { action: 'rollback', to: 0 },
    { action: 'rollback', to: '5' },
    { action: 'rollback', too: 5 },
  ])('%j is refused', (event) => {
    expect(() => readCommand(event)).toThrow(expect.objectContaining({ code: 'PUBLICATION_REFUSED' }));
  });
});

describe('a list of functions', () => {
  test('gives the front end of each', () => {
    expect(parseFunctionList('redshift:protector-redshift, rest:protector-rest')).toEqual({
      'protector-redshift': 'redshift',
      'protector-rest': 'rest',
    });
  });

  test.each([
    '',
    'redshift',
    'redshift:',
    'oracle:x',
    'redshift:a,redshift:a',
    'redshift:a,,rest:b',
    'redshift:arn:aws:x',
  ])('is none: %j', (text) => {
    expect(parseFunctionList(text)).toBeUndefined();
  });
});
