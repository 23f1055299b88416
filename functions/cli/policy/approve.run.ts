import { approvalStatement, NAMESPACES } from '../../../lib/publication/gate.ts';
import { type Agent, askAgent } from '../agent/ask.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { print, printJson, styled } from '../output/text.ts';
import { readReleaseFiles } from '../release/files.ts';
import { signWithSsh } from '../release/ssh-keygen.ts';

/** Approves the release that `agent` waits to publish, if it is the one in `folder`. */
export async function approveRelease(
  agent: Agent,
  { folder, key }: { readonly folder: string; readonly key: string },
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const files = await readReleaseFiles(folder);
  const live = await askAgent(agent, 'published', async (ask) => {
    const plan = await ask({ action: 'release' }, 'release');
    if (plan.answer.kind === 'refused') throw new CliError('CLI_BAD', plan.answer.why);
    const statement = approvalStatement(files, plan.place, plan.live);
    const approval = await signWithSsh(key, NAMESPACES.approve, statement);
    const published = await ask({ action: 'approve', approval }, 'published');
    return published.live;
  });
  if (json) printJson(io, { live });
  else print(io, `${styled(io.stdout, 'green', '✓')} Policy version ${live} is live`);
  return EXIT.ok;
}
