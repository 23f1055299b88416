// Asks the policy agent of a deployment, by an invocation that waits for its answer.
import { ProtectorError } from '../../../lib/base/errors.ts';
import type { AgentEvent } from '../../../lib/publication/command.ts';
import type { AgentReply } from '../../runtime/publish/policy-agent.ts';
import { CliError } from '../core/exit.ts';

/** The policy agent, and where it is. */
export interface Agent {
  readonly agent: string;
  readonly region: string | undefined;
}

/** Sends an event to the agent and resolves to its reply of one kind. Rejects with `CliError` for every other reply. */
export type Ask = <Kind extends AgentReply['kind']>(
  event: AgentEvent,
  kind: Kind,
) => Promise<Extract<AgentReply, { kind: Kind }>>;

/** A synchronous invocation ends after Lambda's longest time-out at the latest. */
const AGENT_TIMEOUT_MS = 15 * 60_000;

/**
 * Lets `use` ask the agent. The caller needs `lambda:InvokeFunction` on the agent, and nothing else. `what` ends the sentence
 * "Nothing was …" for a reply that says so. Rejects with `CliError`.
 */
export async function askAgent<T>({ agent, region }: Agent, what: string, use: (ask: Ask) => Promise<T>): Promise<T> {
  // Workspaces need no client of AWS, and start without it.
  const [{ lambdaClient }, { lambdaInvoker }] = await Promise.all([
    import('../../../lib/adapters/lambda/client.ts'),
    import('../../../lib/adapters/lambda/functions.ts'),
  ]);
  const client = lambdaClient({
    ...(region !== undefined && { region }),
    maxAttempts: 1,
    requestHandler: { requestTimeout: AGENT_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  const invoker = lambdaInvoker({ client });
  const ask: Ask = async (event, kind) => {
    const invocation = await invoker.invoke(agent, '$LATEST', event);
    if (invocation.kind !== 'reply') {
      throw new CliError('CLI_USAGE', `The policy agent broke (${invocation.error}); its log says more. Ask again`);
    }
    const reply = invocation.reply as AgentReply;
    if (reply.kind === kind) return reply as Extract<AgentReply, { kind: typeof kind }>;
    throw bad(reply, what);
  };
  try {
    return await use(ask);
  } catch (error) {
    if (error instanceof CliError || !(error instanceof ProtectorError)) throw error;
    throw new CliError('CLI_USAGE', `The policy agent ${agent} cannot be asked: ${error.message}`);
  } finally {
    client.destroy();
  }
}

function bad(reply: AgentReply, what: string): CliError {
  const reason = 'reason' in reply ? reply.reason : `the agent answered "${reply.kind}"`;
  return new CliError('CLI_BAD', reply.kind === 'undone' ? `Nothing was ${what}: ${reason}` : reason);
}
