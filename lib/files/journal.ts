// What a job has done, line by line. Each line is durable before the step that relies on it; a job that was cut off goes on from the
// last line. A line that a crash tore is not there.
//
//   job        what was asked; another request never continues it
//   file       the file as it was when its work began, and the id that its audit records carry
//   piece      rows, bytes of input and output so far, what the records are to say of them, and the rejected rows: one write, so that
//              output and counts cannot differ
//   recording  all pieces are there; from now on records of the file may be in the trail
//   recorded   they all are
//   named      the output has its name
//   reset      the file is as if its work had not begun: a row of it was refused
import { z } from 'zod';
import type { AuditEntry } from '../audit/record.ts';
import { attempt } from '../base/attempt.ts';
import { withoutStackTraces } from '../base/stackless.ts';
import { FilesError } from './errors.ts';
import type { Reject } from './rejects.ts';

/** The file as the job found it. A stream has neither size nor time; its pieces carry a digest instead. */
export interface FileFacts {
  readonly size: number;
  readonly modifiedMs: number;
}

export interface PieceLine {
  readonly is: 'piece';
  readonly file: number;
  /** From 0 within the file. */
  readonly piece: number;
  readonly rows: number;
  /** Bytes of the input, unpacked and as UTF-8, that the pieces so far have taken; for Parquet the number of row groups. */
  readonly inputEnd: number;
  readonly outputEnd: number;
  readonly entries: readonly AuditEntry[];
  /** Rows counted from the file. */
  readonly rejects: readonly Reject[];
  readonly seen: readonly number[];
  /** SHA-256 of the input so far, for a stream. */
  readonly digest?: string;
  /** Parquet: the row group and the schema, base64. */
  readonly group?: string;
  readonly schema?: string;
}

export type JournalLine =
  | { readonly is: 'job'; readonly format: 1; readonly request: string; readonly policyVersion: string }
  | { readonly is: 'file'; readonly file: number; readonly id: string; readonly facts: FileFacts | undefined }
  | PieceLine
  | { readonly is: 'recording'; readonly file: number }
  | { readonly is: 'recorded'; readonly file: number }
  | { readonly is: 'named'; readonly file: number }
  | { readonly is: 'reset'; readonly file: number };

/** A piece without its rejects, which may be many: their number of each column, and of rows that are malformed. */
export interface PieceFacts extends Omit<PieceLine, 'rejects'> {
  /** Index 0 counts malformed rows, and index c + 1 those of column c. */
  readonly rejected: readonly number[];
}

/** Returns what is remembered of a piece. */
export function pieceFacts({ rejects, ...facts }: PieceLine): PieceFacts {
  const rejected: number[] = [];
  for (const { column } of rejects) rejected[column + 1] = (rejected[column + 1] ?? 0) + 1;
  return { ...facts, rejected };
}

/** How far a file is. */
export interface FileProgress {
  readonly id: string;
  readonly facts: FileFacts | undefined;
  readonly pieces: readonly PieceFacts[];
  readonly stage: 'pieces' | 'recording' | 'recorded' | 'named';
}

export interface JournalState {
  readonly request: string;
  readonly policyVersion: string;
  readonly files: ReadonlyMap<number, FileProgress>;
}

/**
 * Reads a journal. Resolves to undefined where its first line is not there yet. Rejects with `FilesError` `FILES_STATE` for lines out of
 * order, and for more torn lines than crashes leave.
 */
export async function readJournal(lines: Iterable<string> | AsyncIterable<string>): Promise<JournalState | undefined> {
  let job: { request: string; policyVersion: string } | undefined;
  const files = new Map<number, { -readonly [K in keyof FileProgress]: FileProgress[K] } & { pieces: PieceFacts[] }>();
  const parse = lineParser();
  for await (const text of lines) {
    const line = parse(text);
    if (line === undefined) continue;
    if (line.is === 'job') {
      if (line.format !== 1) throw new FilesError('FILES_STATE', 'the journal is of another release: start over');
      job ??= { request: line.request, policyVersion: line.policyVersion };
      continue;
    }
    if (line.is === 'file') {
      files.set(line.file, { id: line.id, facts: line.facts, pieces: [], stage: 'pieces' });
      continue;
    }
    if (line.is === 'reset') {
      files.delete(line.file);
      continue;
    }
    const file = files.get(line.file);
    if (file === undefined) throw outOfOrder();
    if (line.is === 'piece') {
      if (line.piece !== file.pieces.length || file.stage !== 'pieces') throw outOfOrder();
      file.pieces.push(pieceFacts(line));
    } else {
      file.stage = line.is;
    }
  }
  return job === undefined ? undefined : { ...job, files };
}

const count = z.int().min(0);
const facts = z.object({ size: count, modifiedMs: z.number() });
const reject = z.object({ row: count, column: z.int().min(-1), code: z.string(), reason: z.string() });
const lineSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('job'), format: z.number(), request: z.string(), policyVersion: z.string() }),
  z.object({ is: z.literal('file'), file: count, id: z.string(), facts: facts.optional() }),
  z.object({
    is: z.literal('piece'),
    file: count,
    piece: count,
    rows: count,
    inputEnd: count,
    outputEnd: count,
    // As this job wrote them; the trail checks what it records.
    entries: z.array(z.looseObject({ count })),
    rejects: z.array(reject),
    seen: z.array(count),
    digest: z.string().optional(),
    group: z.string().optional(),
    schema: z.string().optional(),
  }),
  ...(['recording', 'recorded', 'named', 'reset'] as const).map((is) => z.object({ is: z.literal(is), file: count })),
]);

/** A run of a job tears one line at most, so that a journal with more has another origin. */
const MOST_TORN = 1000;

/**
 * Makes the parser of one journal's lines. It returns undefined for a line that a crash tore. It throws `FilesError` `FILES_STATE` for a
 * line that is whole and that no job wrote, and where too many are torn.
 */
function lineParser(): (text: string) => JournalLine | undefined {
  let torn = 0;
  return (text) => {
    const line = withoutStackTraces(() => attempt(() => JSON.parse(text) as unknown));
    if (line.ok) return checked(line.value);
    if (++torn > MOST_TORN) {
      throw new FilesError('FILES_STATE', `the journal has more than ${MOST_TORN} damaged lines: start over`);
    }
    return undefined;
  };
}

function checked(line: unknown): JournalLine {
  const found = lineSchema.safeParse(line);
  if (!found.success) throw new FilesError('FILES_STATE', 'the journal has a line that no job wrote: start over');
  return found.data as unknown as JournalLine;
}

function outOfOrder(): FilesError {
  return new FilesError('FILES_STATE', 'the journal has lines out of order: start over');
}

/** The rejects of a file, in the order of its rows: those of its work with this id, and not of work that was reset. */
export async function* rejectsOf(
  lines: AsyncIterable<string>,
  file: number,
  id: string,
): AsyncGenerator<readonly Reject[]> {
  let isItsWork = false;
  const parse = lineParser();
  for await (const text of lines) {
    const line = parse(text);
    if (line?.is === 'file' && line.file === file) isItsWork = line.id === id;
    if (line?.is === 'piece' && line.file === file && isItsWork && line.rejects.length > 0) yield line.rejects;
  }
}

/** Rows of the pieces. */
export function rowsOf(pieces: readonly PieceFacts[]): number {
  return pieces.reduce((sum, { rows }) => sum + rows, 0);
}
