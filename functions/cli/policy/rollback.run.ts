import { insecureLocalKeyService } from '../../../lib/adapters/file/insecure-local-key-service.ts';
import { openPolicy } from '../../../lib/policy/bundle.ts';
import { readBundle } from '../../runtime/reload/reloading.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { replaceFile } from '../files/replace.ts';
import { keepVersion, keptVersions, versionPath } from '../sealing/policy-versions.ts';
import { openSealedPolicy } from '../sealing/sealed-policy.ts';
import { requireInitialised, type Workspace } from '../workspace/workspace.ts';
import { printMoved, type Wanted } from './rollback-report.ts';

/** Puts a kept version in force: the one asked for, or the newest below the one in force. */
export async function rollBackWorkspace(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  requireInitialised(ws);
  const from = Number((await openSealedPolicy(ws)).version);
  const to = targetOf(wanted.to, from, await keptVersions(ws));
  const bundle = await readBundle(versionPath(ws, to), 'policy');
  await openPolicy(insecureLocalKeyService(ws.localKey), bundle); // refuses a version that does not open
  if (!wanted.dryRun) {
    await keepVersion(ws, from);
    await replaceFile(ws.sealedPolicy, `${JSON.stringify(bundle, null, 2)}\n`);
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
