// Audit records as the reading commands get them: from the workspace, a file, an S3 prefix or a log group, in a range of time.
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { RecordCheck } from '../../../lib/audit/check-record.ts';
import {
  type AuditRow,
  chainPlaceOf,
  identityOf,
  type PlainRecord,
  readRecord,
  rowFault,
  secondsOf,
  toRow,
} from '../../../lib/audit/columns.ts';
import { readLine } from '../../../lib/audit/read-line.ts';
import { scopeOf } from '../../../lib/base/secret.ts';
import { errorName } from '../../../lib/base/error-code.ts';
import { recordKeyOutsideUse } from '../../../lib/evidence/key-list.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { linesOfBytes } from '../files/lines.ts';
import { bucketStore, parseS3Url } from '../files/place.ts';
import type { RecordSource } from '../options.ts';
import { count, quantity, say, styled, visible } from '../output/text.ts';
import { requireWorkspace, type Workspace, workspace } from '../workspace/workspace.ts';
import { readKeyList, readRecordKeys, workspaceRecordKeys } from './key-list.ts';
import { type NamedLines, RecordLines, type Unread } from './record-lines.ts';

/** A line of the range that is a record. */
export interface SourceRecord {
  readonly line: string;
  readonly record: PlainRecord;
  readonly row: AuditRow;
  /** Its checksum was checked with a record key, and holds. */
  readonly isVerified: boolean;
}

/** What is not in the result, or not verified. */
export interface LeftOut {
  /** Whether record keys were given; without one nothing is verified. */
  readonly checksumsVerified: boolean;
  /** Lines that are no records, or whose members have other types. */
  readonly malformed: number;
  /** Records that came before. */
  readonly repeated: number;
  /** Records with the place of another in its chain, and other content: what verifies is in the result, or else the first. */
  readonly contradicted: number;
  /** Records of the result that are not verified. */
  readonly unverified: number;
  /** Places of malformed, contradicted and unverified lines, and why: the first hundred. */
  readonly named: readonly { readonly place: string; readonly why: string }[];
  readonly unread: readonly Unread[];
}

const HOUR_MS = 3_600_000;
const MAX_NAMED = 100;

/** An unverified record, held back until it is known whether the genuine one comes behind it. */
interface HeldBack {
  readonly line: string;
  readonly number: number;
  readonly why: string;
}

/**
 * The records of a range, each once: those that verify first, in their order, then the others. Deliveries are at least once.
 * Iteration rejects with `CliError` when the source cannot be read.
 */
export class AuditRecords implements AsyncIterable<SourceRecord> {
  readonly #source: RecordSource;
  readonly #lines: RecordLines;
  readonly #check: RecordCheck;
  readonly #seen = new Set<string>();
  /** Places in chains that have a record. Without record keys, each with a digest of its content. */
  readonly #places = new Map<string, string>();
  readonly #named: { place: string; why: string }[] = [];
  readonly #counts = { malformed: 0, repeated: 0, contradicted: 0, unverified: 0 };

  private constructor(source: RecordSource, check: RecordCheck) {
    this.#source = source;
    this.#check = check;
    this.#lines = linesOfSource(source);
  }

  /** Reads the record keys: those given, or the workspace's for its own trail. Rejects with `CliError` or `KeyFileError`. */
  static async open(source: RecordSource): Promise<AuditRecords> {
    const { dir, file, s3, logGroup, keyFile } = source;
    if ([file, s3, logGroup].filter((place) => place !== undefined).length > 1) {
      throw new CliError('CLI_USAGE', 'Only one of --file, --s3 and --log-group can be read');
    }
    const isOwn = file === undefined && s3 === undefined && logGroup === undefined;
    if (isOwn) requireWorkspace(workspace(dir));
    if (keyFile === undefined) {
      return new AuditRecords(source, isOwn ? await workspaceCheck(workspace(dir)) : new RecordCheck(undefined));
    }
    const keys = await readRecordKeys(keyFile);
    using _ = scopeOf(keys.values());
    return new AuditRecords(source, new RecordCheck(keys));
  }

  /** Complete when the iteration has ended. */
  get leftOut(): LeftOut {
    const { checksChecksums: checksumsVerified } = this.#check;
    return { checksumsVerified, ...this.#counts, named: this.#named, unread: this.#lines.unread };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SourceRecord> {
    const heldBack: HeldBack[] = [];
    let number = 0;
    for await (const line of this.#readable()) {
      number += 1;
      const read = this.#read(line, number);
      if (read === undefined) continue;
      const why = this.#check.checksChecksums ? this.#faultOf(line) : NO_KEY;
      // A checksum that holds identifies a record however its JSON is written; one that was not checked does not.
      if (this.#isRepeated(read, why === undefined ? '' : contentOf(line))) continue;
      if (why === undefined) {
        this.#places.set(placeOf(read.record) ?? '', '');
        yield { ...read, isVerified: true };
      } else if (this.#check.checksChecksums) heldBack.push({ line, number, why });
      else if (!this.#contradictsFirst(read, number)) {
        this.#counts.unverified += 1;
        yield { ...read, isVerified: false };
      }
    }
    for (const { line, number: at, why } of heldBack) {
      const read = this.#read(line, at)!;
      const isContradicted = this.#places.has(placeOf(read.record) ?? '-');
      this.#counts[isContradicted ? 'contradicted' : 'unverified'] += 1;
      this.#name(at, isContradicted ? `${why}; the genuine record is there` : why);
      if (!isContradicted) yield { ...read, isVerified: false };
    }
  }

  #read(line: string, number: number): Omit<SourceRecord, 'isVerified'> | undefined {
    if (line.trim() === '') return undefined;
    const record = readRecord(line);
    const row = record && toRow(record);
    const fault = row === undefined ? 'No audit record' : rowFault(row);
    if (record === undefined || row === undefined || fault !== undefined) {
      this.#counts.malformed += 1;
      this.#name(number, fault ?? '');
      return undefined;
    }
    return isInRange(record, this.#source) ? { line, record, row } : undefined;
  }

  #isRepeated({ record }: Omit<SourceRecord, 'isVerified'>, content: string): boolean {
    const identity = identityOf(record);
    if (identity === undefined) return false;
    const key = `${identity} ${content}`;
    const isRepeated = this.#seen.has(key);
    this.#seen.add(key);
    if (isRepeated) this.#counts.repeated += 1;
    return isRepeated;
  }

  #faultOf(line: string): string | undefined {
    const read = readLine(line);
    return read.kind === 'signed' ? this.#check.fault(read.record)?.detail : read.detail;
  }

  #contradictsFirst({ line, record }: Omit<SourceRecord, 'isVerified'>, number: number): boolean {
    const place = placeOf(record);
    if (place === undefined) return false;
    const content = contentOf(line);
    const first = this.#places.get(place);
    if (first === undefined) this.#places.set(place, content);
    if (first === undefined || first === content) return false;
    this.#counts.contradicted += 1;
    this.#name(
      number,
      'Another record has the same place in its chain; without a record key nothing tells which is genuine',
    );
    return true;
  }

  #name(number: number, why: string): void {
    if (this.#named.length < MAX_NAMED) this.#named.push({ place: this.#lines.placeOf(number), why });
  }

  async *#readable(): AsyncGenerator<string> {
    const { s3, logGroup, file } = this.#source;
    try {
      yield* this.#lines;
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError('CLI_USAGE', `${s3 ?? logGroup ?? file} cannot be read (${errorName(error)})`);
    }
  }
}

const NO_KEY = 'No record key was given';

/** What one record can have: its place in its chain, or the originals that it sums up. */
function placeOf(record: PlainRecord): string | undefined {
  return chainPlaceOf(record) ?? identityOf(record);
}

/** Identifies the content of a line, whatever its white space: 16 bytes of a SHA-256. */
function contentOf(line: string): string {
  return hash('sha256', JSON.stringify(JSON.parse(line)), 'buffer').toString('base64', 0, 16);
}

async function workspaceCheck(ws: Workspace): Promise<RecordCheck> {
  const keys = await workspaceRecordKeys(ws);
  using _ = scopeOf(keys.values());
  const list = existsSync(ws.keyList) ? await readKeyList(ws.keyList) : undefined;
  return new RecordCheck(keys.size === 0 ? undefined : keys, (keyId, time) => recordKeyOutsideUse(list, keyId, time));
}

/** Says what is not in the result, or not verified, and why. */
export function sayLeftOut(io: Io, left: LeftOut): void {
  const { stderr } = io;
  const alert = (text: string): void => say(io, styled(stderr, 'red', text));
  if (left.malformed > 0) alert(`Left out, no audit record: ${quantity(left.malformed, 'line')}`);
  if (left.contradicted > 0) {
    alert(`Left out, another record has the same place in its chain: ${quantity(left.contradicted, 'line')}`);
  }
  if (left.unverified > 0 && left.checksumsVerified)
    alert(`Not verified, and apart: ${quantity(left.unverified, 'record')}`);
  if (left.unverified > 0 && !left.checksumsVerified) {
    alert(
      `Not verified: no record key was given (--key-file), so these are what ${quantity(left.unverified, 'record')} claim`,
    );
  }
  for (const { place, why } of left.named.slice(0, SHOWN)) say(io, visible(`  ${place}: ${why}`));
  if (left.named.length > SHOWN) say(io, `  … and ${count(left.named.length - SHOWN)} more`);
  sayUnread(io, left.unread);
  if (left.repeated > 0) say(io, styled(stderr, 'dim', `Counted once, repeated: ${quantity(left.repeated, 'line')}`));
}

/** Returns how a command ends: a result without files that should be in it is no success. */
export function endOf({ unread }: LeftOut): ExitCode {
  return unread.length > 0 ? EXIT.usage : EXIT.ok;
}

const SHOWN = 20;

/** Names the files that were not read. */
export function sayUnread(io: Io, unread: readonly Unread[]): void {
  for (const { path, why } of unread) say(io, styled(io.stderr, 'red', visible(`Not read: ${path}: ${why}`)));
}

function isInRange(record: PlainRecord, { from, to }: RecordSource): boolean {
  const ms = (secondsOf(record) ?? 0) * 1000;
  return (from === undefined || ms >= from.getTime()) && (to === undefined || ms < to.getTime());
}

/** Returns the lines of a source, in its range of time or more. */
export function linesOfSource({ dir, file, s3, logGroup, from, to }: RecordSource): RecordLines {
  if (s3 !== undefined) return new RecordLines(s3, () => bucketLines(s3));
  if (logGroup === undefined) return new RecordLines(file ?? workspace(dir).auditTrail);
  return linesOfLogGroup(logGroup, from, to);
}

/** Returns the lines of a log group, in a range of time. */
export function linesOfLogGroup(logGroup: string, from?: Date, to?: Date): RecordLines {
  return new RecordLines(logGroup, async function* () {
    yield { path: logGroup, lines: () => logGroupLines(logGroup, from, to), isOnly: true };
  });
}

/** Reads JSON lines in objects, zipped or not. */
async function* bucketLines(url: string): AsyncGenerator<NamedLines> {
  const { bucket, prefix } = parseS3Url(url);
  const store = await bucketStore(bucket);
  for await (const key of store.list(prefix)) {
    const object = await store.get(key);
    if (object !== undefined) yield { path: `s3://${bucket}/${key}`, lines: () => linesOfBytes(key, object.body) };
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
  try {
    yield* readLogGroup({ client: cloudWatchLogsClient(), logGroup, fromMs, toMs });
  } catch (error) {
    throw new CliError('CLI_USAGE', `${logGroup} cannot be read (${errorName(error)})`);
  }
}
