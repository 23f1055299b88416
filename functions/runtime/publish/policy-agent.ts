import type { Context } from 'aws-lambda';
import { unreachable } from '../../../lib/base/errors.ts';
import {
  type AgentOutcome,
  type KeysPlan,
  type LivedPolicy,
  PolicyAgent,
  type ReleasePlan,
  type RollbackPlan,
} from '../../../lib/publication/agent.ts';
import { type AgentQuestion, readCommand, wakes } from '../../../lib/publication/command.ts';
import { PublicationError } from '../../../lib/publication/errors.ts';
import type { LivedSpan } from '../../../lib/publication/history.ts';
import { recordTo } from '../../../lib/publication/record-events.ts';
import { type ApplicationLog, causesOf, consoleLog, type LogEntry, rejectionOf } from '../application-log.ts';
import { embeddedMetrics, type WriteLine, writeToStandardOutput } from '../metrics.ts';
import type { AgentEnvironment } from './environment.ts';

/** The reply of an invocation. `impossible`: the request cannot be carried out, and nothing was done. */
export type AgentReply =
  | AgentOutcome
  | ({ readonly kind: 'plan' } & RollbackPlan)
  | ({ readonly kind: 'keys' } & KeysPlan)
  | ({ readonly kind: 'release' } & ReleasePlan)
  | { readonly kind: 'history'; readonly entries: readonly LivedSpan[] }
  | ({ readonly kind: 'policy' } & LivedPolicy)
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Makes the handler of the policy agent. An invocation that cannot finish rejects, so that Lambda invokes the function
 * again; that invocation continues from the journal.
 */
export function policyAgentHandler(
  environment: () => Promise<AgentEnvironment>,
  log: ApplicationLog = consoleLog,
  writeMetrics: WriteLine = writeToStandardOutput,
): (event: unknown, context: Context) => Promise<AgentReply> {
  return async (event, { awsRequestId: requestId }) => {
    try {
      const { world, settings, trail, asksCanary } = await environment();
      const agent = new PolicyAgent({ ...world, record: recordTo(trail, requestId) }, settings);
      const reply = await answer(agent, event);
      log({ ...wording(reply), requestId });
      // Lambda counts failed invocations. These succeeded, and their policy is not live.
      const failed = reply.kind === 'refused' || reply.kind === 'undone';
      if (failed) writeMetrics(embeddedMetrics(Date.now(), { PublicationsFailed: 1 }));
      if (asksCanary && wakes(event)) {
        const reasons = await agent.askFunctions();
        for (const reason of reasons ?? []) log({ level: 'ERROR', message: `The canary failed: ${reason}`, requestId });
        if (reasons !== undefined) writeMetrics(embeddedMetrics(Date.now(), { CanaryFailures: reasons.length }));
      }
      return reply;
    } catch (error) {
      log({
        level: 'ERROR',
        message: 'The policy agent could not finish; the next run continues',
        requestId,
        cause: causesOf(error),
      });
      throw rejectionOf(error);
    }
  };
}

async function answer(agent: PolicyAgent, event: unknown): Promise<AgentReply> {
  let hasCaller = true;
  try {
    const command = readCommand(event);
    if ('question' in command) return await answerOf(agent, command.question);
    hasCaller = command.request.kind !== 'look';
    return await agent.run(command.request);
  } catch (error) {
    // A caller gets an answer. An invocation by an event or the schedule has no caller, and must fail visibly.
    const refused = hasCaller && error instanceof PublicationError && error.code === 'PUBLICATION_REFUSED';
    if (!refused) throw error;
    return { kind: 'impossible', reason: error.message };
  }
}

async function answerOf(agent: PolicyAgent, question: AgentQuestion): Promise<AgentReply> {
  switch (question.kind) {
    case 'rollback':
      return { kind: 'plan', ...(await agent.planRollback(question.to, question.force)) };
    case 'keys':
      return { kind: 'keys', ...(await agent.planKeys()) };
    case 'release':
      return { kind: 'release', ...(await agent.planRelease()) };
    case 'history':
      return { kind: 'history', entries: await agent.history() };
    case 'policy':
      return { kind: 'policy', ...(await agent.policyLived(question)) };
    default:
      return unreachable(question);
  }
}

function wording(reply: AgentReply): Pick<LogEntry, 'level' | 'message'> {
  switch (reply.kind) {
    case 'refused': {
      const problems = reply.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      return { level: 'ERROR', message: `The policy was refused: ${problems}` };
    }
    case 'waiting':
      return { level: 'WARN', message: `The uploaded policy is not published yet: ${reply.why}` };
    case 'release':
      return { level: 'INFO', message: 'The uploaded release was asked for' };
    case 'history':
      return { level: 'INFO', message: 'The history of policies was asked for' };
    case 'policy':
      return { level: 'INFO', message: `Policy version ${reply.version} was asked for` };
    case 'undone':
      return { level: 'ERROR', message: `Policy version ${reply.version} was taken back: ${reply.reason}` };
    case 'impossible':
      return { level: 'WARN', message: reply.reason };
    case 'plan':
      return { level: 'INFO', message: `A rollback would lead from version ${reply.from} to ${reply.to}` };
    case 'keys':
      return { level: 'INFO', message: 'The uses of the root keys were asked for' };
    case 'keys-changed':
      return { level: 'INFO', message: 'The root keys are as they were asked for' };
    default:
      return { level: 'INFO', message: `Policy version ${reply.live ?? 'none'} is live: ${reply.kind}` };
  }
}
