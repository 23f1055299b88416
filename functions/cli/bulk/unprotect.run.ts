import type { ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { type JobOptions, jobRequest } from '../jobs/options.ts';
import { runJob } from '../jobs/run-job.ts';
import type { Workspace } from '../workspace/workspace.ts';

export async function unprotectFiles(
  ws: Workspace,
  files: readonly string[],
  options: JobOptions,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  return runJob(ws, await jobRequest('Unprotect', files, options, io), json, io);
}
