// A stand-in for AWS Step Functions on 127.0.0.1: AWS JSON 1.0 over HTTP, with the service's own validations. It runs nothing: the test says how
// far a run is.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Json, ServiceFault, text } from './aws-json.ts';
import { type FaultKind, FaultPlan, type Faulty, type PlannedFault } from './faults.ts';
import { bodyOf, serve } from './http-server.ts';

export interface StandInRun {
  readonly name: string;
  readonly input: string;
  readonly startDate: number;
  status: string;
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** The counts of its map; absent until it has begun. */
  itemCounts?: Readonly<Record<string, number>>;
}

export interface FakeStepFunctions extends Faulty<PlannedFault & { readonly kind: FaultKind }> {
  readonly endpoint: string;
  readonly machine: string;
  /** In the order of their start. */
  readonly runs: StandInRun[];
  readonly calls: string[];
  close(): Promise<void>;
}

export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:protector-files';
const EXECUTION = MACHINE.replace('stateMachine', 'execution');
const MAP_RUN = MACHINE.replace('stateMachine', 'mapRun');
/** Names of the errors as the service spells them on the wire. */
const SHAPE = 'com.amazonaws.swf.service.v2.model#';

export async function startFakeStepFunctions(): Promise<FakeStepFunctions> {
  const runs: StandInRun[] = [];
  const calls: string[] = [];
  const plan = new FaultPlan<PlannedFault & { readonly kind: FaultKind }>();
  let now = Date.UTC(2026, 10, 30) / 1000;

  function machineOf(body: Json): void {
    const arn = text(body, 'stateMachineArn');
    if (arn !== MACHINE) throw new ServiceFault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  function runOf(body: Json): StandInRun {
    const arn = text(body, 'executionArn');
    if (!arn.startsWith(`${EXECUTION}:`)) throw new ServiceFault('InvalidArn', `Invalid Arn: '${arn}'`);
    const run = runs.find(({ name }) => `${EXECUTION}:${name}` === arn);
    if (run === undefined) throw new ServiceFault('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return run;
  }

  const operations: Readonly<Record<string, (body: Json) => Json>> = {
    StartExecution: (body) => {
      machineOf(body);
      const [name, input] = [text(body, 'name'), text(body, 'input')];
      if (!/^[\w-]{1,80}$/.test(name)) throw new ServiceFault('InvalidName', `Invalid Name: '${name}'`);
      JSON.parse(input);
      const there = runs.find((run) => run.name === name);
      // An open execution with the same input is the same one; every other name is taken for 90 days.
      if (there !== undefined && (there.status !== 'RUNNING' || there.input !== input)) {
        throw new ServiceFault('ExecutionAlreadyExists', `Execution Already Exists: '${EXECUTION}:${name}'`);
      }
      const run = there ?? { name, input, startDate: (now += 1.5), status: 'RUNNING' };
      if (there === undefined) runs.push(run);
      return { executionArn: `${EXECUTION}:${name}`, startDate: run.startDate };
    },
    DescribeExecution: (body) => {
      const { itemCounts: _counts, ...run } = runOf(body);
      return { ...run, executionArn: body['executionArn'], stateMachineArn: MACHINE };
    },
    ListMapRuns: (body) => {
      const { name, startDate, itemCounts } = runOf(body);
      const mapRunArn = `${MAP_RUN}/Objects:${name}`;
      const mapRun = { executionArn: body['executionArn'], mapRunArn, startDate, stateMachineArn: MACHINE };
      return { mapRuns: itemCounts === undefined ? [] : [mapRun] };
    },
    DescribeMapRun: (body) => {
      const mapRunArn = text(body, 'mapRunArn');
      const run = runs.find(({ name }) => mapRunArn === `${MAP_RUN}/Objects:${name}`);
      if (run?.itemCounts === undefined) throw new ServiceFault('ResourceNotFound', 'Resource not found');
      const { itemCounts, status, startDate } = run;
      const executionArn = `${EXECUTION}:${run.name}`;
      return {
        mapRunArn,
        executionArn,
        status,
        startDate,
        itemCounts,
        executionCounts: itemCounts,
        maxConcurrency: 40,
      };
    },
    ListExecutions: (body) => {
      machineOf(body);
      const executions = runs.toReversed().slice(0, Number(body['maxResults']));
      return {
        executions: executions.map(({ name, status, startDate, stopDate }) => ({
          executionArn: `${EXECUTION}:${name}`,
          stateMachineArn: MACHINE,
          name,
          status,
          startDate,
          stopDate,
        })),
      };
    },
    StopExecution: (body) => {
      const run = runOf(body);
      if (run.status === 'RUNNING') {
        run.status = 'ABORTED';
        run.stopDate = now += 1.5;
      }
      return { stopDate: run.stopDate };
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [service, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const run = service === 'AWSStepFunctions' ? operations[operation] : undefined;
    if (run === undefined || request.headers['content-type'] !== 'application/x-amz-json-1.0') {
      throw new ServiceFault('UnknownOperationException', 'Unknown operation');
    }
    const body = JSON.parse((await bodyOf(request)).toString()) as Json;
    calls.push(operation);
    const fault = plan.next(operation);
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'throttle') throw new ServiceFault('ThrottlingException', 'Rate exceeded');
    if (fault?.kind === 'deny') throw new ServiceFault('AccessDeniedException', `Not authorized on ${MACHINE}`);
    if (fault?.kind === 'status500') throw new ServiceFault('InternalFailure', 'Internal failure', 500);
    if (fault?.kind === 'drop') response.destroy(); // the reply is lost
    reply(response, 200, fault?.kind === 'malformed' ? {} : run(body));
  }

  const server = await serve((request, response) =>
    answer(request, response).catch((error: unknown) => {
      const { type, message, status } =
        error instanceof ServiceFault ? error : new ServiceFault('InternalFailure', '', 500);
      reply(response, status, { __type: `${SHAPE}${type}`, message });
    }),
  );
  return { ...server, ...plan.controls, machine: MACHINE, runs, calls };
}

function reply(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}
