import { lambdaClient } from '../../../lib/adapters/lambda/client.ts';
import { lambdaInvoker } from '../../../lib/adapters/lambda/functions.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { RollbackEvent } from '../../../lib/publication/command.ts';
import type { AgentReply } from '../../runtime/publish/policy-agent.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printMoved, type Wanted } from './rollback-report.ts';

/** The policy agent, and where it is. */
export interface Agent {
  readonly agent: string;
  readonly region: string | undefined;
}

/** A synchronous invocation ends after Lambda's longest time-out at the latest. */
const AGENT_TIMEOUT_MS = 15 * 60_000;

/**
 * Asks the agent twice: first what it would do, and then to do just that, so that a policy that goes live in between is not
 * rolled back. The caller needs `lambda:InvokeFunction` on the agent, and nothing else.
 */
export async function rollBackOnAws({ agent, region }: Agent, wanted: Wanted, io: Io): Promise<ExitCode> {
  const client = lambdaClient({
    ...(region !== undefined && { region }),
    maxAttempts: 1,
    requestHandler: { requestTimeout: AGENT_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  const invoker = lambdaInvoker({ client });
  const ask = async (event: RollbackEvent): Promise<AgentReply> => {
    const invocation = await invoker.invoke(agent, '$LATEST', event);
    if (invocation.kind === 'reply') return invocation.reply as AgentReply;
    throw new CliError('CLI_USAGE', `The policy agent broke (${invocation.error}); its log says more. Ask again`);
  };
  try {
    const { to } = wanted;
    const plan = await ask({ action: 'rollback', dryRun: true, ...(to !== undefined && { to }) });
    if (plan.kind !== 'plan') throw bad(plan);
    if (!wanted.dryRun) {
      const reply = await ask({ action: 'rollback', from: plan.from, to: plan.to });
      if (reply.kind !== 'rolled-back') throw bad(reply);
    }
    printMoved(io, wanted, plan);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CliError || !(error instanceof ProtectorError)) throw error;
    throw new CliError('CLI_USAGE', `The policy agent ${agent} cannot be asked: ${error.message}`);
  } finally {
    client.destroy();
  }
}

function bad(reply: AgentReply): CliError {
  const reason = 'reason' in reply ? reply.reason : `the agent answered "${reply.kind}"`;
  return new CliError('CLI_BAD', reply.kind === 'undone' ? `Nothing was rolled back: ${reason}` : reason);
}
