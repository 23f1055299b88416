import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { appendItem } from '../../../lib/document/edit-list.ts';
import { apiKeyDigest, apiKeyOf } from '../../../lib/tenants/api-keys.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { editedText } from '../documents/edit-text.ts';
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
  const text = await readFile(file, 'utf8');
  const added = editedText(file, { apiKeys: [{ id, sha256 }] }, (format) =>
    appendItem(text, format, ['apiKeys'], { id, sha256 }),
  );
  await replaceFile(file, added);
  if (json) {
    print(io, JSON.stringify({ id, key, sha256 }));
    return EXIT.ok;
  }
  say(io, done(io, `${file}: API key ${id}; it is accepted once "protector tenants seal" has run`));
  say(io, '  Here it is, this once: only its digest is kept.');
  print(io, key);
  return EXIT.ok;
}
