import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { linesOfRecord, shardOf, streamOf } from '../../../lib/wire/kinesis.ts';
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
