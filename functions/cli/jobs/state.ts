// A job on disk: its journal, and one growing file for each output.
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LineFile, lineFile } from '../../../lib/adapters/file/line-file.ts';
import { syncDirectory } from '../../../lib/adapters/file/sync-directory.ts';
import { type JournalLine, type JournalState, readJournal, rejectsOf } from '../../../lib/files/journal.ts';
import type { Reject } from '../../../lib/files/rejects.ts';
import { CliError } from '../core/exit.ts';
import { linesOf } from '../files/lines.ts';
import { type JobRequest, requestDigest, stateFolder } from './request.ts';

export class JobState {
  readonly folder: string;
  readonly before: JournalState | undefined;
  readonly #journal: LineFile;
  readonly #begun = new Set<number>();
  /** Files whose records are in the trail, or may be. */
  readonly #recorded = new Set<number>();

  private constructor(folder: string, before: JournalState | undefined) {
    for (const [file, { stage }] of before?.files ?? []) (stage === 'pieces' ? this.#begun : this.#recorded).add(file);
    this.folder = folder;
    this.before = before;
    this.#journal = lineFile(journalOf(folder));
  }

  /** Opens the state of a request: a new one, or with `--resume` the one that a former run left. Rejects with `CliError`. */
  static async open(request: JobRequest, policyVersion: string): Promise<JobState> {
    const folder = stateFolder(request);
    const isThere = existsSync(journalOf(folder));
    if (isThere && !request.isResumed) {
      throw new CliError(
        'CLI_USAGE',
        `A former run of this job did not end: go on with --resume, or remove ${folder} to start over`,
      );
    }
    const before = isThere ? await readJournal(journalLines(folder)) : undefined;
    if (before !== undefined) {
      if (before.request !== requestDigest(request))
        throw new CliError('CLI_USAGE', `${folder} belongs to another job`);
      if (before.policyVersion !== policyVersion) {
        throw new CliError(
          'CLI_USAGE',
          `The job began under policy version ${before.policyVersion} and version ${policyVersion} is in force: remove ${folder} to start over`,
        );
      }
      await removeTemporaries(folder);
    } else {
      const existing = request.files.find(({ output }) => existsSync(output));
      if (existing !== undefined) throw new CliError('CLI_USAGE', `${existing.output} exists and is not overwritten`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await syncDirectory(dirname(folder));
    }
    const state = new JobState(folder, before);
    if (before === undefined) {
      await state.note({ is: 'job', format: 1, request: requestDigest(request), policyVersion });
    }
    return state;
  }

  /** Resolves when the line is durable. */
  async note(line: JournalLine): Promise<void> {
    await this.#journal.append([JSON.stringify(line)]);
    if (line.is === 'file') this.#begun.add(line.file);
    if (line.is === 'recording') this.#recorded.add(line.file);
  }

  /**
   * Forgets the files that have no records yet, and all of the job where no file has any: nothing protected or unprotected stays
   * behind a refusal.
   */
  async abandon(): Promise<void> {
    if (this.#recorded.size === 0) return this.remove();
    for (const file of this.#begun) {
      if (this.#recorded.has(file)) continue;
      // oxlint-disable-next-line no-await-in-loop -- as many as there are workers
      await this.#reset(file);
    }
    await this.close();
  }

  /** The rejects of a file's work, piece by piece. */
  rejects(file: number, id: string): AsyncIterable<readonly Reject[]> {
    return rejectsOf(journalLines(this.folder), file, id);
  }

  /** Makes the names in the directory durable. */
  sync(): Promise<void> {
    return syncDirectory(this.folder);
  }

  /** Forgets what is there of a file. */
  async #reset(file: number): Promise<void> {
    await this.note({ is: 'reset', file });
    await rm(this.growing(file), { force: true });
  }

  /** Where the output of a file grows. */
  growing(file: number): string {
    return join(this.folder, `${file}.growing`);
  }

  /** A path for what may be lost at any time. */
  temporary(name: string): string {
    return join(this.folder, `${name}.tmp`);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  /** Ends the job: nothing of it is left but its outputs. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A line holds the rejects of a piece, which may be all of its rows. */
const MAX_LINE = 400 * 1024 * 1024;

function journalLines(folder: string): AsyncIterable<string> {
  return linesOf(journalOf(folder), MAX_LINE);
}

/** Tells whether a job has ended: what it left is gone, and every output is there. */
export function hasEnded(request: JobRequest): boolean {
  return !existsSync(journalOf(stateFolder(request))) && request.files.every(({ output }) => existsSync(output));
}

function journalOf(folder: string): string {
  return join(folder, 'journal.jsonl');
}

async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(
    names.filter((name) => name.endsWith('.tmp')).map((name) => rm(join(folder, name), { force: true })),
  );
}

/** An output that grows at its end. */
export class GrowingFile {
  readonly #file: FileHandle;
  #end: number;

  private constructor(file: FileHandle, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /** Opens the file and cuts off what lies behind `end`: bytes that no line of the journal accounts for. */
  static async open(path: string, end: number): Promise<GrowingFile> {
    const file = await open(path, end === 0 ? 'w' : 'r+', 0o600);
    const { size } = await file.stat();
    if (size < end) {
      await file.close();
      throw new CliError('CLI_USAGE', `${path} is shorter than the journal says: remove its directory to start over`);
    }
    await file.truncate(end);
    return new GrowingFile(file, end);
  }

  get end(): number {
    return this.#end;
  }

  /** Appends bytes, and resolves when they are durable. */
  async append(...parts: readonly Uint8Array[]): Promise<void> {
    for (const bytes of parts) {
      for (let done = 0; done < bytes.length; ) {
        // oxlint-disable-next-line no-await-in-loop -- each write shows how much is left
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#end);
        done += bytesWritten;
        this.#end += bytesWritten;
      }
    }
    await this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Gives a durable file its name, durably. */
export async function giveName(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}
