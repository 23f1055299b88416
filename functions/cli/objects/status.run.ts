import type { Run, RunSummary } from '../../../lib/adapters/step-functions/runs.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { resultFiles, type ResultSums, sumResults } from '../../../lib/files/objects/results.ts';
import { withRuns } from '../aws/runs.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { bucketStore } from '../files/place.ts';
import { table } from '../output/table.ts';
import { count, print, printJson, quantity, visible } from '../output/text.ts';

const RECENT = 20;
/** An object takes about 700 bytes: half a million of them. */
const MAX_RESULT_BYTES = 384 * 1024 * 1024;

type Results = ResultSums | { readonly unread: string };

/** Shows how far a run is. Rejects with `CliError` or `RunError`. */
export async function showRun(name: string, machine: string, json: boolean, io: Io): Promise<ExitCode> {
  const run = await withRuns(machine, (runs) => runs.describe(name));
  const results = run.results === undefined ? undefined : await read(run.results);
  if (json) {
    const { status, startedAt, endedAt, error, cause, items } = run;
    printJson(io, {
      run: name,
      status,
      startedAt,
      endedAt,
      error,
      cause,
      objects: items,
      results,
      manifest: manifestOf(run),
    });
  } else print(io, linesOf(run, results).join('\n'));
  return isWell(run, results) ? EXIT.ok : EXIT.bad;
}

/** Lists the newest runs. Rejects with `CliError` or `RunError`. */
export async function showRuns(machine: string, json: boolean, io: Io): Promise<ExitCode> {
  const runs = await withRuns(machine, (all) => all.recent(RECENT));
  if (json) {
    printJson(
      io,
      runs.map(({ name, ...run }) => ({ run: name, ...run })),
    );
  } else if (runs.length === 0) print(io, 'No run yet.');
  else {
    const rows = runs.map((run) => [
      run.name,
      wordOf(run),
      run.startedAt.toISOString(),
      run.endedAt?.toISOString() ?? '',
    ]);
    print(io, table(io.stdout, ['Run', 'State', 'Started', 'Ended'], rows, 80));
  }
  return EXIT.ok;
}

/** Adds up the results of a run, where they can be read. */
async function read({ bucket, key }: NonNullable<Run['results']>): Promise<Results> {
  try {
    const store = await bucketStore(bucket);
    const bodyOf = async (file: string): Promise<Uint8Array> => {
      const stored = await store.get(file);
      if (stored === undefined) throw new FilesError('FILES_DAMAGED', 'the manifest names a file that is not there');
      return stored.body;
    };
    const files = resultFiles(await bodyOf(key));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > MAX_RESULT_BYTES) {
      const limit = MAX_RESULT_BYTES / 1024 / 1024;
      return { unread: `they have ${count(bytes / 1024 / 1024)} MB, and this command reads ${limit} MB at most` };
    }
    return await sumResults(
      (async function* () {
        // oxlint-disable-next-line no-await-in-loop -- one at a time: they are large
        for (const file of files) yield await bodyOf(file.key);
      })(),
    );
  } catch (error) {
    if (!(error instanceof ProtectorError)) throw error;
    return { unread: error.message };
  }
}

function isWell({ status, items }: Run, results: Results | undefined): boolean {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return false;
  if ((items?.failed ?? 0) > 0) return false;
  return results === undefined || 'unread' in results || results.refused + results.taken === 0;
}

function linesOf(run: Run, results: Results | undefined): string[] {
  const { name, startedAt, endedAt, error, cause, items } = run;
  const times = `since ${startedAt.toISOString()}${endedAt === undefined ? '' : `, until ${endedAt.toISOString()}`}`;
  const lines = [visible(`${name}: ${wordOf(run)}, ${times}`)];
  if (error !== undefined)
    lines.push(visible(`Why: ${[error, cause].filter((text) => text !== undefined).join(': ')}`));
  if (items !== undefined) {
    const { total, succeeded, failed, running, pending } = items;
    const rest = [
      [failed, 'failed'],
      [running, 'under way'],
      [pending, 'waiting'],
    ] as const;
    const others = rest.filter(([number]) => number > 0).map(([number, what]) => `, ${count(number)} ${what}`);
    lines.push(`Objects: ${count(succeeded)} of ${count(total)} done${others.join('')}`);
  }
  if (results !== undefined) lines.push(...resultLines(results));
  const manifest = manifestOf(run);
  if (manifest !== undefined) lines.push(visible(`Results: ${manifest}`));
  return lines;
}

function resultLines(results: Results): string[] {
  if ('unread' in results) return [visible(`Rows: unknown, because the results cannot be read: ${results.unread}`)];
  const { before, refusals, rows, values, rejected, ...ended } = results;
  const codes = Object.entries(refusals).map(([code, number]) => `${code}: ${count(number)}`);
  const parts = [
    `${count(ended.protected)} protected${before > 0 ? ` (${quantity(before, 'object')} had ended before)` : ''}`,
    ...(ended.refused > 0 ? [`${count(ended.refused)} refused (${codes.join(', ')})`] : []),
    ...(ended.taken > 0 ? [`${count(ended.taken)} found their name taken`] : []),
    ...(ended.absent > 0 ? [`${count(ended.absent)} none of the job's`] : []),
  ];
  return [
    visible(`Outcomes: ${parts.join(', ')}`),
    `Outputs: ${quantity(rows, 'row')}, ${quantity(values, 'value')}, ${quantity(rejected, 'rejected row')}`,
  ];
}

function manifestOf({ results }: Run): string | undefined {
  return results === undefined ? undefined : `s3://${results.bucket}/${results.key}`;
}

const WORDS: Partial<Record<string, string>> = {
  RUNNING: 'runs',
  SUCCEEDED: 'has ended',
  FAILED: 'has failed',
  TIMED_OUT: 'has taken too long',
  ABORTED: 'was stopped',
};

function wordOf({ status }: RunSummary): string {
  return WORDS[status] ?? status;
}
