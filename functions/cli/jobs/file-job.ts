// One file of a job: its pieces go to the workers, and come back into the output in their order.
//
// The steps are those of lib/files/journal.ts, and each is durable before the next: bytes of a piece, then its line; the whole output, then
// the records; the records, then the name. So a reader finds an output only after its records, and a job that is killed anywhere goes on
// from its last line.
import { randomBytes } from 'node:crypto';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import type { AuditEntry } from '../../../lib/audit/record.ts';
import type { Trail } from '../../../lib/audit/ports.ts';
import type { Dialect } from '../../../lib/files/csv/dialect.ts';
import { cutPieces } from '../../../lib/files/cut-pieces.ts';
import { entriesOf } from '../../../lib/files/entries.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import {
  type FileFacts,
  type FileProgress,
  type PieceFacts,
  pieceFacts,
  type PieceLine,
  rowsOf,
} from '../../../lib/files/journal.ts';
import { fileHead, type Footer, HEAD_BYTES } from '../../../lib/files/parquet/footer.ts';
import { footerOfGroups } from '../../../lib/files/parquet/groups.ts';
import { leafOfColumn } from '../../../lib/files/parquet/splice.ts';
import { packed, packingOf } from '../../../lib/files/packing.ts';
import type { FileColumn } from '../../../lib/files/protect-batch.ts';
import { csvShape, jsonShape, type Sample, type TextShape } from '../../../lib/files/text-layout.ts';
import { convertFile, type TableFile } from '../../../lib/local/files/convert.ts';
import { readFooterOf } from '../../../lib/local/files/parquet-piece.ts';
import { sniffCsv } from '../../../lib/local/files/sniff-csv.ts';
import type { Io } from '../core/io.ts';
import { nameInRecords } from './origin.ts';
import type { WorkerPool } from './pool.ts';
import type { Part } from './progress.ts';
import type { FileName, PieceResult, Task } from './protocol.ts';
import { notYetRecorded } from './recorded.ts';
import type { DialectOptions, JobFile, JobRequest } from './request.ts';
import { giveName, GrowingFile, type JobState } from './state.ts';
import { TextInput } from './text-input.ts';

/** What the files of a job share. */
export interface JobContext {
  readonly request: JobRequest;
  readonly columns: readonly FileColumn[];
  readonly state: JobState;
  readonly pool: WorkerPool;
  readonly trail: Trail;
  /** The trail's file. */
  readonly trailPath: string;
  readonly io: Io;
  /** Aborted when another file has failed, or the user stops the job. */
  readonly stop: AbortSignal;
  readonly report: (file: number, progress: Part) => void;
}

export interface FileOutcome {
  readonly id: string;
  readonly pieces: readonly PieceFacts[];
  readonly entries: readonly AuditEntry[];
}

/** About the size of a piece: some hundred batches of a column, a second of work. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** Protects one file, or what a former run has left of it. Rejects with `PieceError`, `FilesError` or `AuditError`. */
export async function protectFile(context: JobContext, index: number): Promise<FileOutcome> {
  return new FileJob(context, index).run();
}

class FileJob {
  readonly #context: JobContext;
  readonly #file: JobFile;
  readonly #index: number;
  readonly #before: FileProgress | undefined;
  #pieces: PieceFacts[];
  #growing: GrowingFile | undefined;
  #values = 0;

  constructor(context: JobContext, index: number) {
    this.#context = context;
    this.#file = context.request.files[index]!;
    this.#index = index;
    this.#before = context.state.before?.files.get(index);
    this.#pieces = [...(this.#before?.pieces ?? [])];
    this.#values = valuesOf(this.#pieces);
  }

  async run(): Promise<FileOutcome> {
    const { state, stop } = this.#context;
    stop.throwIfAborted();
    const { output } = this.#file;
    const stage = this.#before?.stage ?? 'new';
    const id = this.#before?.id ?? randomBytes(8).toString('hex');
    const entries = (): AuditEntry[] => entriesOf(this.#pieces.map(({ entries: each }) => each));
    const growing = state.growing(this.#index);
    const finished = this.#finished();
    if (stage === 'new' || stage === 'pieces') {
      await this.#checkFacts(stage === 'new' ? id : undefined);
      try {
        if (this.#file.format === 'parquet') await this.#protectParquet(id);
        else await this.#protectText(id);
      } finally {
        await this.#growing?.close();
      }
      await state.sync();
      await state.note({ is: 'recording', file: this.#index });
      await this.#record(entries());
    } else if (stage === 'recording') {
      await this.#record(await notYetRecorded(this.#context.trailPath, id, entries()));
    }
    if (stage !== 'recorded' && stage !== 'named') await state.note({ is: 'recorded', file: this.#index });
    if (stage !== 'named') {
      // After a crash between the two steps the output may have its name already.
      if (await isThere(finished)) await giveName(finished, output);
      else if (!(await isThere(output))) throw new FilesError('FILES_STATE', `${output} is gone: start over`);
      await state.note({ is: 'named', file: this.#index });
      if (finished !== growing) await rm(growing, { force: true });
    }
    return { id, pieces: this.#pieces, entries: entries() };
  }

  async #record(entries: readonly AuditEntry[]): Promise<void> {
    const trail = this.#context.trail.open();
    for (const entry of entries) trail.record(entry);
    await trail.flush();
  }

  /** Where the complete output lies before it has its name. */
  #finished(): string {
    const { format, outputFormat } = this.#file;
    const { state } = this.#context;
    return format === outputFormat ? state.growing(this.#index) : `${state.growing(this.#index)}.${outputFormat}`;
  }

  /** Notes the file as it is now, or compares it with how it was. */
  async #checkFacts(newId: string | undefined): Promise<void> {
    const facts = await factsOf(this.#file.input);
    if (newId !== undefined) {
      await this.#context.state.note({ is: 'file', file: this.#index, id: newId, facts });
      return;
    }
    const before = this.#before?.facts;
    if (before?.size !== facts?.size || before?.modifiedMs !== facts?.modifiedMs) {
      throw new FilesError('FILES_STATE', `${this.#file.input} has changed since the job began: start over`);
    }
  }

  #name(id: string): FileName {
    return { index: this.#index, id, name: nameInRecords(this.#file.input) };
  }

  async #protectText(id: string): Promise<void> {
    const { io, request, pool, stop } = this.#context;
    const { input, output, format, outputFormat } = this.#file;
    const source = new TextInput({
      path: input === '-' ? undefined : input,
      stdin: io.stdin,
      encoding: request.encoding,
    });
    const sample = await source.sample();
    const { layout, prefix, rowsEnd, table } =
      format === 'csv' ? await this.#csvLayout(sample) : jsonLayout(sample, this.#context.columns);
    const packing = format === outputFormat ? packingOf(output) : 'none';
    const last = this.#pieces.at(-1);
    const growing = await this.#open(last?.outputEnd ?? 0);
    let inputEnd = last?.inputEnd ?? prefix;
    const chunks = last === undefined ? source.chunks(0, undefined) : source.chunks(inputEnd, last.digest);
    const size = (await factsOf(input))?.size;
    let first = last === undefined ? sample.bytes.slice(0, prefix) : undefined;
    if (first !== undefined) source.passed(first);
    const commits = new InOrder();
    try {
      for await (const { bytes, to } of cutPieces(
        last === undefined ? without(chunks, prefix) : chunks,
        PIECE_BYTES,
        rowsEnd,
      )) {
        stop.throwIfAborted();
        commits.throwIfFailed();
        await pool.room();
        inputEnd += to;
        source.passed(bytes.subarray(0, to));
        const at = { inputEnd, digest: source.digest(), done: size === undefined ? 0 : source.rawBytes / size };
        const head = first === undefined ? [] : [packed(first, packing)];
        first = undefined;
        const task: Task = { is: 'text', file: this.#name(id), layout, bytes, to, packing };
        const result = pool.run(task);
        commits.add(result, (piece) => this.#commit(growing, head, piece, at));
      }
    } finally {
      await commits.settled();
    }
    commits.throwIfFailed();
    this.#checkSeen();
    await this.#convert(table);
  }

  #checkSeen(): void {
    if (rowsOf(this.#pieces) === 0 || this.#file.format !== 'jsonl') return;
    const { columns } = this.#context;
    const unseen = columns.find((_, column) => this.#pieces.every(({ seen }) => seen[column] === 0));
    if (unseen === undefined) return;
    throw new FilesError('FILES_LAYOUT', `no document has a value at ${unseen.name}: check the path`);
  }

  async #csvLayout(sample: Sample): Promise<Layout> {
    const { request, columns, state } = this.#context;
    const dialect = await dialectOf(sample, request.dialect, state.temporary(`${this.#index}-sample`));
    const names = columns.map(({ name }) => name);
    const { names: found, ...shape } = csvShape(sample, dialect, names);
    return { ...shape, table: { is: 'csv', dialect, names: found } };
  }

  async #protectParquet(id: string): Promise<void> {
    const { columns, state, pool, stop } = this.#context;
    const { input } = this.#file;
    const footer = await readFooterOf(input);
    for (const { name } of columns) leafOfColumn(footer, name);
    const growing = await this.#open(this.#pieces.at(-1)?.outputEnd ?? 0);
    const commits = new InOrder();
    try {
      for (let group = this.#pieces.length; group < footer.groups.length; group++) {
        stop.throwIfAborted();
        commits.throwIfFailed();
        // oxlint-disable-next-line no-await-in-loop -- the pieces in memory are bounded
        await pool.room();
        const task: Task = {
          is: 'group',
          file: this.#name(id),
          path: input,
          // DuckDB writes one file at a time for each worker; two groups never share a name.
          temporary: state.temporary(`${this.#index}-${group}`),
          group,
        };
        const at = { inputEnd: group + 1, digest: undefined, done: (group + 1) / footer.groups.length };
        const head = group === 0 ? [fileHead()] : [];
        commits.add(pool.run(task), (piece) => this.#commit(growing, head, piece, at));
      }
    } finally {
      await commits.settled();
    }
    commits.throwIfFailed();
    await growing.append(...(footer.groups.length === 0 ? [fileHead()] : []), this.#footerOf(footer));
    await this.#convert({ is: 'parquet' });
  }

  #footerOf(footer: Footer): Buffer {
    const placed = this.#pieces.map(({ group, schema }, i) => ({
      group: bytesOf(group),
      schema: bytesOf(schema),
      start: i === 0 ? HEAD_BYTES : this.#pieces[i - 1]!.outputEnd,
    }));
    return footerOfGroups(footer, placed);
  }

  async #open(end: number): Promise<GrowingFile> {
    this.#growing = await GrowingFile.open(this.#context.state.growing(this.#index), end);
    return this.#growing;
  }

  /** Makes a piece durable, and then its line. */
  async #commit(
    growing: GrowingFile,
    head: readonly Uint8Array[],
    { bytes, rows, rejects, seen, entries, group, schema }: PieceResult,
    { inputEnd, digest, done }: { inputEnd: number; digest: string | undefined; done: number },
  ): Promise<void> {
    const { state, report } = this.#context;
    const firstRow = rowsOf(this.#pieces);
    await growing.append(...head, bytes);
    const line: PieceLine = {
      is: 'piece',
      file: this.#index,
      piece: this.#pieces.length,
      rows,
      inputEnd,
      outputEnd: growing.end,
      entries,
      rejects: rejects.map((reject) => ({ ...reject, row: reject.row + firstRow })),
      seen,
      ...(digest !== undefined && { digest }),
      ...(group !== undefined && { group: Buffer.from(group).toString('base64') }),
      ...(schema !== undefined && { schema: Buffer.from(schema).toString('base64') }),
    };
    await state.note(line);
    this.#pieces.push(pieceFacts(line));
    this.#values += valuesOf([line]);
    const valuesNow = this.#values - valuesOf(this.#before?.pieces ?? []);
    report(this.#index, { rows: firstRow + rows, values: this.#values, valuesNow, done });
  }

  async #convert(table: TableFile): Promise<void> {
    const { format, outputFormat } = this.#file;
    if (format === outputFormat) return;
    const to = this.#finished();
    await rm(to, { force: true });
    const names = this.#context.columns.map(({ name }) => name);
    await convertFile(this.#context.state.growing(this.#index), table, to, outputFormat, names);
    await using file = await open(to, 'r+');
    await file.chmod(0o600);
    await file.sync();
  }
}

/** How a text file is to be read, and how DuckDB reads it. */
interface Layout extends TextShape {
  readonly table: TableFile;
}

function jsonLayout(sample: Sample, columns: readonly FileColumn[]): Layout {
  const paths = columns.map(({ name }) => name);
  return { ...jsonShape(sample, paths), table: { is: 'jsonl' } };
}

/** Takes what the user names of a dialect. Where the delimiter is not named, the rest is found in the sample. */
async function dialectOf(sample: Sample, given: DialectOptions, temporary: string): Promise<Dialect> {
  const { delimiter, quote, escape, comment, skip, headerless, nulls } = given;
  if (delimiter !== undefined) {
    const quoted = quote === '' ? undefined : (quote ?? '"');
    return { delimiter, quote: quoted, escape: escape ?? quoted, comment, skip: skip ?? 0, header: !headerless, nulls };
  }
  await writeFile(temporary, sample.bytes.subarray(0, sample.length), { mode: 0o600 });
  try {
    const found = await sniffCsv(temporary);
    return {
      delimiter: found.delimiter,
      quote: quote === '' ? undefined : (quote ?? found.quote),
      escape: escape ?? quote ?? found.escape,
      comment: comment ?? found.comment,
      skip: skip ?? found.skip,
      header: headerless ? false : found.header,
      nulls,
    };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function* without(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    if (dropped < chunk.length) yield chunk.subarray(dropped);
  }
}

async function factsOf(input: string): Promise<FileFacts | undefined> {
  if (input === '-') return undefined;
  const { size, mtimeMs } = await stat(input);
  return { size, modifiedMs: mtimeMs };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function valuesOf(pieces: readonly Pick<PieceFacts, 'entries'>[]): number {
  return pieces.reduce((sum, { entries }) => entries.reduce((all, { count }) => all + count, sum), 0);
}

/** Takes results in the order of their pieces, whatever the order in which they come. */
class InOrder {
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  add<T>(result: Promise<T>, take: (value: T) => Promise<void>): void {
    const before = this.#last;
    // A result may fail before its turn.
    result.catch(() => {});
    this.#last = (async () => {
      await before;
      try {
        const value = await result;
        if (this.#failure === undefined) await take(value);
      } catch (error) {
        this.#failure ??= { error };
      }
    })();
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when every result is taken or dropped. Never rejects. */
  settled(): Promise<void> {
    return this.#last;
  }
}

function bytesOf(base64: string | undefined): Buffer | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}
