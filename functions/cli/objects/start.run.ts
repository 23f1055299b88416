import { JOB_NAME } from '../../../lib/files/objects/job.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { withRuns } from '../aws/runs.ts';
import { parseS3Url } from '../files/place.ts';
import { done, print, printJson } from '../output/text.ts';

/** Starts a run of a job. Rejects with `CliError` or `RunError`. */
export async function startRun(
  job: string,
  { run, inventory }: { readonly run: string | undefined; readonly inventory: string | undefined },
  machine: string,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  if (!JOB_NAME.test(job)) {
    throw new CliError('CLI_USAGE', 'The name of a job has 1 to 40 of a-z, 0-9 and -, a letter first');
  }
  if (run !== undefined && !/^[A-Za-z0-9_-]{1,39}$/.test(run)) {
    throw new CliError('CLI_USAGE', '--run has 1 to 39 of A-Z, a-z, 0-9, - and _');
  }
  const name = `${job}-${run ?? dateOf(io.nowMs())}`;
  const input = JSON.stringify({ job, ...(inventory !== undefined && { inventory: manifestAt(inventory) }) });
  const startedAt = await withRuns(machine, async (runs, { RunError }) => {
    try {
      return await runs.start(name, input);
    } catch (error) {
      if (!(error instanceof RunError) || error.code !== 'RUN_EXISTS') throw error;
      const { status, input: other } = await runs.describe(name);
      const why = status === 'RUNNING' && other !== input ? 'goes on with another input' : `has ended (${status})`;
      throw new CliError(
        'CLI_BAD',
        `The run ${name} ${why}, and nothing was started: give another one a name with --run`,
      );
    }
  });
  if (json) printJson(io, { run: name, startedAt });
  else
    print(
      io,
      done(io, `${name} runs since ${startedAt.toISOString()}; "protector files status ${name}" shows how far it is`),
    );
  return EXIT.ok;
}

function manifestAt(place: string): { readonly bucket: string; readonly key: string } {
  const { bucket, prefix: key } = parseS3Url(place);
  if (key.endsWith('/manifest.json')) return { bucket, key };
  throw new CliError('CLI_USAGE', '--inventory must be the manifest of an S3 Inventory, s3://bucket/…/manifest.json');
}

/** 20261130, in UTC. */
function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
}
