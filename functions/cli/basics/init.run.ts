import { userOf } from '../../../lib/policy/membership.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { printJson, say } from '../output/text.ts';
import { completeTenants, completeWorkspace, type Part, printParts, type WritePolicy } from '../workspace/create.ts';
import { draftedPolicy, policyOfFile, samplePolicy } from '../workspace/policies.ts';
import { dirOption, type Workspace } from '../workspace/workspace.ts';

interface Wanted {
  readonly policy: string | undefined;
  readonly from: readonly string[] | undefined;
  readonly dataStore: string | undefined;
  readonly json: boolean;
}

/** Makes what a workspace lacks, and says what it made and what it kept. */
export async function makeWorkspace(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  const isSample = wanted.policy === undefined && wanted.from === undefined;
  const parts = [
    ...(await completeWorkspace(ws, writerOf(wanted, io), io)),
    ...(isSample ? await completeTenants(ws, io) : []),
  ];
  if (wanted.json) printJson(io, { dir: ws.dir, made: pathsOf(parts, true), kept: pathsOf(parts, false) });
  else {
    printParts(io, parts);
    sayUnread(wanted, parts, io);
    await sayNext(ws, parts, io);
  }
  return EXIT.ok;
}

function writerOf({ policy, from, dataStore, json }: Wanted, io: Io): WritePolicy {
  if (policy !== undefined) return policyOfFile(policy, dataStore);
  return from === undefined ? samplePolicy(dataStore) : draftedPolicy(from, dataStore, io, json);
}

/** A policy that is there is kept: what was given in its place is not even looked at. */
function sayUnread({ policy, from }: Wanted, [first]: readonly Part[], io: Io): void {
  const given = policy ?? from?.join(', ');
  if (given === undefined || first === undefined || first.isMade) return;
  say(io, `note: ${given} was not read: ${first.path} is there`);
}

function pathsOf(parts: readonly Part[], isMade: boolean): string[] {
  return parts.filter((part) => part.isMade === isMade).map(({ path }) => path);
}

/** Says a command to go on with, for the policy that there is. */
async function sayNext(ws: Workspace, parts: readonly Part[], io: Io): Promise<void> {
  const protect = parts.find(({ path }) => path.endsWith('protect.sql'))?.path;
  const { policy } = await readWorkspacePolicy(ws);
  const role = policy.roles.find(({ grants }) => grants.some(({ permissions }) => permissions.includes('protect')));
  const user = role?.members.map(userOf).find((name) => name !== undefined);
  const element = role?.grants.find(({ permissions }) => permissions.includes('protect'))?.element;
  if (user === undefined || element === undefined) return;
  const query = protect === undefined ? `"select pty_protect_${element.toLowerCase()}('…')"` : `-f ${protect}`;
  say(io, `next: protector query ${query} --user ${user}${dirOption(ws)}`);
}
