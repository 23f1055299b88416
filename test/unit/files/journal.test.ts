import { expect, test } from '@jest/globals';
import { type JournalLine, type PieceLine, readJournal, rejectsOf } from '../../../lib/files/journal.ts';

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

test('a journal without its first line is none', async () => {
  expect(await read()).toBeUndefined();
  expect(await read('{"is":"jo')).toBeUndefined();
});

test('each step moves a file on, whatever the others do', async () => {
  const other: JournalLine = { is: 'file', file: 1, id: 'b', facts: undefined };
  const recorded = [{ is: 'recording', file: 0 } as const, { is: 'recorded', file: 0 } as const];
  const state = await read(JOB, FILE, other, piece(1, 0), piece(0, 0), piece(0, 1), ...recorded);
  expect(state).toMatchObject({ request: 'r', policyVersion: '7' });
  expect([...state!.files].map(([file, { stage, pieces }]) => [file, stage, pieces.length])).toEqual([
    [0, 'recorded', 2],
    [1, 'pieces', 1],
  ]);
});

const piecesOf = async (...lines: readonly (JournalLine | string)[]) => (await read(...lines))!.files.get(0)?.pieces;

test('a torn line is not there, and the next one counts', async () => {
  const torn = JSON.stringify(piece(0, 0)).slice(0, -5);
  expect(await piecesOf(JOB, FILE, torn, '', piece(0, 0))).toHaveLength(1);
});

test.each([['empty'], ['torn']])('refuses a journal of more than 1,000 %s lines, however many follow', async (what) => {
  let asked = 0;
  const lines = (function* () {
    for (; asked < 100_000; asked++) yield what === 'empty' ? '' : '{"is":"pie';
  })();
  await expect(readJournal(lines)).rejects.toMatchObject({ code: 'FILES_STATE' });
  expect(asked).toBe(1000);
  expect(await piecesOf(JOB, FILE, ...Array<string>(1000).fill(''), piece(0, 0))).toHaveLength(1);
});

const RESET: JournalLine = { is: 'reset', file: 0 };

test('a reset file has not begun', async () => {
  expect(await piecesOf(JOB, FILE, piece(0, 0), RESET)).toBeUndefined();
  expect(await piecesOf(JOB, FILE, piece(0, 0), RESET, FILE, piece(0, 0))).toHaveLength(1);
});

const reject = (row: number, column: number) => ({ row, column, code: 'X', reason: 'x' });

test('rejects are counted and not remembered; they are read again, without those of work that was reset', async () => {
  const bad: PieceLine = { ...piece(0, 0), rejects: [reject(1, -1), reject(2, 0), reject(4, 0)] };
  const again: JournalLine = { is: 'file', file: 0, id: 'c', facts: undefined };
  const lines = [JOB, FILE, bad, RESET, again, { ...piece(0, 0), rejects: [reject(3, 0)] }];
  expect(await piecesOf(JOB, FILE, bad)).toEqual([expect.objectContaining({ rejected: [1, 2] })]);
  expect((await piecesOf(JOB, FILE, bad))![0]).not.toHaveProperty('rejects');
  const found: (readonly object[])[] = [];
  const texts = (async function* () {
    for (const line of lines) yield JSON.stringify(line);
  })();
  for await (const rejects of rejectsOf(texts, 0, 'c')) found.push(rejects);
  expect(found).toEqual([[reject(3, 0)]]);
});

test.each([
  ['a piece that is missing', [JOB, FILE, piece(0, 1)]],
  ['a piece behind the records', [JOB, FILE, piece(0, 0), { is: 'recording', file: 0 } as const, piece(0, 1)]],
  ['a piece of no file', [JOB, piece(0, 0)]],
  ['a line of no kind', [JOB, '{"is":"other","file":0}']],
  ['a line that is no object', [JOB, 'null']],
  ['a piece without rejects', [JOB, FILE, JSON.stringify({ ...piece(0, 0), rejects: undefined })]],
  [
    'a reject of no column',
    [JOB, FILE, JSON.stringify({ ...piece(0, 0), rejects: [{ ...reject(1, 0), column: 'a' }] })],
  ],
  ['a piece of rows that are no number', [JOB, FILE, JSON.stringify({ ...piece(0, 0), rows: '5' })]],
  ['a file without an id', [JOB, '{"is":"file","file":0}']],
  ['another format', ['{"is":"job","format":2}']],
])('refuses %s', async (_, lines) => {
  await expect(read(...lines)).rejects.toMatchObject({ code: 'FILES_STATE' });
});
