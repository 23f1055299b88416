import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import type { SealedPolicy } from '../../../lib/policy/bundle.ts';
import { compromisedUse, describeCompromised } from '../../../lib/policy/key-use.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { findKeyring } from '../sealing/keyring.ts';
import { putInForce } from '../sealing/policy-floor.ts';
import { keepVersion, keptVersions, openKeptVersion } from '../sealing/policy-versions.ts';
import { openFoundPolicy } from '../sealing/sealed-policy.ts';
import { recordPolicyEvents } from '../workspace/audit-trail.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';
import { printMoved, type Wanted } from './rollback-report.ts';

/** Puts a kept version in force: the one asked for, or the newest below the one in force. */
export async function rollBackWorkspace(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  requireInitialised(ws);
  const keys = insecureLocalKeyService(ws.localKey);
  const found = await openFoundPolicy(ws, keys);
  const from = Number(found.version);
  const to = targetOf(wanted.to, from, await keptVersions(ws));
  const { bundle, version, content } = await openKeptVersion(ws, keys, to); // refuses a version that does not open
  const compromised = compromisedUse(content.policy, (await findKeyring(ws, keys, found))!.content);
  if (compromised.length > 0 && !wanted.force) {
    const why = describeCompromised(compromised);
    throw new CliError(
      'CLI_BAD',
      `The policy cannot go back to version ${to}: ${why}. Rotate the elements and seal, or go back with --force, which is recorded`,
    );
  }
  if (!wanted.dryRun) {
    await keepVersion(ws, from);
    if (compromised.length > 0) {
      const { name: policy, dataStore } = content.policy;
      const detail = `forced: ${describeCompromised(compromised)}`;
      await recordPolicyEvents(ws, io, [{ code: 86, policy, dataStore, policyVersion: version, detail }]);
    }
    await putInForce(ws, bundle as SealedPolicy, found.bundle);
  }
  printMoved(io, wanted, { from, to, functions: [] });
  return EXIT.ok;
}

function targetOf(wanted: number | undefined, from: number, kept: readonly number[]): number {
  const others = kept.filter((version) => version !== from);
  const target = others.find((version) => (wanted === undefined ? version < from : version === wanted));
  if (target !== undefined) return target;
  const choice = others.length === 0 ? 'no other version is kept' : `versions to go to: ${others.join(', ')}`;
  throw new CliError('CLI_BAD', `There is no version ${wanted ?? `before ${from}`} to go to; ${choice}`);
}
