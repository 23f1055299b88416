import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { lambdaClient } from '../../../lib/adapters/lambda/client.ts';
import { lambdaInvoker } from '../../../lib/adapters/lambda/functions.ts';
import { ProtectorError } from '../../../lib/base/errors.ts';
import { openPolicy } from '../../../lib/policy/bundle.ts';
import type { RollbackEvent } from '../../../lib/publication/command.ts';
import type { AgentReply } from '../../runtime/publish/policy-agent.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import { CliError } from '../failure.ts';
import { print, styled, table } from '../output.ts';
import { replaceFile } from '../replace-file.ts';
import { openSealed } from '../seal.ts';
import { keepSealed, sealedVersion, sealedVersions } from '../sealed-versions.ts';
import { requireInitialised, type Workspace, workspace } from '../workspace.ts';

export interface RollbackOptions {
  readonly dir: string;
  readonly agent?: string;
  readonly region?: string;
  readonly to?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** A synchronous invocation ends after Lambda's longest time-out at the latest. */
const AGENT_TIMEOUT_MS = 15 * 60_000;

/** `protector policy rollback`: back to a policy version that was in force before, in a workspace or, by the agent, on AWS. */
export async function policyRollback(options: RollbackOptions): Promise<void> {
  if (options.agent !== undefined) return rollBackOnAws(options.agent, options);
  const ws = workspace(options.dir);
  requireInitialised(ws);
  report(options, { ...(await rollBackWorkspace(ws, options)), functions: [] });
}

/** Puts a kept version in force: the one asked for, or the newest below the one that is. */
async function rollBackWorkspace(
  ws: Workspace,
  { to, dryRun }: RollbackOptions,
): Promise<{ from: number; to: number }> {
  const keys = insecureLocalKeyService(ws.localKey);
  const from = Number((await openSealed(ws, keys)).version);
  const others = (await sealedVersions(ws)).filter((version) => version !== from);
  const target = to === undefined ? others.find((version) => version < from) : others.find((version) => version === to);
  if (target === undefined) {
    const kept = others.length === 0 ? 'no other version is kept' : `versions to go to: ${others.join(', ')}`;
    throw new CliError('CLI_BAD', `There is no version ${to ?? `before ${from}`} to go to; ${kept}`);
  }
  const bundle = await readBundle(sealedVersion(ws, target), 'policy');
  await openPolicy(keys, bundle); // what cannot be opened must not be put in force
  if (dryRun === true) return { from, to: target };
  await keepSealed(ws, from);
  await replaceFile(ws.sealedPolicy, `${JSON.stringify(bundle, null, 2)}\n`);
  return { from, to: target };
}

/**
 * Asks the agent, twice: first what it would do, and then to do just that, so that a policy which went live in between is
 * not what gets rolled back. Whoever asks needs `lambda:InvokeFunction` on the agent, and nothing else.
 */
async function rollBackOnAws(agent: string, options: RollbackOptions): Promise<void> {
  const { to, region } = options;
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
    const plan = await ask({ action: 'rollback', dryRun: true, ...(to !== undefined && { to }) });
    if (plan.kind !== 'plan') throw bad(plan);
    if (options.dryRun === true) return report(options, plan);
    const reply = await ask({ action: 'rollback', from: plan.from, to: plan.to });
    if (reply.kind !== 'rolled-back') throw bad(reply);
    report(options, plan);
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

interface Moved {
  readonly from: number;
  readonly to: number;
  readonly functions: readonly { readonly name: string; readonly from: string; readonly to?: string }[];
}

function report({ dryRun = false, json = false }: RollbackOptions, { from, to, functions }: Moved): void {
  if (json) return print(JSON.stringify({ from, to, functions, dryRun }));
  const rows = functions.map((one) => [one.name, one.from, one.to ?? 'a new one']);
  if (rows.length > 0) print(table(['function', 'version', dryRun ? 'would be' : 'now'], rows));
  const mark = dryRun ? styled('cyan', 'would go') : styled('green', '✓');
  print(`${mark} policy version ${from} → ${to}`);
}
