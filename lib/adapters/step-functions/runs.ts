// Runs of a state machine whose only map is distributed (AWS Step Functions API: StartExecution, DescribeExecution, ListMapRuns,
// DescribeMapRun, ListExecutions, StopExecution).
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  type ExecutionStatus,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { errorName, httpStatusOf } from '../../base/error-code.ts';
import { ProtectorError } from '../../base/errors.ts';

/**
 * A run cannot be started, read or stopped. `RUN_EXISTS`: a run of this name has ended, or has another input. `RUN_ABSENT`: there is no such
 * run or state machine. `RUN_REFUSED`: the service refuses the call, or answers what it should not. `RUN_UNAVAILABLE`: it did not answer;
 * retry.
 */
export class RunError extends ProtectorError<'RUN_EXISTS' | 'RUN_ABSENT' | 'RUN_REFUSED' | 'RUN_UNAVAILABLE'> {}

export interface RunSummary {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly endedAt?: Date;
}

export interface Run extends RunSummary {
  readonly input: string;
  /** Why it failed: a name, and what the failed task said. */
  readonly error?: string;
  readonly cause?: string;
  /** Of the map; absent until it has begun. */
  readonly items?: RunItems;
  /** The manifest of the results; absent until the run has succeeded. */
  readonly results?: { readonly bucket: string; readonly key: string };
}

export interface RunItems {
  readonly total: number;
  readonly succeeded: number;
  /** Failed, timed out, or aborted with the run. */
  readonly failed: number;
  readonly running: number;
  readonly pending: number;
}

/** A state machine, by its ARN. */
export interface Machine {
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly name: string;
}

export interface Runs {
  /** Starts a run. Resolves to when it began, also where it goes on already with the same input. */
  start(name: string, input: string): Promise<Date>;
  describe(name: string): Promise<Run>;
  /** Lists the newest runs, the newest first. */
  recent(count: number): Promise<RunSummary[]>;
  /** Stops a run. Does nothing to one that has ended. */
  stop(name: string): Promise<void>;
}

/** Reads the ARN of a state machine; undefined for another text. */
export function parseMachine(arn: string): Machine | undefined {
  const found = /^arn:(aws[a-z-]*):states:([a-z0-9-]+):(\d{12}):stateMachine:([\w-]{1,80})$/.exec(arn);
  if (found === null) return undefined;
  const [, partition = '', region = '', account = '', name = ''] = found;
  return { arn, partition, region, account, name };
}

/** Reads and changes the runs of one state machine. Rejects with `RunError`, in bounded time. */
export function stepFunctionsRuns({ client, machine }: { client: SFNClient; machine: Machine }): Runs {
  const { partition, region, account } = machine;
  const arnOf = (run: string): string =>
    `arn:${partition}:states:${region}:${account}:execution:${machine.name}:${run}`;

  return {
    async start(name, input) {
      const request = { stateMachineArn: machine.arn, name, input };
      const reply = await client.send(new StartExecutionCommand(request)).catch(failing('StartExecution'));
      return needed('StartExecution', reply.startDate);
    },

    async describe(name) {
      const executionArn = arnOf(name);
      const reply = await client
        .send(new DescribeExecutionCommand({ executionArn }))
        .catch(failing('DescribeExecution'));
      const { error, cause, stopDate, output } = reply;
      const items = await itemsOf(client, executionArn);
      const results = output === undefined ? undefined : resultsOf(output);
      return {
        name,
        status: needed('DescribeExecution', reply.status),
        startedAt: needed('DescribeExecution', reply.startDate),
        input: reply.input ?? '',
        ...(stopDate !== undefined && { endedAt: stopDate }),
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause: messageOf(cause) }),
        ...(items !== undefined && { items }),
        ...(results !== undefined && { results }),
      };
    },

    async recent(count) {
      const request = { stateMachineArn: machine.arn, maxResults: count };
      const reply = await client.send(new ListExecutionsCommand(request)).catch(failing('ListExecutions'));
      return (reply.executions ?? []).map(({ name, status, startDate, stopDate }) => ({
        name: needed('ListExecutions', name),
        status: needed('ListExecutions', status),
        startedAt: needed('ListExecutions', startDate),
        ...(stopDate !== undefined && { endedAt: stopDate }),
      }));
    },

    async stop(name) {
      await client.send(new StopExecutionCommand({ executionArn: arnOf(name) })).catch(failing('StopExecution'));
    },
  };
}

async function itemsOf(client: SFNClient, executionArn: string): Promise<RunItems | undefined> {
  const { mapRuns = [] } = await client.send(new ListMapRunsCommand({ executionArn })).catch(failing('ListMapRuns'));
  const mapRunArn = mapRuns[0]?.mapRunArn;
  if (mapRunArn === undefined) return undefined;
  const reply = await client.send(new DescribeMapRunCommand({ mapRunArn })).catch(failing('DescribeMapRun'));
  const counts = needed('DescribeMapRun', reply.itemCounts);
  const { total = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0, running = 0, pending = 0 } = counts;
  return { total, succeeded, failed: failed + timedOut + aborted, running, pending };
}

/** Reads where the results of a map lie (AWS Step Functions Developer Guide, "ResultWriter"). */
function resultsOf(output: string): Run['results'] {
  const { ResultWriterDetails } = objectOf(output);
  const { Bucket, Key } = Object(ResultWriterDetails) as Partial<Record<string, unknown>>;
  return typeof Bucket === 'string' && typeof Key === 'string' ? { bucket: Bucket, key: Key } : undefined;
}

/** Returns what a failed task said: for a function that is the message of its error, in an object. */
function messageOf(cause: string): string {
  const { errorMessage } = objectOf(cause);
  return typeof errorMessage === 'string' ? errorMessage : cause;
}

function objectOf(text: string): Partial<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Partial<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function needed<T>(operation: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new RunError('RUN_REFUSED', `Step Functions ${operation} answers without what it must say`);
}

const ABSENT: ReadonlySet<string> = new Set(['ExecutionDoesNotExist', 'StateMachineDoesNotExist', 'ResourceNotFound']);
const PASSING: ReadonlySet<string> = new Set(['ThrottlingException', 'ExecutionLimitExceeded']);

/** Maps a failed call. Keeps the error's name, but not its text, which holds ARNs. */
function failing(operation: string): (error: unknown) => never {
  return (error) => {
    const name = errorName(error);
    const status = httpStatusOf(error);
    const passes = status === undefined || status === 429 || status >= 500 || PASSING.has(name);
    const other = passes ? 'RUN_UNAVAILABLE' : 'RUN_REFUSED';
    const code = name === 'ExecutionAlreadyExists' ? 'RUN_EXISTS' : ABSENT.has(name) ? 'RUN_ABSENT' : other;
    throw new RunError(code, `Step Functions ${operation} failed: ${name}`);
  };
}
