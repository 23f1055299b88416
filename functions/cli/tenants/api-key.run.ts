import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { appendItem } from '../../../lib/document/append-item.ts';
import { SourceError } from '../../../lib/document/source-error.ts';
import { sourceFormat } from '../../../lib/document/source.ts';
import { apiKeyDigest, apiKeyOf } from '../../../lib/tenants/api-keys.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readWorkspaceTenants } from '../documents/tenants.ts';
import { replaceFile } from '../files/replace.ts';
import { done, print, say } from '../output/text.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Makes an API key, writes its digest into the tenants file and prints the key, which cannot be printed again. */
export async function makeApiKey(ws: Workspace, id: string, json: boolean, io: Io): Promise<ExitCode> {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(id)) throw new CliError('CLI_USAGE', 'An id is 1 to 64 letters, digits and ._-');
  const { file, document } = await readWorkspaceTenants(ws, io.env);
  if (document.apiKeys.some((each) => each.id === id)) {
    const advice = 'give the new one another id, and remove the old one later';
    throw new CliError('CLI_USAGE', `${file} has an API key ${id}: ${advice}`);
  }
  const key = apiKeyOf(randomBytes);
  const sha256 = apiKeyDigest(key).toString('base64');
  await replaceFile(file, edited(file, await readFile(file, 'utf8'), { id, sha256 }));
  if (json) {
    print(io, JSON.stringify({ id, key, sha256 }));
    return EXIT.ok;
  }
  say(io, done(io, `${file}: API key ${id}; it is accepted once "protector tenants seal" has run`));
  say(io, '  Here it is, this once: only its digest is kept.');
  print(io, key);
  return EXIT.ok;
}

function edited(file: string, text: string, item: { readonly id: string; readonly sha256: string }): string {
  try {
    return appendItem(text, sourceFormat(file), 'apiKeys', item);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CliError('CLI_USAGE', `${file}: ${error.message}; "apiKeys" needs ${JSON.stringify(item)}`);
  }
}
