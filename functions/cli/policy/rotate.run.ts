import { readFile } from 'node:fs/promises';
import { keyVersionOf, oldKeyVersionsOf, sqlVersionName, versionName } from '../../../lib/policy/key-versions.ts';
import { rotateElement } from '../../../lib/policy/rotate.ts';
import { rotationSql } from '../../../lib/ddl/rotation.ts';
import type { MappingDocument, PolicyDocument } from '../../../lib/policy/schema.ts';
import type { Agent } from '../agent/ask.ts';
import { EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { editedPolicy } from '../documents/edit-policy.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { namedElement } from '../documents/policy-names.ts';
import { replaceFile } from '../files/replace.ts';
import { print, say, styled } from '../output/text.ts';
import { keysOf } from '../sealing/root-keys.ts';
import { PLACEHOLDERS } from '../sql/placeholders.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The element, and the column that the SQL moves. */
export interface RotationRequest {
  readonly element: string;
  readonly table: string | undefined;
  readonly column: string | undefined;
}

/**
 * Writes a new key version of an element and the version before into the policy file, and prints the SQL that moves a column.
 * Makes a new root key for an element that has the newest already, and where the newest is compromised.
 */
export async function rotateElementKey(
  ws: Workspace,
  keys: Workspace | Agent,
  request: RotationRequest,
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  const { policyFile, policy, mapping } = await readWorkspacePolicy(ws);
  const element = namedElement(policy, request.element);
  const { newest, isUsable, add } = await keysOf(keys, io);
  rotateElement(element, newest); // refuses before a key is made
  const isAdded = !isUsable || newest <= keyVersionOf(element);
  const made = isAdded && !dryRun ? await add() : newest;
  const rotation = rotateElement(element, isAdded && dryRun ? newest + 1 : made);
  const { keyVersion, oldKeyVersions } = rotation;
  const text = await readFile(policyFile, 'utf8');
  const index = policy.elements.indexOf(element);
  const edited = editedPolicy(policyFile, text, index, { keyVersion, oldKeyVersions });
  if (!dryRun) await replaceFile(policyFile, edited);
  const versions = { keyVersion, oldKeyVersions: [...oldKeyVersions] };
  const elements = policy.elements.map((each) => (each === element ? { ...each, ...versions } : each));
  const sql = sqlFor({ ...policy, elements }, mapping, rotation, request);
  if (json) print(io, JSON.stringify({ ...rotation, ...sql, ...(dryRun && { dryRun }) }));
  else if (dryRun) {
    const would = styled(io.stdout, 'cyan', 'would rotate');
    const more = isAdded ? ', a new root key' : '';
    print(io, `${would} ${element.name} to key version ${keyVersion}${more}; ${rotation.oldName} stays readable`);
  } else printRotation(io, { policyFile, element, rotation, isAdded, sql });
  return EXIT.ok;
}

type RotatedElement = PolicyDocument['elements'][number];
type RotatedTo = ReturnType<typeof rotateElement>;

interface SqlForColumn {
  readonly functionName: string;
  /** What the mapping file lacks for it. */
  readonly mapping?: MappingDocument;
  readonly redshift: string;
  readonly snowflake: string;
}

function sqlFor(
  rotated: PolicyDocument,
  mapping: MappingDocument,
  rotation: RotatedTo,
  { table, column }: RotationRequest,
): SqlForColumn {
  const place = { ...(table !== undefined && { table }), ...(column !== undefined && { column }) };
  const { functionName, mapping: needed, ...sql } = rotationSql(rotated, mapping, rotation, place, PLACEHOLDERS);
  return { functionName, ...(Object.keys(needed).length > 0 && { mapping: needed }), ...sql };
}

interface Report {
  readonly policyFile: string;
  readonly element: RotatedElement;
  readonly rotation: RotatedTo;
  readonly isAdded: boolean;
  readonly sql: SqlForColumn;
}

function printRotation(io: Io, { policyFile, element, rotation, isAdded, sql }: Report): void {
  const { element: name, oldName, keyVersion } = rotation;
  const sqlName = sqlVersionName(name, keyVersionOf(element));
  const tick = styled(io.stdout, 'green', '✓');
  if (isAdded) say(io, `${tick} root key version ${keyVersion} is made: ${name} had the newest`);
  say(io, `${tick} ${policyFile}: ${name} protects with key version ${keyVersion}`);
  say(io, `  What is protected already is read as ${oldName}, in SQL also ${sqlName}.`);
  say(io, '  Column widths do not change: tokens under either key are equally wide.');
  for (const older of oldKeyVersionsOf(element)) {
    const column = versionName(name, older);
    say(io, `  Columns of ${column} need the SQL that was printed for them: this moves those of ${oldName}.`);
  }
  if (sql.mapping !== undefined) say(io, `  mapping.json needs this entry: ${JSON.stringify(sql.mapping)}`);
  say(
    io,
    `
Stop what writes to the column, run "protector policy seal", then one of these, once for each column: a token does not say
which key it is under, and one that is moved twice is lost. A column that has an external IV needs it in mapping.json
(Redshift) or in the header (Snowflake). When no column is left, remove oldKeyVersions and seal again.
`,
  );
  print(io, `-- Amazon Redshift\n${sql.redshift}\n\n-- Snowflake\n${sql.snowflake}`);
  if (sql.mapping === undefined) say(io, `\nHere: protector query "select ${sql.functionName}(token) from …"`);
}
