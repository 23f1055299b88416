// The options of a command as the request of a job.
import { type FileOperation, type WantedColumn, wantedColumn, wantedColumns } from '../../../lib/files/columns.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readDocument } from '../documents/document.ts';
import { expanded, type FileFormat, type JobRequest, jobFiles } from './request.ts';

/** The options as they were given. */
export interface JobOptions {
  readonly column: readonly string[] | undefined;
  readonly map: string | undefined;
  readonly out: string;
  readonly format: FileFormat | undefined;
  readonly from: FileFormat | undefined;
  readonly user: string;
  readonly jobs: number | undefined;
  readonly rejects: string;
  readonly resume: boolean;
  readonly delimiter: string | undefined;
  readonly quote: string | undefined;
  readonly escape: string | undefined;
  readonly comment: string | undefined;
  readonly skip: number | undefined;
  readonly headerless: boolean;
  readonly null: readonly string[] | undefined;
  readonly encoding: string | undefined;
}

/** Makes the request of a job. Rejects with `CliError` for options that do not go together. */
export async function jobRequest(
  operation: FileOperation,
  inputs: readonly string[],
  options: JobOptions,
  io: Io,
): Promise<JobRequest> {
  const { out, format, from, user, rejects, resume, encoding } = options;
  if (inputs.length === 0) throw new CliError('CLI_USAGE', 'Name the files, or - for standard input');
  // The ending slash of a directory that is not there yet is kept.
  const place = /[/\\]$/.test(out) ? `${io.at(out)}/` : io.at(out);
  return {
    operation,
    wanted: await wantedOf(operation, options),
    files: jobFiles(await expanded(inputs), place, from, format),
    user,
    encoding,
    dialect: {
      delimiter: options.delimiter === undefined ? undefined : ascii('--delimiter', unescaped(options.delimiter), 4),
      quote: options.quote === undefined || options.quote === '' ? options.quote : ascii('--quote', options.quote, 1),
      escape: options.escape === undefined ? undefined : ascii('--escape', options.escape, 1),
      comment: options.comment === undefined ? undefined : ascii('--comment', options.comment, 1),
      skip: options.skip,
      headerless: options.headerless,
      nulls: options.null ?? [],
    },
    rejects: rejects === 'fail' ? undefined : io.at(rejects),
    workers: options.jobs,
    isResumed: resume,
  };
}

async function wantedOf(operation: FileOperation, { column = [], map }: JobOptions): Promise<WantedColumn[]> {
  const document: unknown = map === undefined ? {} : (await readDocument(map)).document;
  try {
    return [...wantedColumns(document, operation), ...column.map((text) => wantedColumn(text, operation))];
  } catch (error) {
    if (error instanceof FilesError) throw new CliError('CLI_USAGE', error.message);
    throw error;
  }
}

/** A shell has no tab: `\t` stands for it. */
function unescaped(text: string): string {
  return text.replaceAll(String.raw`\t`, '\t');
}

const LINE_ENDS: readonly number[] = [0x0a, 0x0d];

function ascii(option: string, text: string, most: number): string {
  const codes = Array.from(text, (character) => character.codePointAt(0)!);
  const fits =
    codes.length > 0 &&
    codes.length <= most &&
    codes.every((code) => code > 0 && code < 0x80 && !LINE_ENDS.includes(code));
  if (!fits)
    throw new CliError(
      'CLI_USAGE',
      `${option} takes ${most === 1 ? 'one ASCII character' : `one to ${most} ASCII characters`}`,
    );
  return text;
}
