import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { isScheduled, linesOfBatch, linesOfRecord, shardOf, streamOf } from '../../../lib/wire/kinesis.ts';
import {
  controlPayload,
  kinesisEvent,
  kinesisRecord,
  subscriptionPayload,
  windowEvent,
} from '../../support/kinesis-events.ts';

describe('a record of a Kinesis event', () => {
  test.each<[what: string, data: Buffer | string, lines: readonly string[] | undefined]>([
    ['one line', '{"a":1}', ['{"a":1}']],
    ['lines that end in LF', '{"a":1}\n{"b":"ü\u2028"}\n', ['{"a":1}', '{"b":"ü\u2028"}']],
    ['lines that are zipped', gzipSync('{"a":1}\n{"b":2}\n'), ['{"a":1}', '{"b":2}']],
    ['one zipped line', gzipSync('{"a":1}'), ['{"a":1}']],
    ['a zipped line that is a JSON number', gzipSync('7'), ['7']],
    ['a zipped line that is null', gzipSync('null'), ['null']],
    ['a zipped line that is a JSON array', gzipSync('["messageType"]'), ['["messageType"]']],
    [
      'a message of another type',
      gzipSync('{"messageType":"X","logEvents":[]}'),
      ['{"messageType":"X","logEvents":[]}'],
    ],
    ['a subscription without events', gzipSync('{"messageType":"DATA_MESSAGE"}'), ['{"messageType":"DATA_MESSAGE"}']],
    [
      'a subscription with events that have no message',
      gzipSync('{"messageType":"DATA_MESSAGE","logEvents":[null,7,{"message":7},{"message":"a\\n\\nb"}]}'),
      ['a', 'b'],
    ],
    ['a CloudWatch Logs subscription', subscriptionPayload(['{"a":1}', '{"b":2}']), ['{"a":1}', '{"b":2}']],
    ['its control message', controlPayload(), []],
    ['nothing', '', []],
    ['zipped bytes that are cut off', gzipSync('x'.repeat(99)).subarray(0, 20), undefined],
    ['more zipped bytes than memory should hold', gzipSync(Buffer.alloc(65 * 1024 * 1024)), undefined],
  ])('with %s', (_, data, lines) => {
    expect(linesOfRecord(kinesisRecord(data, 1))).toEqual(lines);
  });
});

test.each([
  ['a batch', kinesisEvent([kinesisRecord('', 1)])],
  ['a window', windowEvent([kinesisRecord('', 1)], {}, 'open')],
  ['the end of a window', windowEvent([], {}, 'final')],
])('stream and shard of %s', (_, event) => {
  expect([streamOf(event), shardOf(event)]).toEqual(['audit', 'shardId-000000000006']);
});

test('stream and shard of an event that names neither are unknown', () => {
  expect([streamOf({}), shardOf({})]).toEqual(['unknown', 'unknown']);
});

test('the lines of a batch are those of its records in order, and damaged records are counted', () => {
  const damaged = gzipSync('x'.repeat(99)).subarray(0, 20);
  const records = ['a\nb', damaged, 'c', damaged].map((data, i) => kinesisRecord(data, i));
  expect(linesOfBatch(kinesisEvent(records))).toEqual({ lines: ['a', 'b', 'c'], unreadable: 2 });
  expect(linesOfBatch({})).toEqual({ lines: [], unreadable: 0 });
});

test('an event of the schedule is told from a batch', () => {
  expect(isScheduled({ 'detail-type': 'Scheduled Event' })).toBe(true);
  expect(isScheduled({ 'detail-type': 'Other' } as never)).toBe(false);
  expect(isScheduled(kinesisEvent([]))).toBe(false);
});
