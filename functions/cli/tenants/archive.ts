import { command } from '../core/command.ts';
import { wholeNumber } from '../core/readers.ts';
import { jsonOutput, tenantsPlace, withoutAsking, workspaceDir } from '../options.ts';
import { workspace } from '../workspace/workspace.ts';

export const archive = command({
  name: 'archive',
  summary: 'let a former secret give no deterministic keys any more; it is kept',
  arguments: {
    tenant: { summary: 'its id' },
    secret: { read: wholeNumber, summary: 'id of the secret, as "tenants show --json" lists it' },
  },
  options: {
    path: { value: '<secret path>', summary: 'for this secret path only; default: for all', conflicts: 'undo' },
    undo: { summary: 'let it give keys again, for every path' },
    dryRun: { summary: 'say what would change, and change nothing' },
    ...withoutAsking,
    ...workspaceDir,
    ...tenantsPlace,
    ...jsonOutput,
  },
  help: `
Fields under an archived secret are not found or decrypted: "rotateField" of the clients moves them before. On a terminal it shows
what it will do and asks; --undo does not ask.

Examples:
  protector tenants archive acme 3141592653 --dry-run
  protector tenants archive acme 3141592653 --path ssn
  protector tenants archive acme 3141592653 --undo`,
  run: async ({ tenant, secret, path, undo, dir, at, ...how }, io) => {
    const { archiveTenantSecret } = await import('./archive.run.ts');
    return archiveTenantSecret(workspace(dir), { tenant, secret, path, undo, at }, how, io);
  },
});
