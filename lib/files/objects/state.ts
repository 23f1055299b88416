// The work on one object, as one document that each step replaces on the condition that it is what was read.
//
//   parts      the output grows, as parts that no reader sees
//   recording  the output is whole, or refused; the signed records are in the document, and may be in the trail
//   recorded   they are in the trail
//   ended      the output has its name, or never gets one
//
// Records are signed before they are written, in a chain of this work alone. An attempt that finds `recording` writes the same bytes again,
// which every reader of the trail counts once.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AuditEntry } from '../../audit/record.ts';
import { canonicalJson } from '../../crypto/canonical-json.ts';
import { WORK_FOLDERS } from '../../contract/file-protector.ts';
import { FilesError } from '../errors.ts';
import { type FileJob, jobDigest } from './job.ts';

const count = z.int().min(0);
const part = z.strictObject({ number: z.int().min(1), bytes: count });

const refusal = z.strictObject({
  code: z.string(),
  reason: z.string(),
  /** From 0; of the range where `from` is its first byte. */
  row: count.optional(),
  from: count.optional(),
  column: z.string().optional(),
});

const state = z.strictObject({
  format: z.literal(1),
  key: z.string(),
  tag: z.string(),
  size: count,
  target: z.string(),
  policyVersion: z.string(),
  ranges: z.int().min(1),
  /** Grows when the parts have to be made again. */
  generation: count,
  upload: z.string(),
  stage: z.enum(['parts', 'recording', 'recorded', 'ended']),
  /** `taken`: another object has the name of the output. */
  outcome: z.enum(['protected', 'refused', 'taken']).optional(),
  refusal: refusal.optional(),
  parts: z.array(part).optional(),
  rows: count.prefault(0),
  values: count.prefault(0),
  rejected: count.prefault(0),
  lines: z.array(z.strictObject({ timeMs: z.number(), line: z.string() })).optional(),
  /** Digest of what `lines` say. */
  said: z.string().optional(),
});

const reject = z.strictObject({ row: count, column: z.int().min(-1), code: z.string(), reason: z.string() });

const range = z.strictObject({
  /** Where the first row of the range begins, and where its last row ends; null where no row seems to begin in the range. */
  from: count.nullable(),
  end: count.nullable(),
  rows: count,
  parts: z.array(part),
  // As this work wrote them; the trail checks what it records.
  entries: z.array(z.looseObject({ count })),
  /** Rows count from the range. */
  rejects: z.array(reject),
  seen: z.array(count),
  /** Of Parquet, as `groups.ts` needs them: base64 of Thrift, and the bytes in the output. `from` and `end` are numbers of row groups then. */
  groups: z.array(z.strictObject({ group: z.string().optional(), schema: z.string(), bytes: count })).optional(),
});

export type WorkState = z.output<typeof state>;
export type WorkRefusal = z.output<typeof refusal>;

/** What was done of a range. */
export interface RangeFacts extends Omit<z.output<typeof range>, 'entries'> {
  readonly entries: readonly AuditEntry[];
}

/** Returns the id of the work on an object: another content of the object, or another job, is other work. */
export function workId(job: FileJob, key: string, tag: string): string {
  const parts = canonicalJson([job.name, jobDigest(job), key, tag]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

/** The places of a work's documents. */
export const placeOfState = (job: string, id: string): string => `${WORK_FOLDERS.states}${job}/${id}.json`;
export const placeOfRange = (job: string, id: string, generation: number, index: number): string =>
  `${WORK_FOLDERS.ranges}${job}/${id}/${generation}-${index}.json`;
export const placeOfRejects = (job: string, id: string): string => `${WORK_FOLDERS.rejects}${job}/${id}.csv`;

/** Throws `FilesError` `FILES_STATE` for a document that no work wrote. */
export function parseState(body: Uint8Array): WorkState {
  return parsed(state, body);
}

/** Throws `FilesError` `FILES_STATE` for a document that no work wrote. */
export function parseRange(body: Uint8Array): RangeFacts {
  return parsed(range, body) as unknown as RangeFacts;
}

export function bytesOf(document: WorkState | RangeFacts): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}

/** Returns a digest of what records say. */
export function saidOf(entries: readonly AuditEntry[]): string {
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: Uint8Array): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(body).toString()));
  } catch {
    throw new FilesError('FILES_STATE', 'the state of the work is no document of this release: seal the job again');
  }
}
