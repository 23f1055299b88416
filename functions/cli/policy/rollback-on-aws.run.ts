import { type Agent, askAgent } from '../agent/ask.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { printMoved, type Wanted } from './rollback-report.ts';

/**
 * Asks the agent twice: first what it would do, and then to do just that, so that a policy that goes live in between is not
 * rolled back.
 */
export async function rollBackOnAws(agent: Agent, wanted: Wanted, io: Io): Promise<ExitCode> {
  const { to, force } = wanted;
  const plan = await askAgent(agent, 'rolled back', async (ask) => {
    const found = await ask({ action: 'rollback', dryRun: true, force, ...(to !== undefined && { to }) }, 'plan');
    if (!wanted.dryRun) await ask({ action: 'rollback', from: found.from, to: found.to, force }, 'rolled-back');
    return found;
  });
  printMoved(io, wanted, plan);
  return EXIT.ok;
}
