import { options } from '../core/command.ts';
import { path, pathOrStdin, wholeNumber } from '../core/readers.ts';
import { jsonOutput, workspaceDir } from '../options.ts';

/** The files of a job. */
export const jobFilesArgument = {
  files: {
    several: true,
    read: pathOrStdin,
    summary:
      "files or patterns such as 'in/*.csv'; - for standard input. CSV, Parquet or JSON lines, packed by gzip or zstd or not",
  },
} as const;

/** What protect, unprotect and reprotect take. */
export const jobOptions = options({
  column: {
    value: '<column=element...>',
    summary: 'a column, or a path into JSON such as $.items[*].card, and its data element',
  },
  map: { value: '<file>', read: path, summary: 'columns and elements as a JSON or YAML object: { "ssn": "deSSN" }' },
  out: {
    value: '<path>',
    required: true,
    summary: 'the output: a directory, or for one input a file. Nothing is overwritten',
  },
  format: {
    value: '<format>',
    choices: ['csv', 'parquet', 'jsonl'],
    summary: 'write this format; default: that of the input',
  },
  from: {
    value: '<format>',
    choices: ['csv', 'parquet', 'jsonl'],
    summary: 'read this format; default: by the ending of the name',
  },
  user: { value: '<name>', summary: 'the user of the policy who asks', default: 'test_user' },
  jobs: {
    value: '<number>',
    read: wholeNumber,
    summary: 'worker threads; default: one a core, and fewer for small files',
  },
  rejects: {
    value: '<file>',
    summary:
      'leave rows out whose values are refused, and list them here without their values; "fail": the first one ends the job',
    default: 'fail',
  },
  resume: { summary: 'go on with a job that was killed or stopped' },
  delimiter: { value: '<text>', summary: 'CSV: the delimiter; default: the dialect is found' },
  quote: { value: '<character>', summary: 'CSV: the quote; empty for none' },
  escape: { value: '<character>', summary: 'CSV: what stands in front of a quote inside quotes' },
  comment: { value: '<character>', summary: 'CSV: what a line without a row begins with' },
  skip: { value: '<number>', read: wholeNumber, summary: 'CSV: lines in front of the header' },
  headerless: { summary: 'CSV: there is no header; the columns are column0, column1 …' },
  null: { value: '<text...>', summary: 'CSV: texts that stand for NULL besides the empty field' },
  encoding: {
    value: '<name>',
    summary: 'the encoding of CSV or JSON, such as windows-1252; default: UTF-8, or by its byte order mark',
  },
  ...workspaceDir,
  ...jsonOutput,
});
