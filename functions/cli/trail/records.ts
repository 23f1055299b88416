// Audit records as the reading commands get them: from the workspace, a file, an S3 prefix or a log group, in a range of time.
import { identityOf, type PlainRecord, readRecord, secondsOf } from '../../../lib/audit/columns.ts';
import { errorName } from '../../../lib/base/error-code.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { linesOfBytes } from '../files/lines.ts';
import { bucketStore, parseS3Url } from '../files/place.ts';
import type { RecordSource } from '../options.ts';
import { quantity, say, styled } from '../output/text.ts';
import { workspace } from '../workspace/workspace.ts';
import { recordLines } from './record-lines.ts';

/** A line of the range that is a record. */
export interface SourceRecord {
  readonly line: string;
  readonly record: PlainRecord;
}

/** Lines that are left out. */
export interface LeftOut {
  malformed: number;
  repeated: number;
}

const HOUR_MS = 3_600_000;

/**
 * Reads the records of the range, each once. Counts in `leftOut` the lines that are no records, and those that came before:
 * deliveries are at least once. Rejects with `CliError` when the source cannot be read.
 */
export async function* auditRecords(source: RecordSource, leftOut: LeftOut): AsyncGenerator<SourceRecord> {
  const seen = new Set<string>();
  for await (const line of auditLines(source)) {
    if (line.trim() === '') continue;
    const record = readRecord(line);
    if (record === undefined) {
      leftOut.malformed += 1;
      continue;
    }
    if (!isInRange(record, source)) continue;
    const identity = identityOf(record);
    if (identity !== undefined && seen.has(identity)) {
      leftOut.repeated += 1;
      continue;
    }
    if (identity !== undefined) seen.add(identity);
    yield { line, record };
  }
}

/** Says how many lines are not in the result, and why. */
export function sayLeftOut(io: Io, { malformed, repeated }: LeftOut): void {
  const { stderr } = io;
  if (malformed > 0) say(io, styled(stderr, 'red', `Left out, no audit record: ${quantity(malformed, 'line')}`));
  if (repeated > 0) say(io, styled(stderr, 'dim', `Counted once, repeated: ${quantity(repeated, 'line')}`));
}

function isInRange(record: PlainRecord, { from, to }: RecordSource): boolean {
  const ms = (secondsOf(record) ?? 0) * 1000;
  return (from === undefined || ms >= from.getTime()) && (to === undefined || ms < to.getTime());
}

async function* auditLines({ dir, file, s3, logGroup, from, to }: RecordSource): AsyncGenerator<string> {
  if ([file, s3, logGroup].filter((place) => place !== undefined).length > 1) {
    throw new CliError('CLI_USAGE', 'Only one of --file, --s3 and --log-group can be read');
  }
  try {
    if (s3 !== undefined) yield* bucketLines(s3);
    else if (logGroup !== undefined) yield* logGroupLines(logGroup, from, to);
    else yield* recordLines(file ?? workspace(dir).auditTrail);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('CLI_USAGE', `${s3 ?? logGroup ?? file} cannot be read (${errorName(error)})`);
  }
}

/** Reads JSON lines in objects, zipped or not. */
async function* bucketLines(url: string): AsyncGenerator<string> {
  const { bucket, prefix } = parseS3Url(url);
  const store = await bucketStore(bucket);
  for await (const key of store.list(prefix)) {
    const object = await store.get(key);
    if (object !== undefined) yield* linesOfBytes(key, object.body);
  }
}

/** Reads more than the range: an event may have been written under another time than its record's. */
async function* logGroupLines(logGroup: string, from: Date | undefined, to: Date | undefined): AsyncGenerator<string> {
  const [{ cloudWatchLogsClient }, { readLogGroup }] = await Promise.all([
    import('../../../lib/adapters/cloudwatch-logs/client.ts'),
    import('../../../lib/adapters/cloudwatch-logs/read-log-group.ts'),
  ]);
  const fromMs = from === undefined ? undefined : from.getTime() - HOUR_MS;
  const toMs = to === undefined ? undefined : to.getTime() + 24 * HOUR_MS;
  yield* readLogGroup({ client: cloudWatchLogsClient(), logGroup, fromMs, toMs });
}
