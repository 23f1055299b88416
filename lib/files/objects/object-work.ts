// The work on one object of a bucket, from finding it to the name of its output. Every method may be called again, by another process too, and
// goes on from what is durable: lib/files/objects/state.ts names the steps. A task that is repeated changes nothing.
import { DISCLOSING_CODES } from '../../audit/codes.ts';
import { unreachable } from '../../base/errors.ts';
import { findRefusedColumn } from '../decision.ts';
import { entriesOf } from '../entries.ts';
import { FilesError, ObjectError } from '../errors.ts';
import type { OutputPart } from '../ports.ts';
import type { Reject } from '../rejects.ts';
import { endingWork, EndsWork, isObjectError, layoutRefusal } from './ends-work.ts';
import { type FileJob, jobDigest, outputKey } from './job.ts';
import { ParquetRanges } from './parquet-ranges.ts';
import { endOfRange, type ObjectRanges, type ReadObject } from './ranges.ts';
import { rejectsList } from './rejects-list.ts';
import { type RangeFacts, saidOf, workId, type WorkRefusal, type WorkState } from './state.ts';
import { TextRanges } from './text-ranges.ts';
import { type Held, WorkDocuments } from './work-documents.ts';
import { type JobInWorld, jobInWorld, type ObjectWorld, originOf, recordNow } from './world.ts';

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

/** Works on the objects of one job under one policy. */
export class ObjectWork {
  readonly #in: JobInWorld;
  readonly #ranges: ObjectRanges;
  readonly #documents: WorkDocuments;

  /** Throws `FilesError` for columns that do not fit the policy. */
  constructor(world: ObjectWorld, job: FileJob) {
    this.#in = jobInWorld(world, job);
    this.#ranges = job.format === 'parquet' ? new ParquetRanges(this.#in) : new TextRanges(this.#in);
    this.#documents = new WorkDocuments(world.store, job.name);
  }

  get #world(): ObjectWorld {
    return this.#in.world;
  }

  get #job(): FileJob {
    return this.#in.job;
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
    let held = await this.#documents.find(id);
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
    const { state } = await this.#documents.read(id);
    if (state.stage !== 'parts' || index >= state.ranges) return;
    // The last range of Parquet ends with what says where all the others lie.
    if (this.#job.format === 'parquet' && index === state.ranges - 1) return;
    this.#checkPolicy(state);
    if ((await this.#documents.findRange(id, state, index)) !== undefined) return;
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
    let held = await this.#documents.read(id);
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
          held = await this.#documents.step(id, held, { stage: 'recorded' });
          break;
        case 'recorded': {
          if (state.outcome === 'refused') {
            await upload.abandon();
            held = await this.#documents.step(id, held, { stage: 'ended' });
            break;
          }
          const named = await this.#name(id, state);
          if (named === 'taken') await upload.abandon();
          held =
            named === 'gone'
              ? await this.#again(id, held)
              : await this.#documents.step(id, held, {
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
    const refused = await findRefusedColumn(this.#world.protector, this.#in.columns, originOf(this.#in, id, ''));
    if (refused === undefined) return;
    await recordNow(this.#world.trail, refused.entries);
    throw refused.refusal;
  }

  /** Makes the first document of a work, or takes the one that another attempt has made. */
  async #begin(id: string, { key, target, size, tag }: ReadObject & { readonly target: string }): Promise<Held> {
    const { outputs, policy } = this.#world;
    const ranges = await this.#ranges.count({ key, size, tag });
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
      return await this.#documents.begin(id, state);
    } catch (error) {
      if (!isObjectError(error, 'FILES_OVERTAKEN')) throw error;
      // Either another attempt was first, or it is our own document, whose answer was lost.
      const there = await this.#documents.find(id);
      if (there?.state.upload !== upload) await outputs.open(target, upload).abandon();
      if (there === undefined) throw error;
      return there;
    }
  }

  /** Begins the output anew. What is recorded stays recorded. */
  async #again(id: string, held: Held): Promise<Held> {
    const { state } = held;
    const upload = await this.#world.outputs.begin(state.target, id);
    return this.#documents.step(id, held, {
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
      return this.#documents.step(id, held, { stage: 'recorded', parts: [...parts] });
    }
    const rejected = facts.reduce((all, { rejects }) => all + rejects.length, 0);
    if (rejected > 0) {
      await this.#documents.writeRejects(id, rejectsList(state.key, this.#in.columns, rejectsOf(facts)));
    }
    return this.#documents.step(id, held, {
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
    return this.#documents.step(id, held, {
      stage: 'recording',
      outcome: 'refused',
      refusal,
      lines,
      said: saidOf(entries),
    });
  }

  /** Returns what each range holds, once each begins where the one before ends. */
  async #everyRange(id: string, state: WorkState): Promise<RangeFacts[]> {
    const facts: RangeFacts[] = [];
    let expected: number | undefined;
    for (let index = 0; index < state.ranges; index++) {
      const to = endOfRange(state, index, this.#in.sizes.rangeBytes);
      // oxlint-disable-next-line no-await-in-loop -- each range begins where the one before ends
      let found = await this.#documents.findRange(id, state, index);
      if (found === undefined || !fits(found, expected, to)) {
        // oxlint-disable-next-line no-await-in-loop -- see above
        found = await this.#protectRange(id, state, index, expected, facts);
      }
      expected = found.end ?? expected;
      facts.push(found);
    }
    const rows = facts.reduce((all, range) => all + range.rows, 0);
    const unseen = this.#in.columns.find((_, column) => facts.every(({ seen }) => seen[column] === 0));
    if (this.#job.format === 'jsonl' && rows > 0 && unseen !== undefined) {
      throw layoutRefusal(new FilesError('FILES_LAYOUT', `no document has a value at ${unseen.name}: check the path`));
    }
    return facts;
  }

  /** Protects the rows that begin in a range, and notes what it has done. For `from` and `before` see `RangeToProtect`. */
  async #protectRange(
    work: string,
    state: WorkState,
    index: number,
    from: number | undefined,
    before: readonly RangeFacts[],
  ): Promise<RangeFacts> {
    const facts = await endingWork(() => this.#ranges.protect({ work, state, index, from, before }));
    if (state.ranges > 1) await this.#documents.writeRange(work, state, index, facts);
    return facts;
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
}

function chainOf(job: FileJob, id: string): string {
  return `files/${job.name}/${id}`;
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

function outcomeOf(work: string, state: WorkState, repeated: boolean): ObjectOutcome {
  const { key, outcome = 'refused', refusal, rows, values, rejected } = state;
  const counts = outcome === 'refused' ? {} : { rows, values, rejected };
  return { is: outcome, key, work, ...counts, ...(refusal !== undefined && { refusal }), repeated };
}
