// Where the audit commands read records: the workspace, a file, an S3 prefix or a log group; and which of them.
import { cloudWatchLogsClient } from '../../lib/adapters/cloudwatch-logs/client.ts';
import { readLogGroup } from '../../lib/adapters/cloudwatch-logs/read-log-group.ts';
import { s3Client } from '../../lib/adapters/s3/client.ts';
import { s3ObjectStore } from '../../lib/adapters/s3/object-store.ts';
import { identityOf, type PlainRecord, readRecord, secondsOf } from '../../lib/audit/columns.ts';
import { errorName } from '../../lib/base/error-code.ts';
import { CliError } from './failure.ts';
import { linesOfBytes } from './lines.ts';
import { parseS3Url, recordLines } from './log-location.ts';
import { quantity, say, styled } from './output.ts';
import { workspace } from './workspace.ts';

export interface AuditSourceOptions {
  readonly dir: string;
  readonly file?: string;
  /** `s3://bucket/prefix` */
  readonly s3?: string;
  readonly logGroup?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** A line of the range that is a record. */
export interface SourceRecord {
  readonly line: string;
  readonly record: PlainRecord;
}

/** What was read besides the records given. */
export interface Reading {
  malformed: number;
  repeated: number;
}

const HOUR_MS = 3_600_000;

/**
 * The records of the range, each once. Counts in `reading` lines that are no records, and lines that came before: deliveries
 * are at least once. Rejects with `CliError` when the source cannot be read.
 */
export async function* auditRecords(options: AuditSourceOptions, reading: Reading): AsyncGenerator<SourceRecord> {
  const seen = new Set<string>();
  for await (const line of auditLines(options)) {
    if (line.trim() === '') continue;
    const record = readRecord(line);
    if (record === undefined) {
      reading.malformed += 1;
      continue;
    }
    if (!isInRange(record, options)) continue;
    const identity = identityOf(record);
    if (identity !== undefined && seen.has(identity)) {
      reading.repeated += 1;
      continue;
    }
    if (identity !== undefined) seen.add(identity);
    yield { line, record };
  }
}

/** Says what is not in the result, and why. */
export function sayReading({ malformed, repeated }: Reading): void {
  if (malformed > 0) say(styled('red', `Left out, no audit record: ${quantity(malformed, 'line')}`, process.stderr));
  if (repeated > 0) say(styled('dim', `Counted once, repeated: ${quantity(repeated, 'line')}`, process.stderr));
}

function isInRange(record: PlainRecord, { from, to }: AuditSourceOptions): boolean {
  const ms = (secondsOf(record) ?? 0) * 1000;
  return (from === undefined || ms >= from.getTime()) && (to === undefined || ms < to.getTime());
}

async function* auditLines(options: AuditSourceOptions): AsyncGenerator<string> {
  const { file, s3, logGroup, from, to } = options;
  if ([file, s3, logGroup].filter((source) => source !== undefined).length > 1) {
    throw new CliError('CLI_USAGE', 'Only one of --file, --s3 and --log-group can be read');
  }
  try {
    if (s3 !== undefined) yield* s3Lines(s3);
    else if (logGroup !== undefined) {
      // Wider than asked for: an event may have been written under another time than its record's.
      const fromMs = from === undefined ? undefined : from.getTime() - HOUR_MS;
      const toMs = to === undefined ? undefined : to.getTime() + 24 * HOUR_MS;
      yield* readLogGroup({ client: cloudWatchLogsClient(), logGroup, fromMs, toMs });
    } else yield* recordLines(file ?? workspace(options.dir).auditLog);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('CLI_USAGE', `${s3 ?? logGroup ?? file} cannot be read (${errorName(error)})`);
  }
}

/** JSON lines in objects, zipped or not. */
async function* s3Lines(url: string): AsyncGenerator<string> {
  const { bucket, prefix } = parseS3Url(url);
  const store = s3ObjectStore({ client: s3Client(), bucket });
  for await (const key of store.list(prefix)) {
    const object = await store.get(key);
    if (object !== undefined) yield* linesOfBytes(key, object.body);
  }
}
