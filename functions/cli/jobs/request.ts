// What a job is asked for: operation, columns, files and what becomes of them.
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { FileOperation, WantedColumn } from '../../../lib/files/columns.ts';
import { CliError } from '../core/exit.ts';

export type FileFormat = 'csv' | 'jsonl' | 'parquet';

/** Parts of a dialect that the user names; the others are found. */
export interface DialectOptions {
  readonly delimiter: string | undefined;
  readonly quote: string | undefined;
  readonly escape: string | undefined;
  readonly comment: string | undefined;
  readonly skip: number | undefined;
  readonly headerless: boolean;
  readonly nulls: readonly string[];
}

export interface JobFile {
  /** `-` for standard input. */
  readonly input: string;
  readonly output: string;
  readonly format: FileFormat;
  readonly outputFormat: FileFormat;
}

export interface JobRequest {
  readonly operation: FileOperation;
  readonly wanted: readonly WantedColumn[];
  readonly files: readonly JobFile[];
  readonly user: string;
  readonly encoding: string | undefined;
  readonly dialect: DialectOptions;
  /** Undefined: the first bad row refuses the job. */
  readonly rejects: string | undefined;
  /** Undefined: as many as the files are worth. */
  readonly workers: number | undefined;
  readonly isResumed: boolean;
}

/** Resolves patterns. A file whose name looks like a pattern is that file. Rejects with `CliError`. */
export async function expanded(inputs: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const input of inputs) {
    if (input === '-' || existsSync(input)) {
      files.push(input);
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- a handful of patterns, in their order
    const found = /[*?[{]/.test(input) ? await pathsOf(input) : [];
    if (found.length === 0) throw new CliError('CLI_USAGE', `${input} is not there`);
    files.push(...found.toSorted());
  }
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) throw new CliError('CLI_USAGE', `${twice} is named twice`);
  const folder = files.find((file) => file !== '-' && statSync(file).isDirectory());
  if (folder !== undefined)
    throw new CliError('CLI_USAGE', `${folder} is a directory: name its files, as in '${join(folder, '*.csv')}'`);
  return files;
}

async function pathsOf(pattern: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) paths.push(path);
  return paths;
}

/** Tells the format by the ending of a name; CSV where it says nothing. */
export function formatOf(path: string): FileFormat {
  if (/\.(?:parquet|pq|parq)$/i.test(path)) return 'parquet';
  return /\.(?:json|jsonl|ndjson)(?:\.gz|\.zst)?$/i.test(path) ? 'jsonl' : 'csv';
}

/**
 * Says where each output goes: into the directory `out`, under the name of its input, or for a single input to the file `out`. Throws
 * `CliError`.
 */
export function jobFiles(
  inputs: readonly string[],
  out: string,
  from: FileFormat | undefined,
  to: FileFormat | undefined,
): JobFile[] {
  const isFolder = /[/\\]$/.test(out) || inputs.length > 1 || (existsSync(out) && statSync(out).isDirectory());
  const files = inputs.map((input): JobFile => {
    const format = from ?? formatOf(input);
    if (format === 'parquet' && input === '-')
      throw new CliError('CLI_USAGE', 'Parquet cannot be read from standard input');
    if (isFolder && input === '-') throw new CliError('CLI_USAGE', 'Standard input has no name: let --out name a file');
    const outputFormat = to ?? format;
    const name = isFolder ? join(out, renamed(basename(input), format, outputFormat)) : out;
    return { input, output: name, format, outputFormat };
  });
  const outputs = files.map(({ output }) => resolve(output));
  const twice = outputs.find((output, i) => outputs.indexOf(output) !== i);
  if (twice !== undefined) throw new CliError('CLI_USAGE', `Two files would be written to ${twice}`);
  const own = files.find(({ input, output }) => resolve(input) === resolve(output));
  if (own !== undefined)
    throw new CliError('CLI_USAGE', `${own.input} would be written over itself: choose another --out`);
  return files;
}

function renamed(name: string, from: FileFormat, to: FileFormat): string {
  if (from === to) return name;
  return `${name.replace(/(?:\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet|pq|parq))?(?:\.gz|\.zst)?$/i, '')}.${to}`;
}

/** The directory of a job: what is not yet an output, and the journal. It lies beside the outputs, so that a rename is one step. */
export function stateFolder(request: JobRequest): string {
  return join(dirname(request.files[0]!.output), `.protector-${requestDigest(request).slice(0, 12)}`);
}

/** Returns a digest of everything that decides the outputs. Another `--rejects` or `--jobs` is the same request. */
export function requestDigest({ operation, wanted, files, user, encoding, dialect }: JobRequest): string {
  const absolute = files.map((file) => ({
    ...file,
    input: file.input === '-' ? '-' : resolve(file.input),
    output: resolve(file.output),
  }));
  const parts = [operation, wanted, absolute, user, encoding ?? null, dialect];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
