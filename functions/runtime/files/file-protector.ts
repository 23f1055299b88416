// Tasks on the objects of jobs: one object or a step of one, as a state machine gives them; and objects that have just arrived, as EventBridge
// says. What a repetition may mend is thrown under its code, and the service that called repeats it. All else is answered.
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { placeOf } from '../../../lib/contract/file-protector.ts';
import { FilesError } from '../../../lib/files/errors.ts';
import { keysOfInventory } from '../../../lib/files/objects/inventory.ts';
import { type FileJob, outputKey } from '../../../lib/files/objects/job.ts';
import type { ObjectOutcome, ObjectWork } from '../../../lib/files/objects/object-work.ts';
import { causesOf, consoleLog, type LogEntry, rejectionOf } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';

export interface FileProtectorEnvironment {
  /** Opens the sealed job of a name. Rejects with `FilesError` `FILES_STATE` where there is none. */
  readonly job: (name: string) => Promise<FileJob>;
  /** Yields every sealed job. */
  readonly jobs: () => AsyncIterable<FileJob>;
  /** Makes the work of a job under the policy in force. */
  readonly work: (job: FileJob) => Promise<ObjectWork>;
}

const key = z.string().min(1).max(1024);
const tag = z.string().min(1);
const task = z.discriminatedUnion('task', [
  /** Opens the job, compares it with the policy, and tells where its objects lie. */
  z.strictObject({ task: z.literal('job'), job: z.string() }),
  /** Everything in one. */
  z.strictObject({ task: z.literal('object'), job: z.string(), key, tag: tag.optional() }),
  /** Begins, and protects an object of one range; tells how many ranges are left. `bucket`: the key is as the inventory of this bucket spells it. */
  z.strictObject({ task: z.literal('plan'), job: z.string(), key, tag: tag.optional(), bucket: z.string().optional() }),
  z.strictObject({ task: z.literal('range'), job: z.string(), key, tag, range: z.int().min(0) }),
  z.strictObject({ task: z.literal('finish'), job: z.string(), key, tag }),
]);
/** "Object Created" of S3 (Amazon S3 User Guide, "EventBridge event message structure"), as far as it counts here. */
const arrival = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key }) }),
});

type Task = z.output<typeof task>;

/** What a task answers. `ranges`: the ranges that tasks of their own are to protect before `finish`. */
export type TaskReply =
  | { readonly is: 'job'; readonly bucket: string; readonly prefix: string }
  | { readonly is: 'begun'; readonly key: string; readonly tag: string; readonly ranges: readonly number[] }
  | { readonly is: 'ranged'; readonly key: string; readonly range: number }
  | ObjectOutcome;

/** Neither a task nor an event of an object. */
class EventError extends ProtectorError<'EVENT_MALFORMED'> {}

/** What a line says of an object, besides the members of all lines. */
interface Said {
  readonly is?: ObjectOutcome['is'];
  readonly work?: string | undefined;
  readonly rows?: number | undefined;
  readonly values?: number | undefined;
  readonly rejected?: number | undefined;
}

type Log = (entry: LogEntry & Said) => void;

/** Makes the handler. Resolves to the reply of a task, and for an arrival to one for each job that takes new objects of its place. */
export function fileProtectorHandler(
  environment: () => Promise<FileProtectorEnvironment>,
  log: Log = consoleLog,
  writeMetrics: WriteLine = writeToStandardOutput,
): (event: unknown, context: Context) => Promise<TaskReply | readonly TaskReply[]> {
  return async (event, { awsRequestId: requestId }) => {
    try {
      const given = task.safeParse(event);
      if (given.success) {
        const own = await environment();
        const job = await own.job(given.data.job);
        const reply = await answer(given.data, job, await own.work(job));
        say(log, reply, requestId);
        count(writeMetrics, [reply]);
        return reply;
      }
      const arrived = arrival.safeParse(event);
      if (!arrived.success)
        throw new EventError('EVENT_MALFORMED', 'The event is neither a task nor an object that was created');
      const { bucket, object } = arrived.data.detail;
      const replies = await arrivedObject(await environment(), bucket.name, object.key);
      for (const reply of replies) say(log, reply, requestId);
      count(writeMetrics, replies);
      return replies;
    } catch (error) {
      log({ level: 'ERROR', message: 'A task on an object failed', requestId, cause: causesOf(error) });
      const rejection = rejectionOf(error);
      // The caller decides by the name whether to repeat; that of a class is not stable.
      rejection.name = rejection.code;
      throw rejection;
    }
  };
}

async function arrivedObject(
  { jobs, work }: FileProtectorEnvironment,
  bucket: string,
  objectKey: string,
): Promise<ObjectOutcome[]> {
  const outcomes: ObjectOutcome[] = [];
  for await (const job of jobs()) {
    if (!job.onUpload || placeOf(job.source).bucket !== bucket || outputKey(job, objectKey) === undefined) continue;
    // The content that is there now: an event may be late, and another one tells of a newer content.
    outcomes.push(await answered(objectKey, async () => (await work(job)).run(objectKey)));
  }
  return outcomes;
}

async function answer(given: Task, job: FileJob, work: ObjectWork): Promise<TaskReply> {
  switch (given.task) {
    case 'job':
      await work.check();
      return { is: 'job', ...placeOf(job.source) };
    case 'object':
      return answered(given.key, () => work.run(given.key, given.tag));
    case 'plan':
      if (given.bucket === undefined) return planned(given.key, given.tag, work);
      if (given.bucket !== placeOf(job.source).bucket) return { is: 'absent', key: given.key };
      return planOfInventory(given.key, work);
    case 'range':
      await work.range(given.key, given.tag, given.range);
      return { is: 'ranged', key: given.key, range: given.range };
    default:
      return answered(given.key, () => work.finish(given.key, given.tag));
  }
}

async function planned(objectKey: string, meant: string | undefined, work: ObjectWork): Promise<TaskReply> {
  const plan = await work.plan(objectKey, meant);
  if (plan.is === 'ended') return plan.outcome;
  if (plan.ranges === 1) return answered(objectKey, () => work.finish(objectKey, plan.tag));
  return { is: 'begun', key: objectKey, tag: plan.tag, ranges: Array.from({ length: plan.ranges }, (_, i) => i) };
}

async function planOfInventory(listed: string, work: ObjectWork): Promise<TaskReply> {
  const keys = await work.present(keysOfInventory(listed));
  if (keys.length <= 1) return planned(keys[0] ?? listed, undefined, work);
  const reason =
    'the key in the inventory fits several objects, with and without its URL encoding: run the job over the listing';
  return { is: 'refused', key: listed, refusal: { code: 'FILES_LAYOUT', reason } };
}

/** A state that no repetition mends is an answer. */
async function answered(objectKey: string, work: () => Promise<ObjectOutcome>): Promise<ObjectOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    return { is: 'refused', key: objectKey, refusal: { code: error.code, reason: error.message } };
  }
}

function isOutcome(reply: TaskReply): reply is ObjectOutcome {
  return reply.is !== 'job' && reply.is !== 'begun' && reply.is !== 'ranged';
}

/** Logs what became of an object, without its key, which may hold a name. */
function say(log: Log, reply: TaskReply, requestId: string): void {
  if (!isOutcome(reply)) return;
  const { is, work, rows, values, rejected, refusal } = reply;
  const isBad = is === 'refused' || is === 'taken';
  log({
    level: isBad ? 'WARN' : 'INFO',
    message: 'A task on an object ended',
    requestId,
    is,
    work,
    rows,
    values,
    rejected,
    code: refusal?.code,
    row: refusal?.row,
  });
}

/** Counts objects whose work has ended with this task; a repetition that finds it ended is none. */
function count(writeMetrics: WriteLine, replies: readonly TaskReply[]): void {
  const ended = replies.filter((reply) => isOutcome(reply) && reply.repeated !== true);
  const ObjectsProtected = ended.filter(({ is }) => is === 'protected').length;
  const ObjectsRefused = ended.filter(({ is }) => is === 'refused' || is === 'taken').length;
  if (ObjectsProtected + ObjectsRefused > 0)
    writeMetrics(embeddedMetrics(Date.now(), { ObjectsProtected, ObjectsRefused }));
}
