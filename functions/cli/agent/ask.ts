// Asks the policy agent of a deployment, by an invocation that waits for its answer.
import type { AgentEvent } from '../../../lib/publication/command.ts';
import type { AgentReply } from '../../runtime/publish/policy-agent.ts';
import { askingFunction } from '../aws/ask-function.ts';
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
export function askAgent<T>({ agent, region }: Agent, what: string, use: (ask: Ask) => Promise<T>): Promise<T> {
  const asked = { name: agent, qualifier: '$LATEST', region, replyMs: AGENT_TIMEOUT_MS, called: 'The policy agent' };
  return askingFunction(asked, (ask) =>
    use(async (event, kind) => {
      const reply = (await ask(event)) as AgentReply;
      if (reply.kind === kind) return reply as Extract<AgentReply, { kind: typeof kind }>;
      throw bad(reply, what);
    }),
  );
}

function bad(reply: AgentReply, what: string): CliError {
  return new CliError('CLI_BAD', reply.kind === 'undone' ? `Nothing was ${what}: ${reply.reason}` : reasonOf(reply));
}

function reasonOf(reply: AgentReply): string {
  switch (reply.kind) {
    case 'undone':
    case 'impossible':
      return reply.reason;
    case 'waiting':
      return reply.why;
    case 'refused':
      return reply.problems.map(({ path, message }) => (path === '$' ? message : `${path}: ${message}`)).join('; ');
    default:
      return `the agent answered "${reply.kind}"`;
  }
}
