import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { withRuns } from '../aws/runs.ts';
import { done, print, printJson } from '../output/text.ts';

/** Stops a run. Rejects with `CliError` or `RunError`. */
export async function stopRun(run: string, machine: string, json: boolean, io: Io): Promise<ExitCode> {
  await withRuns(machine, (runs) => runs.stop(run));
  if (json) printJson(io, { run, stopped: true });
  else print(io, done(io, `${run} is stopped`));
  return EXIT.ok;
}
