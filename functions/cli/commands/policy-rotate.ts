import { readFile } from 'node:fs/promises';
import { editElement } from '../../../lib/policy/edit-source.ts';
import { keyVersionOf, oldKeyVersionsOf, sqlVersionName, versionName } from '../../../lib/policy/key-versions.ts';
import { newestVersion } from '../../../lib/policy/keyring.ts';
import { NameDirectory } from '../../../lib/policy/names.ts';
import { rotateElement } from '../../../lib/policy/rotate.ts';
import { rotationSql } from '../../../lib/ddl/rotation.ts';
import { SourceError, sourceFormat } from '../../../lib/document/source.ts';
import { CliError } from '../failure.ts';
import { print, say, styled } from '../output.ts';
import { readPolicyFiles } from '../policy-files.ts';
import { replaceFile } from '../replace-file.ts';
import { workspace } from '../workspace.ts';
import { UNKNOWN_PLACES } from './ddl.ts';
import { addRootKey, openWorkspaceKeyring } from './keys.ts';

export interface PolicyRotateOptions {
  readonly dir: string;
  readonly table?: string;
  readonly column?: string;
  readonly json?: boolean;
}

/**
 * `protector policy rotate ELEMENT`: writes a new key version and the one it had into the policy file, and prints the SQL that
 * moves a column. An element that has the newest root key already gets a new one made.
 */
export async function policyRotate(elementName: string, options: PolicyRotateOptions): Promise<void> {
  const ws = workspace(options.dir);
  const { policyFile, policy, mapping } = await readPolicyFiles(ws);
  const found = new NameDirectory(policy.elements.map((element) => [element.name, element])).resolve(elementName);
  if (found.kind !== 'found') throw new CliError('CLI_USAGE', `${policyFile} has no element ${elementName}`);
  const element = found.value;
  const { content } = await openWorkspaceKeyring(ws);
  const newest = newestVersion(content);
  rotateElement(element, newest); // refuses before a key is made
  const added = newest <= keyVersionOf(element);
  const rotation = rotateElement(element, added ? await addRootKey(ws) : newest);
  const { keyVersion, oldKeyVersions } = rotation;
  const text = await readFile(policyFile, 'utf8');
  const index = policy.elements.indexOf(element);
  await replaceFile(policyFile, edited(policyFile, text, index, { keyVersion, oldKeyVersions }));
  const versions = { keyVersion, oldKeyVersions: [...oldKeyVersions] };
  const elements = policy.elements.map((one) => (one === element ? { ...one, ...versions } : one));
  const rotated = { ...policy, elements };
  const { functionName, mapping: needed, ...sql } = rotationSql(rotated, mapping, rotation, options, UNKNOWN_PLACES);
  const isShort = Object.keys(needed).length > 0;
  if (options.json === true) {
    return print(JSON.stringify({ ...rotation, functionName, ...(isShort && { mapping: needed }), ...sql }));
  }

  const { element: name, oldName } = rotation;
  const sqlName = sqlVersionName(name, keyVersionOf(element));
  if (added) say(`${styled('green', '✓')} root key version ${keyVersion} is made: ${name} had the newest`);
  say(`${styled('green', '✓')} ${policyFile}: ${name} protects with key version ${keyVersion}`);
  say(`  What is protected already is read as ${oldName}, in SQL also ${sqlName}.`);
  for (const older of oldKeyVersionsOf(element)) {
    say(
      `  Columns of ${versionName(name, older)} need the SQL that was printed for them: this moves those of ${oldName}.`,
    );
  }
  if (isShort) say(`  mapping.json needs this entry: ${JSON.stringify(needed)}`);
  say(`
Stop what writes to the column, run "protector policy seal", then one of these, once for each column: a token does not say
which key it is under, and one that is moved twice is lost. A column that has an external IV needs it in mapping.json
(Redshift) or in the header (Snowflake). When no column is left, remove oldKeyVersions and seal again.
`);
  print(`-- Amazon Redshift\n${sql.redshift}\n\n-- Snowflake\n${sql.snowflake}`);
  if (!isShort) say(`\nHere: protector query "select ${functionName}(token) from …"`);
}

function edited(file: string, text: string, index: number, members: Parameters<typeof editElement>[3]): string {
  try {
    return editElement(text, sourceFormat(file), index, members);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new CliError('CLI_USAGE', `${file}: ${error.message}; it needs ${JSON.stringify(members)}`);
  }
}
