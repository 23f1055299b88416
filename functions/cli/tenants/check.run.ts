import { existsSync } from 'node:fs';
import { DocumentError, type Problem } from '../../../lib/document/problem.ts';
import { nextContent } from '../../../lib/tenants/next-content.ts';
import { movesOf, type SecretMove } from '../../../lib/tenants/secrets.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { located } from '../documents/document.ts';
import { readWorkspaceTenants, type WrittenTenants } from '../documents/tenants.ts';
import { done, print, quantity, say, sayFailure } from '../output/text.ts';
import { openSealedTenants, sealedPlace } from '../sealing/tenants.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { sayWarnings } from './warnings.ts';

/** Checks the tenants file with its secrets, and what sealing it would change. Rejects with `TenantsError`. */
export async function checkTenants(
  ws: Workspace,
  own: readonly string[] | undefined,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  try {
    const { written, moves } = await readChecked(ws, own, io);
    const { file, document, warnings } = written;
    const tenants = document.tenants.length;
    const sinks = document.tenants.reduce((sum, tenant) => sum + tenant.sinks.length, 0);
    const apiKeys = document.apiKeys.length;
    if (json) {
      print(io, JSON.stringify({ valid: true, tenants, sinks, apiKeys, problems: [], warnings, moves }));
      return EXIT.ok;
    }
    sayWarnings(io, written);
    for (const { tenantId, from, to } of moves) {
      say(io, `${tenantId}: sealing moves its secrets from KMS configuration ${from} to ${to}, which both must allow`);
    }
    const counts = [quantity(tenants, 'tenant'), quantity(sinks, 'sink'), quantity(apiKeys, 'API key')];
    print(io, done(io, `${file}: ${counts.join(', ')}`));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof DocumentError) || !json) throw error;
    print(io, JSON.stringify({ valid: false, problems: error.problems satisfies readonly Problem[] }));
    sayFailure(io, `${error.what} is refused`);
    return EXIT.bad;
  }
}

interface Checked {
  readonly written: WrittenTenants;
  /** Secrets that sealing would move to another KMS configuration. */
  readonly moves: readonly SecretMove[];
}

async function readChecked(ws: Workspace, own: readonly string[] = [], io: Io): Promise<Checked> {
  const written = await readWorkspaceTenants(ws, io.env, { own });
  if (!existsSync(ws.sealedTenants)) return { written, moves: [] };
  const { content } = await openSealedTenants(await sealedPlace(ws, undefined));
  const next = located(written.source, () => nextContent(written.document, written.secrets, content));
  return { written, moves: movesOf(next) };
}
