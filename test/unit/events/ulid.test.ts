import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ulids } from '../../../lib/events/ulid.ts';

const zeros = (bytes: number) => new Uint8Array(bytes);
const ones = (bytes: number) => new Uint8Array(bytes).fill(0xff);

test('a ULID holds 48 bits of time and 80 of randomness, as the example of the specification does', () => {
  const next = ulids({ nowMs: () => 1_469_918_176_385, random: () => Buffer.from('d0b7b8ad7a5b5e2ccf4a', 'hex') });
  expect(next()).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
});

test('the first and the last ULID are those of the specification', () => {
  expect(ulids({ nowMs: () => 0, random: zeros })()).toBe('00000000000000000000000000');
  expect(ulids({ nowMs: () => 2 ** 48 - 1, random: ones })()).toBe('7ZZZZZZZZZZZZZZZZZZZZZZZZZ');
});

test('within a millisecond the random part counts up, and carries into the next millisecond when it is full', () => {
  const next = ulids({ nowMs: () => 5, random: (bytes) => ones(bytes).fill(0xfe, 9) });
  expect([next(), next(), next()]).toEqual([
    '0000000005ZZZZZZZZZZZZZZZY',
    '0000000005ZZZZZZZZZZZZZZZZ',
    '0000000006ZZZZZZZZZZZZZZZY',
  ]);
});

test('a clock that is set back, stands still or has fractions makes no smaller ULID', () => {
  const clock = [10.9, 10.1, 3, 3, 11, 11, 2];
  const next = ulids({ nowMs: () => clock.shift()!, random: randomBytes });
  const made = Array.from({ length: 7 }, next);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(7);
});
