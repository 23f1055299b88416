import { compromiseRoot } from '../../../lib/policy/keyring.ts';
import { keyUse, type RootKeyUse } from '../../../lib/policy/key-use.ts';
import { type Agent, askAgent } from '../agent/ask.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { confirmed } from '../output/confirm.ts';
import { done, print, styled } from '../output/text.ts';
import { sayWhatRemains } from '../sealing/key-use.ts';
import { changeKeyring, openKeyringOf } from '../sealing/keyring.ts';
import { openSealedPolicy } from '../sealing/sealed-policy.ts';
import { recordPolicyEvents } from '../workspace/audit-trail.ts';
import type { Workspace } from '../workspace/workspace.ts';

interface How {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/**
 * Marks a root key of a workspace or a deployment as compromised: no policy is sealed from then on whose elements protect
 * with it. Says which elements use it.
 */
export async function markCompromised(
  where: Workspace | Agent,
  version: number,
  { dryRun, yes, json }: How,
  io: Io,
): Promise<ExitCode> {
  if (!dryRun && !yes && io.ask !== undefined) {
    sayWhatRemains(io, await mark(where, version, true, io));
    if (!(await confirmed(io, `Mark root key version ${version} as compromised, for good?`, yes))) return EXIT.bad;
  }
  const use = await mark(where, version, dryRun, io);
  if (json) {
    print(io, JSON.stringify({ ...use, state: dryRun ? use.state : 'compromised', ...(dryRun && { dryRun }) }));
    return EXIT.ok;
  }
  const what = `root key version ${version}`;
  if (dryRun) print(io, `${styled(io.stdout, 'cyan', 'would mark')} ${what} as compromised`);
  else print(io, done(io, `${what} is compromised: rotate the elements that pin it, then seal`));
  sayWhatRemains(io, use);
  return EXIT.ok;
}

function mark(where: Workspace | Agent, version: number, dryRun: boolean, io: Io): Promise<RootKeyUse> {
  return 'agent' in where ? onAws(where, version, dryRun) : inWorkspace(where, version, dryRun, io);
}

async function inWorkspace(ws: Workspace, version: number, dryRun: boolean, io: Io): Promise<RootKeyUse> {
  const { content } = await openKeyringOf(ws);
  const { policy } = (await openSealedPolicy(ws)).content;
  const use = find(keyUse(policy, content), version);
  if (dryRun || use.state === 'compromised') return use;
  await changeKeyring(ws, io.nowMs(), (document) => compromiseRoot(document, version));
  const detail = `root key version ${version} is compromised`;
  await recordPolicyEvents(ws, io, [{ code: 76, policy: policy.name, dataStore: policy.dataStore, detail }]);
  return use;
}

function onAws(agent: Agent, version: number, dryRun: boolean): Promise<RootKeyUse> {
  return askAgent(agent, 'changed', async (ask) => {
    const { rootKeys } = await ask({ action: 'compromise', root: version, dryRun: true }, 'keys');
    const use = find(rootKeys, version);
    if (!dryRun) await ask({ action: 'compromise', root: version }, 'keys-changed');
    return use;
  });
}

function find(uses: readonly RootKeyUse[], version: number): RootKeyUse {
  const found = uses.find((use) => use.version === version);
  if (found !== undefined) return found;
  const versions = uses.map((use) => use.version).join(', ');
  throw new CliError('CLI_USAGE', `The keyring has no root key of version ${version}; it has ${versions}`);
}
