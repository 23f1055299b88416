// Where the objects of a log are, and which of them a store protects for years.
import { expect, test } from '@jest/globals';
import {
  checkpointNumber,
  checkpointPath,
  cosignaturesNumber,
  cosignaturesPath,
  isEvidence,
  NEWEST_CHECKPOINT,
  pendingPath,
  timestampNumber,
  timestampPath,
} from '../../../lib/transparency/layout.ts';
import { bundlePath, tilePath } from '../../../lib/transparency/tiles.ts';

const WRITTEN_ONCE = [
  tilePath({ level: 1, index: 1_234_067, width: 256 }),
  tilePath({ level: 0, index: 0, width: 7 }),
  bundlePath(12, 256),
  checkpointPath(1_234_067),
  cosignaturesPath(3),
  timestampPath(0),
];

test.each(WRITTEN_ONCE)('%s is evidence, which a store protects', (path) => {
  expect(isEvidence(path)).toBe(true);
});

test.each([NEWEST_CHECKPOINT, pendingPath(3), 'tile', 'checkpoints', 'else/tile/0/000', ''])(
  '"%s" is overwritten or removed, or is no object of the log',
  (path) => {
    expect(isEvidence(path)).toBe(false);
  },
);

test.each([
  ['checkpoint', checkpointPath, checkpointNumber],
  ['cosignatures', cosignaturesPath, cosignaturesNumber],
  ['timestamp', timestampPath, timestampNumber],
] as const)('the number of a %s is read from its path alone', (_, path, number) => {
  expect([0, 999, 1000, 1_234_067].map((index) => number(path(index)))).toEqual([0, 999, 1000, 1_234_067]);
  const others = [checkpointPath, cosignaturesPath, timestampPath, pendingPath].filter((other) => other !== path);
  expect(others.map((other) => number(other(1)))).toEqual([undefined, undefined, undefined]);
  expect(number(`${path(1)}.p/3`)).toBeUndefined();
});
