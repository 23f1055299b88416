// A job that failed: what the trail is told, what stays on disk, and what the user is.
import type { Trail } from '../../../lib/audit/ports.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import type { FileColumn } from '../../../lib/files/protect-batch.ts';
import { CliError } from '../core/exit.ts';
import { count } from '../output/text.ts';
import { PieceError } from './pool.ts';
import type { JobRequest } from './request.ts';
import type { JobState } from './state.ts';

/** One file of a job failed, and the others were stopped. */
export class FileFailure extends Error {
  readonly file: number;

  constructor(file: number, cause: unknown) {
    super('A file failed', { cause });
    this.file = file;
  }
}

/** A worker of a job ended, or failed in a way that is none of its input. */
class WorkerError extends ProtectorError<'WORKER_FAILED'> {}

interface FailedJob {
  readonly request: JobRequest;
  readonly columns: readonly FileColumn[];
  readonly state: JobState;
  readonly trail: Trail;
}

/**
 * Records a refusal, removes what must not stay, and returns the error for the user. After a refusal nothing is left of files without
 * records; after a fault or a signal all stays, for `--resume`.
 */
export async function afterFailure(error: unknown, job: FailedJob): Promise<unknown> {
  const { request, state } = job;
  const cause = error instanceof FileFailure ? error.cause : error;
  const file = error instanceof FileFailure ? request.files[error.file]!.input : undefined;
  const inFile = (message: string): string => (file === undefined ? message : `${file}: ${message}`);
  if (cause instanceof FilesError) {
    if (cause.code === 'FILES_STATE') {
      await state.close();
      return new CliError('CLI_USAGE', `${inFile(cause.message)} (remove ${state.folder})`);
    }
    await state.abandon();
    return new CliError('CLI_BAD', inFile(cause.message));
  }
  if (!(cause instanceof PieceError)) {
    await state.close();
    return cause;
  }
  const { failure } = cause;
  if (failure.is === 'fault') {
    await state.close();
    return new WorkerError('WORKER_FAILED', inFile(`a worker failed (${failure.name}): go on with --resume`));
  }
  if (failure.is !== 'row') {
    await state.abandon();
    return new CliError('CLI_BAD', inFile(failure.message));
  }
  if (failure.entry !== undefined) {
    const trail = job.trail.open();
    trail.record(failure.entry);
    await trail.flush();
  }
  await state.abandon();
  const { row, column, reason, code } = failure.reject;
  const where = column < 0 ? '' : `, column ${job.columns[column]!.name}`;
  return new CliError(
    'CLI_BAD',
    inFile(`row ${count(row + 1)}${where}: ${reason} (${code}); --rejects FILE leaves such rows out`),
  );
}
