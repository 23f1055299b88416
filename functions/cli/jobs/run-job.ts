// protect, unprotect and reprotect over files: the decision first, then the files, then the rejects.
import { existsSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { DISCLOSING_CODES, ONLY_CHECKED } from '../../../lib/audit/codes.ts';
import { settled, valueOf } from '../../../lib/base/attempt.ts';
import { concurrently } from '../../../lib/base/concurrently.ts';
import { fileColumns } from '../../../lib/files/columns.ts';
import { findRefusedColumn } from '../../../lib/files/decision.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { rowsOf } from '../../../lib/files/journal.ts';
import { fileOrigin } from '../../../lib/files/origin.ts';
import type { FileColumn } from '../../../lib/files/protect-batch.ts';
import type { RefusedError } from '../../../lib/protect/refusal.ts';
import { explainRefusal } from '../../../lib/protect/refusal-text.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { noUser, suggestion } from '../documents/policy-names.ts';
import { type LocalEnvironment, localEnvironment } from '../local/environment.ts';
import { csvLines } from '../output/csv.ts';
import { count, done, print, printJson, quantity, say, visible } from '../output/text.ts';
import { openSealedPolicy } from '../sealing/sealed-policy.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { afterFailure, FileFailure } from './failure.ts';
import { type FileOutcome, type JobContext, protectFile } from './file-job.ts';
import { nameInRecords } from './origin.ts';
import { WorkerPool } from './pool.ts';
import { JobProgress } from './progress.ts';
import { type JobRequest, requestDigest } from './request.ts';
import { giveName, hasEnded, JobState } from './state.ts';

/** Runs a job. Resolves to the exit code; rejects with `CliError` for what the user can mend. */
export async function runJob(ws: Workspace, request: JobRequest, json: boolean, io: Io): Promise<ExitCode> {
  if (request.isResumed && hasEnded(request)) {
    say(io, 'There is nothing to resume: every output is there');
    return EXIT.ok;
  }
  const environment = await localEnvironment(ws, io);
  try {
    const policy = await environment.policy();
    const columns = await worded(async () => fileColumns(request.wanted, request.operation, policy));
    if (request.rejects !== undefined && existsSync(request.rejects) && !request.isResumed) {
      throw new CliError('CLI_USAGE', `${request.rejects} exists and is not overwritten`);
    }
    await checkDecision(ws, environment, request, columns);
    for (const { output } of request.files) {
      // oxlint-disable-next-line no-await-in-loop -- a handful of directories
      await mkdir(dirname(output), { recursive: true });
    }
    const state = await worded(() => JobState.open(request, policy.version));
    return await runFiles({ ws, request, columns, state, environment, policyVersion: policy.version, json }, io);
  } finally {
    await environment.close();
  }
}

interface Job {
  readonly ws: Workspace;
  readonly request: JobRequest;
  readonly columns: readonly FileColumn[];
  readonly state: JobState;
  readonly environment: LocalEnvironment;
  readonly policyVersion: string;
  readonly json: boolean;
}

/** Asks whether the user may do this at all, before anything is read. A refusal goes to the trail. */
async function checkDecision(
  ws: Workspace,
  { protector, trail }: LocalEnvironment,
  request: JobRequest,
  columns: readonly FileColumn[],
): Promise<void> {
  const id = requestDigest(request).slice(0, 16);
  const origin = fileOrigin(protector.identify, request.user, { id, name: '' }, columns);
  const found = await findRefusedColumn(protector, columns, origin);
  if (found === undefined) return;
  const refused = trail.open();
  for (const entry of found.entries) refused.record(entry);
  await refused.flush();
  const advice = await adviceOn(ws, found.refusal, request.user);
  throw new CliError('CLI_BAD', `column ${found.name}: ${explainRefusal(found.refusal)}${advice}`);
}

/** Returns what to say of a name that the policy does not have; empty for any other refusal. */
async function adviceOn(ws: Workspace, { code, element }: RefusedError, user: string): Promise<string> {
  if (code !== 'ELEMENT_UNKNOWN' && code !== 'USER_UNKNOWN') return '';
  const { policy } = (await openSealedPolicy(ws)).content;
  if (code === 'USER_UNKNOWN') return ` ${noUser(policy, user)}`;
  if (element === undefined) return '';
  const names = policy.elements.map(({ name }) => name);
  return ` The policy in force has no element ${element}${suggestion(element, names)}`;
}

async function runFiles(job: Job, io: Io): Promise<ExitCode> {
  const { request, state, environment } = job;
  const startMs = io.nowMs();
  let outcomes: readonly FileOutcome[];
  try {
    outcomes = await protectFiles(job, io);
  } catch (error) {
    throw await afterFailure(error, { request, columns: job.columns, state, trail: environment.trail });
  }
  if (request.rejects !== undefined) await writeRejects(job, request.rejects, outcomes);
  await state.remove();
  return summarize(job, outcomes, io.nowMs() - startMs, io);
}

async function protectFiles(job: Job, io: Io): Promise<readonly FileOutcome[]> {
  const { ws, request, columns, state, environment, policyVersion } = job;
  const stop = new AbortController();
  void io.stopped().then(() => stop.abort(new CliError('CLI_BAD', 'Stopped: go on with --resume')));
  const sizes = await Promise.all(request.files.map(({ input }) => sizeOf(input)));
  const workers = request.workers ?? workersFor(sizes);
  await using pool = await WorkerPool.open(workers, {
    workspaceDir: ws.dir,
    user: request.user,
    settings: { ...io.env },
    columns,
    mayReject: request.rejects !== undefined,
    policyVersion,
  });
  using progress = new JobProgress(io, sizes);
  const context: JobContext = {
    request,
    columns,
    state,
    pool,
    trail: environment.trail,
    trailPath: ws.auditTrail,
    io,
    stop: stop.signal,
    report: (file, part) => progress.update(file, part),
  };
  // Every file has come to rest before a failure is dealt with.
  const ended = await concurrently([...request.files.keys()], workers, async (file) => {
    const outcome = await settled(protectFile(context, file));
    if (!outcome.ok && !stop.signal.aborted) stop.abort(new FileFailure(file, outcome.error));
    return outcome;
  });
  stop.signal.throwIfAborted();
  return ended.map(valueOf);
}

/** A worker starts in about the time in which another protects so many bytes of text, or what so many packed bytes hold. */
const WORTH_A_WORKER = 512 * 1024;

/** Returns how many workers are worth their start for files of these sizes: one a core at most. What has no size may be long. */
function workersFor(sizes: readonly number[]): number {
  const cores = availableParallelism();
  return sizes.includes(0) ? cores : Math.min(cores, Math.ceil(sum(sizes) / WORTH_A_WORKER));
}

/** Returns the bytes of a file; 0 for what has no size, such as a pipe. */
async function sizeOf(input: string): Promise<number> {
  return input === '-' ? 0 : (await stat(input)).size;
}

/** Writes the rejects from the journal, piece by piece, and then gives them their name. Rows count from 1; a header is none. */
async function writeRejects(
  { request, columns, state }: Job,
  path: string,
  outcomes: readonly FileOutcome[],
): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(csvLines([['file', 'row', 'column', 'code', 'reason']]));
    for (const [index, { id, pieces }] of outcomes.entries()) {
      if (rejectedRows(pieces) === 0) continue;
      const { input } = request.files[index]!;
      // oxlint-disable-next-line no-await-in-loop -- in the order of the files
      for await (const rejects of state.rejects(index, id)) {
        const lines = rejects.map(({ row, column, code, reason }) => [
          input,
          row + 1,
          columns[column]?.name ?? '',
          code,
          reason,
        ]);
        await file.writeFile(csvLines(lines));
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await giveName(temporary, path);
}

function rejectedRows(pieces: FileOutcome['pieces']): number {
  return pieces.reduce((all, { rejected }) => all + sum(rejected), 0);
}

/** What happened to a column of a file. */
interface ColumnSummary {
  readonly column: string;
  readonly element: string;
  readonly values: number;
  readonly weak: number;
  readonly clear: number;
  readonly rejected: number;
}

function summarize(job: Job, outcomes: readonly FileOutcome[], elapsedMs: number, io: Io): ExitCode {
  const files = outcomes.map(({ id, pieces, entries }, i) => {
    const { input, output } = job.request.files[i]!;
    const columns = job.columns.map(({ name, target: { element } }, column): ColumnSummary => {
      const own = entries.filter(({ queryId }) => queryId === originOf(job, id, input, column));
      const good = own.filter(({ code }) => !isRefusal(code));
      return {
        column: name,
        element,
        values: sum(good.map((entry) => entry.count)),
        weak: sum(good.map((entry) => entry.weakCount)),
        clear: sum(good.map((entry) => entry.clearCount)),
        rejected: sum(pieces.map(({ rejected }) => rejected[column + 1])),
      };
    });
    return { input, output, id, rows: rowsOf(pieces), rejected: rejectedRows(pieces), columns };
  });
  const values = files.flatMap(({ columns }) => columns).reduce((all, column) => all + column.values, 0);
  const rows = files.reduce((all, file) => all + file.rows, 0);
  const rejected = files.reduce((all, file) => all + file.rejected, 0);
  const seconds = Math.round(elapsedMs) / 1000;
  if (job.json) printJson(io, { files, rows, values, rejected, seconds });
  else printSummary(io, files, { rows, values, rejected, seconds }, job.request.rejects);
  return rejected > 0 ? EXIT.bad : EXIT.ok;
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((all, each) => all + (each ?? 0), 0);
}

function originOf(job: Job, id: string, input: string, column: number): string | undefined {
  const { protector } = job.environment;
  return fileOrigin(protector.identify, job.request.user, { id, name: nameInRecords(input) }, job.columns)(column)
    .queryId;
}

/** Refusals of values. A policy that answers with a mask or NULL has refused nothing. */
function isRefusal(code: number): boolean {
  return !DISCLOSING_CODES.has(code) && code !== ONLY_CHECKED && code !== NO_ACCESS;
}

/** The user may not see the values, and the policy has put something else in their place. */
const NO_ACCESS = 3;

function printSummary(
  io: Io,
  files: readonly {
    input: string;
    output: string;
    rows: number;
    rejected: number;
    columns: readonly ColumnSummary[];
  }[],
  { rows, values, rejected, seconds }: { rows: number; values: number; rejected: number; seconds: number },
  rejects: string | undefined,
): void {
  for (const file of files) {
    const left = file.rejected === 0 ? '' : `, ${count(file.rejected)} of them rejected`;
    print(io, done(io, `${file.input} → ${file.output}: ${quantity(file.rows, 'row')}${left}`));
    for (const { column, element, values: total, weak, clear } of file.columns) {
      const notes = [weak > 0 ? `${count(weak)} weak` : '', clear > 0 ? `${count(clear)} left clear` : ''].filter(
        (note) => note !== '',
      );
      print(
        io,
        `    ${visible(column)}: ${quantity(total, 'value')} by ${element}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`,
      );
    }
  }
  const speed = seconds === 0 ? '' : `, ${count(Math.round(values / seconds))} values/s`;
  say(io, `${quantity(rows, 'row')}, ${quantity(values, 'value')} in ${seconds.toFixed(1)} s${speed}`);
  if (rejected > 0) say(io, `${quantity(rejected, 'row')} rejected: see ${rejects}`);
}

async function worded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FilesError) throw new CliError('CLI_USAGE', error.message);
    throw error;
  }
}
