import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { isScheduled, linesOfBatch, linesOfRecords, shardOf, streamOf } from '../../../lib/wire/kinesis.ts';
import {
  controlPayload,
  kinesisEvent,
  kinesisRecord,
  subscriptionPayload,
  windowEvent,
} from '../../support/kinesis-events.ts';

const MEBIBYTE = gzipSync(Buffer.alloc(1024 * 1024, ' '));

/** Zipped blanks: members of a gzip stream may follow one another (RFC 1952, 2.2). */
function zipped(megabytes: number): Buffer {
  return Buffer.concat(Array.from({ length: megabytes }, () => MEBIBYTE));
}

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
    ['more than 32 MB once it is unzipped', zipped(33), undefined],
    ['32 MB of blanks once it is unzipped', zipped(32), []],
  ])('with %s', (_, data, lines) => {
    expect(linesOfRecords([kinesisRecord(data, 1)])).toEqual([lines]);
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

test('a batch stops unzipping at 128 MB: what is beyond counts as damaged, and plain records do not', () => {
  const records = [zipped(32), zipped(32), zipped(32), zipped(31), zipped(2), 'a', zipped(1), gzipSync('b')];
  const found = linesOfRecords(records.map((data, i) => kinesisRecord(data, i)));
  expect(found.map((lines) => lines?.join())).toEqual(['', '', '', '', undefined, 'a', '', undefined]);
});

test('an event of the schedule is told from a batch', () => {
  expect(isScheduled({ 'detail-type': 'Scheduled Event' })).toBe(true);
  expect(isScheduled({ 'detail-type': 'Other' } as never)).toBe(false);
  expect(isScheduled(kinesisEvent([]))).toBe(false);
});
