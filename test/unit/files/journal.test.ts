import { expect, test } from '@jest/globals';
import { type JournalLine, type PieceLine, readJournal } from '../../../lib/files/journal.ts';

const piece = (file: number, number: number): PieceLine => ({
  is: 'piece',
  file,
  piece: number,
  rows: 5,
  inputEnd: 10,
  outputEnd: 20,
  entries: [],
  rejects: [],
  seen: [5],
});
const JOB: JournalLine = { is: 'job', format: 1, request: 'r', policyVersion: '7' };
const FILE: JournalLine = { is: 'file', file: 0, id: 'a', facts: undefined };
const read = (...lines: readonly (JournalLine | string)[]) =>
  readJournal(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))));

test('a journal without its first line is none', () => {
  expect(read()).toBeUndefined();
  expect(read('{"is":"jo')).toBeUndefined();
});

test('each step moves a file on, whatever the others do', () => {
  const other: JournalLine = { is: 'file', file: 1, id: 'b', facts: undefined };
  const state = read(
    JOB,
    FILE,
    other,
    piece(1, 0),
    piece(0, 0),
    piece(0, 1),
    { is: 'recording', file: 0 },
    { is: 'recorded', file: 0 },
  )!;
  expect(state).toMatchObject({ request: 'r', policyVersion: '7' });
  expect([...state.files].map(([file, { stage, pieces }]) => [file, stage, pieces.length])).toEqual([
    [0, 'recorded', 2],
    [1, 'pieces', 1],
  ]);
});

test('a torn line is not there, and the next one counts', () => {
  const torn = JSON.stringify(piece(0, 0)).slice(0, -5);
  expect(read(JOB, FILE, torn, '', piece(0, 0))!.files.get(0)!.pieces).toHaveLength(1);
});

test('a reset file has not begun', () => {
  expect(read(JOB, FILE, piece(0, 0), { is: 'reset', file: 0 })!.files.size).toBe(0);
  expect(read(JOB, FILE, piece(0, 0), { is: 'reset', file: 0 }, FILE, piece(0, 0))!.files.get(0)!.pieces).toHaveLength(
    1,
  );
});

test.each([
  ['a piece that is missing', [JOB, FILE, piece(0, 1)]],
  ['a piece behind the records', [JOB, FILE, piece(0, 0), { is: 'recording', file: 0 } as const, piece(0, 1)]],
  ['a piece of no file', [JOB, piece(0, 0)]],
  ['another format', ['{"is":"job","format":2}']],
])('refuses %s', (_, lines) => {
  expect(() => read(...lines)).toThrow(expect.objectContaining({ code: 'FILES_STATE' }));
});
