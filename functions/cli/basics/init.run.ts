import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { done, print } from '../output/text.ts';
import { createWorkspace, printTenants } from '../workspace/create.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Makes a directory with a sample policy, sample tenants, local keys and the sealed bundles. Overwrites nothing. */
export async function makeWorkspace(ws: Workspace, io: Io): Promise<ExitCode> {
  await createWorkspace(ws, io);
  print(io, done(io, `${ws.policy}         the sample policy: edit it, then run "protector policy seal"`));
  print(io, done(io, `${ws.policyTests}   its tests, which "protector policy test" runs`));
  print(io, done(io, `${ws.sealedPolicy}  what the protector reads`));
  print(io, done(io, `${ws.sealedKeyring}  the root keys, which outlive every policy`));
  print(io, done(io, `${ws.localKey}, ${ws.signingKey}  keys for trying it out, not for real data`));
  printTenants(io, ws);
  return EXIT.ok;
}
