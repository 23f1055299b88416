import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { appendItem } from '../../../lib/document/append-item.ts';
import { SourceError, sourceFormat } from '../../../lib/document/source.ts';
import { apiKeyDigest, apiKeyOf } from '../../../lib/tenants/api-keys.ts';
import { CliError } from '../failure.ts';
import { print, say, styled } from '../output.ts';
import { replaceFile } from '../replace-file.ts';
import { readTenantsFiles } from '../tenants-files.ts';
import { workspace } from '../workspace.ts';

/**
 * `protector tenants api-key ID`: makes an API key, writes its digest into the tenants file and prints the key, which nobody can
 * print again.
 */
export async function tenantsApiKey(id: string, options: { dir: string; json?: boolean }): Promise<void> {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(id)) throw new CliError('CLI_USAGE', 'An id is 1 to 64 letters, digits and ._-');
  const { file, document } = await readTenantsFiles(workspace(options.dir));
  if (document.apiKeys.some((key) => key.id === id)) {
    throw new CliError(
      'CLI_USAGE',
      `${file} has an API key ${id}: give the new one another id, and remove the old one later`,
    );
  }
  const key = apiKeyOf(randomBytes);
  const sha256 = apiKeyDigest(key).toString('base64');
  await replaceFile(file, edited(file, await readFile(file, 'utf8'), { id, sha256 }));
  if (options.json === true) return print(JSON.stringify({ id, key, sha256 }));
  say(`${styled('green', '✓')} ${file}: API key ${id}; it is accepted once "protector tenants seal" has run`);
  say('  Here it is, this once: only its digest is kept.');
  print(key);
}

function edited(file: string, text: string, item: { readonly id: string; readonly sha256: string }): string {
  try {
    return appendItem(text, sourceFormat(file), 'apiKeys', item);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CliError('CLI_USAGE', `${file}: ${error.message}; "apiKeys" needs ${JSON.stringify(item)}`);
  }
}
