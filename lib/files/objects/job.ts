// A job on the objects of a bucket: which objects, which columns, where the outputs go.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { placeOf } from '../../contract/file-protector.ts';
import { canonicalJson } from '../../crypto/canonical-json.ts';
import { type FileOperation, type WantedColumn, wantedColumns } from '../columns.ts';
import type { Dialect } from '../csv/dialect.ts';
import { FilesError } from '../errors.ts';

const place = z
  .string()
  .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/(?:[^\s]*\/)?$/, 'must be s3://bucket/ or s3://bucket/folder/');
const character = z.string().regex(/^[\x20-\x7e\t]$/, 'must be one ASCII character');

/** Control characters are fine: Hive writes U+0001. */
function isDelimiter(text: string): boolean {
  const codes = Array.from(text, (one) => one.codePointAt(0)!);
  return (
    codes.length >= 1 &&
    codes.length <= 4 &&
    codes.every((code) => code > 0 && code < 0x80 && code !== 10 && code !== 13)
  );
}

/** Names of jobs. */
export const JOB_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Nothing is found by looking at the data: a dialect that is guessed anew for each object is a decision that no one made. */
const csv = z.strictObject({
  delimiter: z.string().refine(isDelimiter, 'must be one to four ASCII characters, and no line end').default(','),
  /** Empty: none. */
  quote: z.union([character, z.literal('')]).default('"'),
  /** @default the quote, doubled */
  escape: character.optional(),
  comment: character.optional(),
  skip: z.int().min(0).max(1000).default(0),
  header: z.boolean().default(true),
  nulls: z.array(z.string().max(64)).max(16).default([]),
});

const schema = z
  .strictObject({
    name: z.string().regex(JOB_NAME, 'must be 1 to 40 of a-z, 0-9 and -, a letter first'),
    operation: z.enum(['protect', 'unprotect', 'reprotect']).default('protect'),
    /** The objects: those below this place whose keys end in one of `endings`. */
    source: place,
    endings: z.array(z.string().min(1).max(64)).min(1).max(16).optional(),
    /** Outputs lie below this place under the rest of their keys. */
    target: place,
    columns: z.record(z.string().min(1), z.string().min(1)),
    /** The user of the policy who asks. */
    user: z.string().min(1).max(256),
    format: z.enum(['csv', 'jsonl', 'parquet']),
    csv: csv.prefault({}),
    /** A label of the WHATWG Encoding Standard. @default UTF-8, or what a byte order mark says */
    encoding: z.string().min(1).max(40).optional(),
    /** `fail`: the first bad row refuses its object. `list`: bad rows are left out and listed. */
    rejects: z.enum(['fail', 'list']).default('fail'),
    /** Whether each new object is protected when it arrives. */
    onUpload: z.boolean().default(false),
  })
  .check(({ value, issues }) => {
    const { source, target, format, encoding } = value;
    if (format === 'parquet' && encoding !== undefined) {
      issues.push({
        code: 'custom',
        input: encoding,
        path: ['encoding'],
        message: 'is for texts, and Parquet has none',
      });
    }
    if (source.startsWith(target) || target.startsWith(source)) {
      issues.push({
        code: 'custom',
        input: target,
        path: ['target'],
        message: 'must not hold the source or lie in it: the job would take its own outputs',
      });
    }
  });

export type FileJob = z.output<typeof schema>;

const OPERATIONS = { protect: 'Protect', unprotect: 'Unprotect', reprotect: 'Reprotect' } as const satisfies Record<
  FileJob['operation'],
  FileOperation
>;

/** Parses the document of a job. Throws `FilesError` `FILES_LAYOUT`, which names every wrong member and no value. */
export function parseFileJob(document: unknown): FileJob {
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => {
      const path = issue.path.map(String).join('.');
      if (issue.code !== 'unrecognized_keys') return [`${path || 'job'}: ${issue.message}`];
      return issue.keys.map((key) => `${[path, key].filter((part) => part !== '').join('.')}: unknown member`);
    });
    throw new FilesError('FILES_LAYOUT', `The job cannot be used: ${problems.join('; ')}`);
  }
  wantedOfJob(parsed.data);
  return parsed.data;
}

/** Returns operation and columns of a job. Throws `FilesError` for an element that is no such text. */
export function wantedOfJob({ columns, operation }: FileJob): { operation: FileOperation; wanted: WantedColumn[] } {
  return { operation: OPERATIONS[operation], wanted: wantedColumns(columns, OPERATIONS[operation]) };
}

/** Returns the dialect of a job: as it says, and nothing is found. */
export function dialectOfJob({ csv: { quote, escape, comment, ...rest } }: FileJob): Dialect {
  const quoted = quote === '' ? undefined : quote;
  return { ...rest, quote: quoted, escape: escape ?? quoted, comment };
}

/** Returns a digest of everything that decides the outputs of a job: its work is told apart by it. */
export function jobDigest(job: FileJob): string {
  const { onUpload: _when, endings: _which, ...decides } = job;
  return createHash('sha256').update(canonicalJson(decides)).digest('hex');
}

/** Returns the key of the output of an object; undefined for an object that is none of the job's. */
export function outputKey({ source, target, endings }: FileJob, key: string): string | undefined {
  const { prefix } = placeOf(source);
  // A key that ends with a slash is how consoles show a folder.
  if (!key.startsWith(prefix) || key.length === prefix.length || key.endsWith('/')) return undefined;
  if (endings !== undefined && !endings.some((ending) => key.endsWith(ending))) return undefined;
  return placeOf(target).prefix + key.slice(prefix.length);
}
