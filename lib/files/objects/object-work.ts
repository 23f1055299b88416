// The work on one object of a bucket, from finding it to the name of its output. Every method may be called again, by another process too, and
// goes on from what is durable: lib/files/objects/state.ts names the steps. A task that is repeated changes nothing.
import { DISCLOSING_CODES } from '../../audit/codes.ts';
import type { AuditLine, Trail } from '../../audit/ports.ts';
import type { TrailEntry } from '../../audit/entry.ts';
import type { AuditEntry } from '../../audit/record.ts';
import { isStoreConflict, unreachable } from '../../base/errors.ts';
import type { CompiledPolicy } from '../../protect/compile.ts';
import type { Protector } from '../../protect/protector.ts';
import { RefusedError } from '../../protect/refusal.ts';
import { fileColumns } from '../columns.ts';
import { cutPieces } from '../cut-pieces.ts';
import { findRefusedColumn } from '../decision.ts';
import { entriesOf } from '../entries.ts';
import { FilesError, ObjectError } from '../errors.ts';
import { FlawedRowError, InPieceError } from '../in-piece.ts';
import { fileOrigin } from '../origin.ts';
import { packed, packingOf } from '../packing.ts';
import { fileHead, type Footer, footerLength, HEAD_BYTES, readFooter, TAIL_BYTES } from '../parquet/footer.ts';
import { footerOfGroups, type PlacedGroup } from '../parquet/groups.ts';
import { bytesOfGroup, partFile, type PartFile, runsOfGroups } from '../parquet/parts.ts';
import { leafOfColumn } from '../parquet/splice.ts';
import type { OutputObjects, OutputPart, ParquetFiles, SourceObjects, WorkStore } from '../ports.ts';
import { BatchProtector, type FileColumn, RowRefusedError } from '../protect-batch.ts';
import type { Reject } from '../rejects.ts';
import { begunText, type BegunText, csvShape, formatOfLayout, jsonShape } from '../text-layout.ts';
import { TextPieces } from '../text-piece.ts';
import { dialectOfJob, type FileJob, jobDigest, outputKey, wantedOfJob } from './job.ts';
import { MIN_PART_BYTES, PARTS_OF_RANGE, PartWriter } from './part-writer.ts';
import { findRowStart, piecesOfRange } from './ranges.ts';
import { rejectsList } from './rejects-list.ts';
import {
  bytesOf,
  parseRange,
  parseState,
  placeOfRange,
  placeOfRejects,
  placeOfState,
  type RangeFacts,
  saidOf,
  workId,
  type WorkRefusal,
  type WorkState,
} from './state.ts';

/** How objects are cut. */
export interface ObjectSizes {
  readonly rangeBytes: number;
  readonly pieceBytes: number;
  readonly partBytes: number;
  readonly minPartBytes: number;
  /** The most of a row group of Parquet, which lies in memory: 285 MB of three protected columns took 1.9 GB. */
  readonly groupBytes: number;
}

/**
 * A range is some minutes of a function with one processor; its parts are an eighth of it, so that an output of twice the size fits the
 * numbers of the range.
 */
export const OBJECT_SIZES: ObjectSizes = {
  rangeBytes: 256 * 1024 * 1024,
  pieceBytes: 8 * 1024 * 1024,
  partBytes: 32 * 1024 * 1024,
  minPartBytes: MIN_PART_BYTES,
  groupBytes: 256 * 1024 * 1024,
};

/** Parts of an upload (S3 User Guide, "Multipart upload limits"). */
const MAX_PARTS = 10_000;
const MAX_RANGES = MAX_PARTS / PARTS_OF_RANGE;
/** What is packed, or in another encoding, is read from its beginning by one task. */
const MAX_RANGES_OF_WHOLE = 8;
const VENDOR = 'aws.files';

/** Records of a work, in a chain of its own. */
export interface WorkRecords {
  /** Signs records; `chain` names the work. */
  readonly signed: (chain: string, entries: readonly AuditEntry[]) => readonly AuditLine[];
  /** Resolves once the lines are durable. */
  readonly append: (lines: readonly AuditLine[]) => Promise<void>;
}

export interface ObjectWorld {
  readonly source: SourceObjects;
  readonly outputs: OutputObjects;
  readonly store: WorkStore;
  readonly protector: Protector;
  readonly policy: CompiledPolicy;
  readonly records: WorkRecords;
  /** For refusals that are about no object. */
  readonly trail: Trail;
  /** Unpacks and decodes a text; calls `changed` where the text does not lie in the object as it is. */
  readonly decoded: (
    raw: AsyncIterable<Uint8Array>,
    encoding: string | undefined,
    changed: () => void,
  ) => AsyncGenerator<Uint8Array>;
  /** @default jobs on Parquet are refused */
  readonly parquet?: ParquetFiles | undefined;
  /** @default OBJECT_SIZES */
  readonly sizes?: ObjectSizes;
}

/** What became of an object. */
export interface ObjectOutcome {
  /** `taken`: another object has the name of the output. `absent`: there is no such object, or it is none of the job's. */
  readonly is: 'protected' | 'refused' | 'taken' | 'absent';
  readonly key: string;
  /** The id of the work, which records carry as `request_id`. */
  readonly work?: string;
  readonly rows?: number;
  readonly values?: number;
  readonly rejected?: number;
  readonly refusal?: WorkRefusal;
  /** The work had ended before. */
  readonly repeated?: boolean;
}

/** The work on an object that has begun, and the number of its ranges; or what became of it. */
export type ObjectPlan =
  | { readonly is: 'begun'; readonly work: string; readonly tag: string; readonly ranges: number }
  | { readonly is: 'ended'; readonly outcome: ObjectOutcome };

interface Held {
  readonly state: WorkState;
  /** Of the document. */
  readonly tag: string;
}

/** Ends the work on an object for a reason in its rows, its layout or its bytes. */
class EndsWork extends Error {
  readonly refusal: WorkRefusal;
  readonly entry: AuditEntry | undefined;

  constructor(refusal: WorkRefusal, entry?: AuditEntry) {
    super('The object is refused');
    this.refusal = refusal;
    this.entry = entry;
  }
}

/** Works on the objects of one job under one policy. */
export class ObjectWork {
  readonly #world: ObjectWorld;
  readonly #job: FileJob;
  readonly #columns: readonly FileColumn[];
  readonly #sizes: ObjectSizes;

  /** Throws `FilesError` for columns that do not fit the policy. */
  constructor(world: ObjectWorld, job: FileJob) {
    const { operation, wanted } = wantedOfJob(job);
    this.#world = world;
    this.#job = job;
    this.#columns = fileColumns(wanted, operation, world.policy);
    this.#sizes = world.sizes ?? OBJECT_SIZES;
  }

  /** Rejects with `RefusedError` where the policy does not let the user do this at all. */
  async check(): Promise<void> {
    await this.#checkDecision(jobDigest(this.#job).slice(0, 32));
  }

  /** Returns those of the keys under which there is an object of the job. */
  async present(keys: readonly string[]): Promise<string[]> {
    const own = keys.filter((key) => outputKey(this.#job, key) !== undefined);
    if (own.length <= 1) return own;
    const found = await Promise.all(own.map((key) => this.#world.source.find(key)));
    return own.filter((_, i) => found[i] !== undefined);
  }

  /** Does everything. Rejects with `ObjectError`, `RefusedError`, `AuditError` or a store's error: a later call goes on from there. */
  async run(key: string, tag?: string): Promise<ObjectOutcome> {
    const plan = await this.plan(key, tag);
    return plan.is === 'ended' ? plan.outcome : this.finish(key, plan.tag);
  }

  /**
   * Begins the work on an object. `tag`: of the content that is meant; by default the one that is there. Rejects with `RefusedError` where the
   * policy does not let the user do this at all.
   */
  async plan(key: string, tag?: string): Promise<ObjectPlan> {
    const target = outputKey(this.#job, key);
    const found = target === undefined ? undefined : await this.#world.source.find(key);
    if (target === undefined || found === undefined || (tag !== undefined && found.tag !== tag)) {
      return { is: 'ended', outcome: { is: 'absent', key } };
    }
    const id = workId(this.#job, key, found.tag);
    let held = await this.#held(id);
    if (held === undefined) {
      await this.#checkDecision(id);
      const maker = await this.#world.outputs.makerOf(target);
      if (maker !== undefined && maker !== id) return { is: 'ended', outcome: { is: 'taken', key, work: id } };
      try {
        held = await this.#begin(id, { key, target, ...found });
      } catch (error) {
        if (!(error instanceof FilesError) || error.code === 'FILES_STATE') throw error;
        const { code, message: reason } = error;
        return { is: 'ended', outcome: { is: 'refused', key, work: id, refusal: { code, reason } } };
      }
    } else if (held.state.stage === 'parts' && held.state.policyVersion !== this.#world.policy.version) {
      // An object is protected under one policy. Whatever an older one has made of it is made again.
      await this.#world.outputs.open(target, held.state.upload).abandon();
      held = await this.#again(id, held);
    }
    if (held.state.stage === 'ended') return { is: 'ended', outcome: outcomeOf(id, held.state, true) };
    return { is: 'begun', work: id, tag: found.tag, ranges: held.state.ranges };
  }

  /** Protects one range, so that `finish` finds it done. */
  async range(key: string, tag: string, index: number): Promise<void> {
    const id = workId(this.#job, key, tag);
    const { state } = await this.#begun(id);
    if (state.stage !== 'parts' || index >= state.ranges) return;
    // The last range of Parquet ends with what says where all the others lie.
    if (this.#job.format === 'parquet' && index === state.ranges - 1) return;
    this.#checkPolicy(state);
    if ((await this.#rangeFacts(id, state, index)) !== undefined) return;
    try {
      await this.#protectRange(id, state, index, undefined, []);
    } catch (error) {
      // A refusal is for `finish`, which comes upon it again: one place ends the work, or begins its output anew.
      const isForFinish = isObjectError(error, 'FILES_CHANGED') || isObjectError(error, 'FILES_UPLOAD_ENDED');
      if (!(error instanceof EndsWork) && !isForFinish) throw error;
    }
  }

  /** Protects the ranges that are not done, joins them, records, and gives the output its name. */
  async finish(key: string, tag: string): Promise<ObjectOutcome> {
    // oxlint-disable no-await-in-loop -- steps
    const id = workId(this.#job, key, tag);
    let held = await this.#begun(id);
    let isSecondUpload = false;
    for (;;) {
      const { state } = held;
      const upload = this.#world.outputs.open(state.target, state.upload);
      switch (state.stage) {
        case 'parts':
          try {
            held = await this.#joinRanges(id, held);
          } catch (error) {
            if (isObjectError(error, 'FILES_CHANGED')) {
              await upload.abandon();
              return { is: 'absent', key, work: id };
            }
            if (!isObjectError(error, 'FILES_UPLOAD_ENDED') || isSecondUpload) throw error;
            // S3 removes what lies for days; a former attempt may have removed it too.
            isSecondUpload = true;
            held = await this.#again(id, held);
          }
          break;
        case 'recording':
          await this.#world.records.append(state.lines ?? []);
          held = await this.#step(id, held, { stage: 'recorded' });
          break;
        case 'recorded': {
          if (state.outcome === 'refused') {
            await upload.abandon();
            held = await this.#step(id, held, { stage: 'ended' });
            break;
          }
          const named = await this.#name(id, state);
          if (named === 'taken') await upload.abandon();
          held =
            named === 'gone'
              ? await this.#again(id, held)
              : await this.#step(id, held, {
                  stage: 'ended',
                  outcome: named === 'named' ? 'protected' : 'taken',
                  lines: undefined,
                });
          break;
        }
        case 'ended':
          return outcomeOf(id, state, false);
        default:
          return unreachable(state.stage);
      }
    }
    // oxlint-enable no-await-in-loop
  }

  async #checkDecision(id: string): Promise<void> {
    const refused = await findRefusedColumn(this.#world.protector, this.#columns, this.#origin(id, ''));
    if (refused === undefined) return;
    await this.#recordNow(refused.entries);
    throw refused.refusal;
  }

  /** Makes the first document of a work, or takes the one that another attempt has made. */
  async #begin(
    id: string,
    {
      key,
      target,
      size,
      tag,
    }: { readonly key: string; readonly target: string; readonly size: number; readonly tag: string },
  ): Promise<Held> {
    const { outputs, policy } = this.#world;
    const ranges = await this.#rangesOf({ key, size, tag });
    const upload = await outputs.begin(target, id);
    const state: WorkState = {
      format: 1,
      key,
      tag,
      size,
      target,
      policyVersion: policy.version,
      ranges,
      generation: 0,
      upload,
      stage: 'parts',
      rows: 0,
      values: 0,
      rejected: 0,
    };
    try {
      return await this.#write(id, state, 'absent');
    } catch (error) {
      if (!isObjectError(error, 'FILES_OVERTAKEN')) throw error;
      // Either another attempt was first, or it is our own document, whose answer was lost.
      const there = await this.#held(id);
      if (there?.state.upload !== upload) await outputs.open(target, upload).abandon();
      if (there === undefined) throw error;
      return there;
    }
  }

  async #rangesOf(object: { readonly key: string; readonly size: number; readonly tag: string }): Promise<number> {
    if (this.#job.format === 'parquet') return this.#rangesOfParquet(object);
    const wanted = Math.max(1, Math.ceil(object.size / this.#sizes.rangeBytes));
    if (wanted === 1) return 1;
    await using begun = await this.#begunText(object);
    const { isPlain } = begun;
    const most = isPlain ? MAX_RANGES : MAX_RANGES_OF_WHOLE;
    if (wanted > most) {
      const limit = Math.floor((most * this.#sizes.rangeBytes) / 1e9);
      const what = isPlain ? 'an object' : 'an object that is packed, or in another encoding than UTF-8,';
      throw new FilesError('FILES_LAYOUT', `${what} has at most ${limit} GB: split it`);
    }
    return isPlain ? wanted : 1;
  }

  async #rangesOfParquet(object: {
    readonly key: string;
    readonly size: number;
    readonly tag: string;
  }): Promise<number> {
    if (this.#world.parquet === undefined) {
      throw new FilesError('FILES_LAYOUT', 'this deployment reads no Parquet: set files.parquet in its configuration');
    }
    const { groupBytes, rangeBytes } = this.#sizes;
    const footer = await this.#footerOf(object);
    for (const { name } of this.#columns) leafOfColumn(footer, name);
    if (footer.groups.some((group) => bytesOfGroup(group) > groupBytes)) {
      const limit = `${Math.floor(groupBytes / 1e6)} MB`;
      throw new FilesError(
        'FILES_LAYOUT',
        `a row group of a Parquet object has at most ${limit}: write it in smaller ones, or protect it with the command line`,
      );
    }
    const { length } = runsOfGroups(footer, rangeBytes);
    if (length <= MAX_RANGES) return length;
    const limit = Math.floor((MAX_RANGES * rangeBytes) / 1e9);
    throw new FilesError('FILES_LAYOUT', `a Parquet object has at most ${limit} GB: split it`);
  }

  /** Reads the end of a Parquet object. */
  async #footerOf({
    key,
    tag,
    size,
  }: {
    readonly key: string;
    readonly tag: string;
    readonly size: number;
  }): Promise<Footer> {
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.#world.source.read(key, tag, from, to)) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const length = footerLength(await read(Math.max(0, size - TAIL_BYTES), size), size);
    return readFooter(await read(size - TAIL_BYTES - length, size - TAIL_BYTES));
  }

  /** Begins the output anew. What is recorded stays recorded. */
  async #again(id: string, held: Held): Promise<Held> {
    const { state } = held;
    const upload = await this.#world.outputs.begin(state.target, id);
    return this.#step(id, held, {
      stage: 'parts',
      generation: state.generation + 1,
      policyVersion: this.#world.policy.version,
      upload,
    });
  }

  async #joinRanges(id: string, held: Held): Promise<Held> {
    const { state } = held;
    this.#checkPolicy(state);
    let facts: RangeFacts[];
    try {
      facts = await this.#everyRange(id, state);
    } catch (error) {
      if (!(error instanceof EndsWork)) throw error;
      return this.#refused(id, held, error);
    }
    const entries = entriesOf(facts.map((range) => range.entries));
    const said = saidOf(entries);
    let parts: readonly OutputPart[] = facts.flatMap((range) => range.parts);
    if (parts.length === 0) {
      parts = [{ number: 1, bytes: 0 }];
      await this.#world.outputs.open(state.target, state.upload).put(1, new Uint8Array(0));
    }
    if (state.lines !== undefined) {
      // The output was lost behind its records. The same policy makes the same one.
      if (state.said !== said) {
        throw new FilesError(
          'FILES_STATE',
          'the output was lost after its records, and would be another one now: seal the job again',
        );
      }
      return this.#step(id, held, { stage: 'recorded', parts: [...parts] });
    }
    const rejected = facts.reduce((all, { rejects }) => all + rejects.length, 0);
    if (rejected > 0) {
      await this.#world.store.put(
        placeOfRejects(this.#job.name, id),
        rejectsList(state.key, this.#columns, rejectsOf(facts)),
      );
    }
    return this.#step(id, held, {
      stage: 'recording',
      outcome: 'protected',
      parts: [...parts],
      rows: facts.reduce((all, { rows }) => all + rows, 0),
      values: entries.filter(({ code }) => DISCLOSING_CODES.has(code)).reduce((all, entry) => all + entry.count, 0),
      rejected,
      lines: [...this.#world.records.signed(chainOf(this.#job, id), entries)],
      said,
    });
  }

  async #refused(id: string, held: Held, { refusal, entry }: EndsWork): Promise<Held> {
    if (held.state.lines !== undefined) {
      throw new FilesError(
        'FILES_STATE',
        'the output was lost after its records, and is refused now: seal the job again',
      );
    }
    const entries = entry === undefined ? [] : [entry];
    const lines = [...this.#world.records.signed(chainOf(this.#job, id), entries)];
    return this.#step(id, held, { stage: 'recording', outcome: 'refused', refusal, lines, said: saidOf(entries) });
  }

  /** Returns what each range holds, once each begins where the one before ends. */
  async #everyRange(id: string, state: WorkState): Promise<RangeFacts[]> {
    const facts: RangeFacts[] = [];
    let expected: number | undefined;
    for (let index = 0; index < state.ranges; index++) {
      const to = this.#endOf(state, index);
      // oxlint-disable-next-line no-await-in-loop -- each range begins where the one before ends
      let found = await this.#rangeFacts(id, state, index);
      if (found === undefined || !fits(found, expected, to)) {
        // oxlint-disable-next-line no-await-in-loop -- see above
        found = await this.#protectRange(id, state, index, expected, facts);
      }
      expected = found.end ?? expected;
      facts.push(found);
    }
    const rows = facts.reduce((all, range) => all + range.rows, 0);
    const unseen = this.#columns.find((_, column) => facts.every(({ seen }) => seen[column] === 0));
    if (this.#job.format === 'jsonl' && rows > 0 && unseen !== undefined) {
      throw layoutRefusal(new FilesError('FILES_LAYOUT', `no document has a value at ${unseen.name}: check the path`));
    }
    return facts;
  }

  async #rangeFacts(id: string, { generation }: WorkState, index: number): Promise<RangeFacts | undefined> {
    const stored = await this.#world.store.get(placeOfRange(this.#job.name, id, generation, index));
    return stored === undefined ? undefined : parseRange(stored.body);
  }

  /**
   * Protects the rows that begin in a range, and notes what it has done. `exact`: where the first of them begins, if that is known. `before`:
   * what is known of the ranges before.
   */
  async #protectRange(
    id: string,
    state: WorkState,
    index: number,
    exact: number | undefined,
    before: readonly RangeFacts[],
  ): Promise<RangeFacts> {
    const facts = await endingWork(() =>
      this.#job.format === 'parquet'
        ? this.#rowsOfParquet(id, state, index, before)
        : this.#rowsOf(id, state, index, exact),
    );
    if (state.ranges > 1) {
      await this.#world.store.put(placeOfRange(this.#job.name, id, state.generation, index), bytesOf(facts));
    }
    return facts;
  }

  async #rowsOf(id: string, state: WorkState, index: number, exact: number | undefined): Promise<RangeFacts> {
    const { source, outputs } = this.#world;
    await using begun = await this.#begunText(state);
    const { sample } = begun;
    // A range is read from where it begins.
    if (state.ranges > 1) await begun[Symbol.asyncDispose]();
    const names = this.#columns.map(({ name }) => name);
    const { layout, prefix, rowsEnd } =
      this.#job.format === 'csv' ? csvShape(sample, dialectOfJob(this.#job), names) : jsonShape(sample, names);
    const to = this.#endOf(state, index);
    const from =
      index === 0 ? prefix : (exact ?? (await findRowStart(source, state, index * this.#sizes.rangeBytes, to)));
    const nothing = { rows: 0, parts: [], entries: [], rejects: [], seen: names.map(() => 0) };
    if (from === undefined) return { from: null, end: null, ...nothing };
    if (from >= to && index > 0) return { from, end: from, ...nothing };
    const isLast = index === state.ranges - 1;
    const writer = new PartWriter({
      upload: outputs.open(state.target, state.upload),
      index,
      isLast,
      partBytes: this.#sizes.partBytes,
      minPartBytes: this.#sizes.minPartBytes,
      // What is packed may have any size.
      maxParts: state.ranges === 1 ? MAX_PARTS : PARTS_OF_RANGE,
    });
    const packing = packingOf(state.target);
    if (index === 0) await writer.add(packed(sample.bytes.slice(0, prefix), packing));
    const columns = this.#columns;
    const batches = this.#batches(id, state.key);
    const text = new TextPieces(formatOfLayout(layout), batches, columns.length, this.#job.rejects === 'list');
    const { pieceBytes } = this.#sizes;
    const pieces =
      state.ranges === 1
        ? cutPieces(behind(begun.all(), prefix), pieceBytes, rowsEnd)
        : piecesOfRange(source, state, { from, to, pieceBytes }, rowsEnd);
    const found = { rows: 0, end: from, rejects: [] as Reject[], seen: names.map(() => 0) };
    for await (const piece of pieces) {
      const done = await this.#recording(batches, () =>
        inRange(found.rows, state.ranges > 1 ? from : undefined, columns, () =>
          inTurn(() => text.run(piece.bytes, piece.to)),
        ),
      );
      for (const reject of done.rejects) found.rejects.push({ ...reject, row: reject.row + found.rows });
      for (const [column, seen] of done.seen.entries()) found.seen[column]! += seen;
      found.rows += done.rows;
      found.end += piece.to;
      await writer.add(packed(done.bytes, packing));
    }
    return { from, ...found, parts: [...(await writer.end())], entries: batches.takeEntries() };
  }

  /** Protects the row groups of a range, one after another, as a file of their own. The last range ends with the end of the output. */
  async #rowsOfParquet(
    id: string,
    state: WorkState,
    index: number,
    before: readonly RangeFacts[],
  ): Promise<RangeFacts> {
    const { source, outputs, parquet } = this.#world;
    const { partBytes, minPartBytes, pieceBytes, rangeBytes } = this.#sizes;
    const { key, tag, size, ranges } = state;
    const footer = await this.#footerOf(state);
    const runs = runsOfGroups(footer, rangeBytes);
    if (runs.length !== ranges) {
      throw new FilesError('FILES_STATE', 'the work began in another release, with other ranges: seal the job again');
    }
    const groups = runs[index]!;
    const from = runs.slice(0, index).reduce((sum, { length }) => sum + length, 0);
    const isLast = index === ranges - 1;
    const upload = outputs.open(state.target, state.upload);
    const maxParts = ranges === 1 ? MAX_PARTS : PARTS_OF_RANGE;
    // A range is as much larger as its last row group is.
    const writer = new PartWriter({ upload, index, isLast, partBytes: 2 * partBytes, minPartBytes, maxParts });
    const columns = this.#columns;
    const names = columns.map(({ name }) => name);
    const batches = this.#batches(id, key);
    const part = partFile(footer, groups, size);
    const bytes = fileOfPart(part, (start, end) => source.read(key, tag, start, end));
    await using file = await parquet!.open(bytes, names, batches);
    const found = { rows: 0, rejects: [] as Reject[], seen: names.map(() => 0) };
    const done: NonNullable<RangeFacts['groups']> = [];
    if (index === 0) await writer.add(fileHead());
    for (const [i, { firstRow }] of groups.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- a row group at a time is in memory
      const group = await this.#recording(batches, () =>
        inRange(firstRow, undefined, columns, () => inTurn(() => file.run(i))),
      );
      for (const reject of group.rejects) found.rejects.push({ ...reject, row: reject.row + found.rows });
      for (const [column, seen] of group.seen.entries()) found.seen[column]! += seen;
      found.rows += group.rows;
      done.push({
        schema: base64Of(group.schema),
        bytes: group.bytes.length,
        ...(group.group !== undefined && { group: base64Of(group.group) }),
      });
      for (let at = 0; at < group.bytes.length; at += pieceBytes) {
        // oxlint-disable-next-line no-await-in-loop -- parts follow one another
        await writer.add(group.bytes.subarray(at, at + pieceBytes));
      }
    }
    if (isLast)
      await writer.add(
        footerOfGroups(footer, placedGroups([...before.flatMap((range) => range.groups ?? []), ...done])),
      );
    const parts = [...(await writer.end())];
    return { from, end: from + groups.length, ...found, parts, entries: batches.takeEntries(), groups: done };
  }

  /** Runs `work`. A refusal that is about no row, such as of a budget that is spent, is in the trail before it rejects. */
  async #recording<T>(batches: BatchProtector, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RefusedError) await this.#recordNow(batches.refused);
      throw error;
    }
  }

  async #recordNow(entries: readonly TrailEntry[]): Promise<void> {
    const own = this.#world.trail.open();
    for (const entry of entries) own.record(entry);
    await own.flush();
  }

  #batches(id: string, key: string): BatchProtector {
    const { protector, policy } = this.#world;
    const mayReject = this.#job.rejects === 'list';
    return new BatchProtector({ protector, policy, columns: this.#columns, origin: this.#origin(id, key), mayReject });
  }

  #endOf({ size, ranges }: WorkState, index: number): number {
    return index === ranges - 1 ? size : (index + 1) * this.#sizes.rangeBytes;
  }

  /** Reads the beginning of the text. `isPlain`: it lies in the object as it is. */
  async #begunText({
    key,
    tag,
    size,
  }: {
    readonly key: string;
    readonly tag: string;
    readonly size: number;
  }): Promise<BegunText & { readonly isPlain: boolean }> {
    const { source, decoded } = this.#world;
    let isPlain = true;
    const text = decoded(source.read(key, tag, 0, size), this.#job.encoding, () => (isPlain = false));
    const begun = await begunText(text);
    return { ...begun, isPlain };
  }

  #origin(id: string, key: string): ReturnType<typeof fileOrigin> {
    const { protector } = this.#world;
    const name = key.slice(key.lastIndexOf('/') + 1);
    return fileOrigin(protector.identify, this.#job.user, { id, name }, this.#columns, VENDOR);
  }

  /** Names the output. The answer to an earlier call may have been lost: the object itself says which work made it. */
  async #name(id: string, { target, upload, parts = [] }: WorkState): Promise<'named' | 'taken' | 'gone'> {
    const { outputs } = this.#world;
    const named = await outputs.open(target, upload).name(parts);
    if (named === 'named') return 'named';
    const maker = await outputs.makerOf(target);
    if (maker === id) return 'named';
    return maker === undefined ? 'gone' : 'taken';
  }

  #checkPolicy(state: WorkState): void {
    if (state.policyVersion === this.#world.policy.version) return;
    throw new ObjectError(
      'FILES_OVERTAKEN',
      `The work began under policy version ${state.policyVersion}, and another is in force: the next run begins it anew`,
    );
  }

  async #held(id: string): Promise<Held | undefined> {
    const stored = await this.#world.store.get(placeOfState(this.#job.name, id));
    return stored === undefined ? undefined : { state: parseState(stored.body), tag: stored.tag };
  }

  async #begun(id: string): Promise<Held> {
    const held = await this.#held(id);
    if (held === undefined)
      throw new FilesError('FILES_STATE', 'the work on the object has not begun, or another content is meant');
    return held;
  }

  async #step(id: string, held: Held, change: Partial<WorkState>): Promise<Held> {
    return this.#write(id, { ...held.state, ...change }, { tag: held.tag });
  }

  async #write(id: string, state: WorkState, expected: { readonly tag: string } | 'absent'): Promise<Held> {
    try {
      return { state, tag: await this.#world.store.put(placeOfState(this.#job.name, id), bytesOf(state), expected) };
    } catch (error) {
      if (!isStoreConflict(error)) throw error;
      throw new ObjectError(
        'FILES_OVERTAKEN',
        'Another attempt at the same object took the step: a retry goes on from there',
      );
    }
  }
}

/** Yields a file of some row groups of another. */
async function* fileOfPart(
  { extents, end }: PartFile,
  read: (from: number, to: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield fileHead();
  for (const { from, to } of extents) yield* read(from, to);
  yield end;
}

/** Puts row groups behind the head of a file, one behind the other. */
function placedGroups(groups: NonNullable<RangeFacts['groups']>): PlacedGroup[] {
  let start = HEAD_BYTES;
  return groups.map(({ group, schema, bytes }) => {
    const placed = {
      group: group === undefined ? undefined : Buffer.from(group, 'base64'),
      schema: Buffer.from(schema, 'base64'),
      start,
    };
    start += bytes;
    return placed;
  });
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Yields a text without its first `prefix` bytes. */
async function* behind(text: AsyncIterable<Uint8Array>, prefix: number): AsyncGenerator<Uint8Array> {
  let left = prefix;
  for await (const chunk of text) {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    if (dropped < chunk.length) yield chunk.subarray(dropped);
  }
}

function chainOf(job: FileJob, id: string): string {
  return `files/${job.name}/${id}`;
}

/** The piece under work. The engine's buffers belong to the thread, so the tasks of a thread take turns. Never rejects. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

/** Tells whether a range holds the rows from `expected` on, which is where the range before ends. */
function fits({ from }: RangeFacts, expected: number | undefined, to: number): boolean {
  if (expected === undefined || from === expected) return true;
  return from === null && expected >= to;
}

function* rejectsOf(facts: readonly RangeFacts[]): Generator<Reject> {
  let before = 0;
  for (const { rejects, rows } of facts) {
    for (const reject of rejects) yield { ...reject, row: reject.row + before };
    before += rows;
  }
}

/** Runs `work` on a piece; a refused row becomes the end of the work. `from`: the first byte of the range, of several. */
async function inRange<T>(
  rows: number,
  from: number | undefined,
  columns: readonly FileColumn[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const first = rows + (error instanceof InPieceError ? error.firstRow : 0);
    const cause: unknown = error instanceof InPieceError ? error.cause : error;
    if (!(cause instanceof RowRefusedError) && !(cause instanceof FlawedRowError)) throw cause;
    const { row, column, code, reason } = cause.reject;
    const refusal = {
      code,
      reason,
      row: row + first,
      ...(from !== undefined && { from }),
      ...(columns[column] !== undefined && { column: columns[column].name }),
    };
    throw new EndsWork(refusal, cause instanceof RowRefusedError ? { ...cause.entry, row: row + first } : undefined);
  }
}

/** Runs `work`; what is wrong with the object itself ends its work. */
async function endingWork<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FilesError && error.code !== 'FILES_STATE') throw layoutRefusal(error);
    throw error;
  }
}

function layoutRefusal({ code, message }: FilesError): EndsWork {
  return new EndsWork({ code, reason: message });
}

function outcomeOf(work: string, state: WorkState, repeated: boolean): ObjectOutcome {
  const { key, outcome = 'refused', refusal, rows, values, rejected } = state;
  const counts = outcome === 'refused' ? {} : { rows, values, rejected };
  return { is: outcome, key, work, ...counts, ...(refusal !== undefined && { refusal }), repeated };
}

function isObjectError(error: unknown, code: ObjectError['code']): boolean {
  return error instanceof ObjectError && error.code === code;
}
