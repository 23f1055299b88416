import { readFile } from 'node:fs/promises';
import { traitsOf } from '../../../lib/policy/element-types.ts';
import { hasKey, keyVersionOf, oldKeyVersionsOf, versionName } from '../../../lib/policy/key-versions.ts';
import { someOf } from '../../../lib/policy/key-use.ts';
import { type Rotation, rotateElement } from '../../../lib/policy/rotate.ts';
import type { ElementDefinition } from '../../../lib/policy/schema.ts';
import type { Agent } from '../agent/ask.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { editedPolicy } from '../documents/edit-policy.ts';
import { readWorkspacePolicy } from '../documents/policy.ts';
import { replaceFile } from '../files/replace.ts';
import { confirmed } from '../output/confirm.ts';
import { table } from '../output/table.ts';
import { print, quantity, say, styled } from '../output/text.ts';
import { keysOf } from './root-keys.ts';
import type { Workspace } from '../workspace/workspace.ts';

interface How {
  /** Rotates only the elements that protect with this root key. @default every element that has an older one */
  readonly keyVersion: number | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/**
 * Writes the newest root key into every element of the policy file that has an older one, and keeps the older ones readable.
 * Adds a root key where every element has the newest already, or the newest is compromised. On a terminal it shows what it will
 * do, and asks.
 */
export async function rotateAllElements(
  ws: Workspace,
  keys: Workspace | Agent,
  { keyVersion, dryRun, yes, json }: How,
  io: Io,
): Promise<ExitCode> {
  const { policyFile, policy } = await readWorkspacePolicy(ws);
  const { newest, isUsable, add } = await keysOf(keys, io);
  const isMeant = (element: ElementDefinition): boolean =>
    keyVersion === undefined || (hasKey(element) && keyVersionOf(element) === keyVersion);
  const rotatable = policy.elements.filter((each) => traitsOf(each).key.kind === 'rotatable' && isMeant(each));
  if (keyVersion !== undefined && !policy.elements.some(isMeant)) {
    throw new CliError('CLI_USAGE', `No element of ${policyFile} protects with root key version ${keyVersion}`);
  }
  const isAdded = rotatable.length > 0 && (!isUsable || rotatable.every((element) => keyVersionOf(element) >= newest));
  const to = isAdded ? newest + 1 : newest;
  const touched = rotatable.filter((element) => keyVersionOf(element) < to);
  const rotations = touched.map((element): Rotated => ({ ...rotateElement(element, to), from: keyVersionOf(element) }));
  const digests = policy.elements
    .filter((element) => traitsOf(element).key.kind === 'fixed' && isMeant(element))
    .map(({ name }) => name);
  const older = policy.elements.flatMap((each) => oldKeyVersionsOf(each).map((old) => versionName(each.name, old)));
  const facts = { policyFile, to, isAdded, rotations, digests, older, onAws: 'agent' in keys };
  if (!dryRun && !yes && io.ask !== undefined) {
    if (!json) report(io, { ...facts, dryRun: true });
    const question = `Rotate ${quantity(rotations.length, 'element')} of ${policyFile} to root key version ${to}?`;
    if (!(await confirmed(io, question, yes))) return EXIT.bad;
  }
  if (!dryRun) {
    // The root key is durable before a file names it.
    if (isAdded) await add();
    let text = await readFile(policyFile, 'utf8');
    for (const { element, keyVersion: version, oldKeyVersions } of rotations) {
      const index = policy.elements.findIndex(({ name }) => name === element);
      text = editedPolicy(policyFile, text, index, { keyVersion: version, oldKeyVersions });
    }
    await replaceFile(policyFile, text);
  }
  if (json) print(io, JSON.stringify({ rootKey: to, isAdded, rotations, digests, dryRun }));
  else report(io, { ...facts, dryRun });
  return EXIT.ok;
}

interface Rotated extends Rotation {
  readonly from: number;
}

interface Report {
  readonly policyFile: string;
  readonly to: number;
  readonly isAdded: boolean;
  readonly rotations: readonly Rotated[];
  readonly digests: readonly string[];
  /** Old versions that were read before: their columns are not moved by this rotation. */
  readonly older: readonly string[];
  readonly dryRun: boolean;
  readonly onAws: boolean;
}

function report(io: Io, { policyFile, to, isAdded, rotations, digests, older, dryRun, onAws }: Report): void {
  const rows = rotations.map(({ element, from, keyVersion, oldName }) => [
    element,
    `${from} → ${keyVersion}`,
    oldName,
    `pty_reprotect_${oldName.replace('@', '_v')}__to__${element}`.toLowerCase(),
  ]);
  const columns = ['element', 'key version', 'stays readable as', 'moves a column'];
  if (rows.length > 0) print(io, table(io.stdout, columns, rows));
  const mark = dryRun ? styled(io.stdout, 'cyan', 'would rotate') : styled(io.stdout, 'green', '✓ rotated');
  print(
    io,
    `${mark} ${quantity(rotations.length, 'element')} of ${policyFile} to root key version ${to}${isAdded ? ', a new one' : ''}`,
  );
  if (digests.length > 0) say(io, `  Digests keep their key, add new elements in place of them: ${someOf(digests)}`);
  if (older.length > 0)
    say(io, `  Older versions are still read, their columns need moves of their own: ${someOf(older)}`);
  if (dryRun) return;
  say(
    io,
    `  ${onAws ? 'Put the file into the authoring bucket' : 'Run "protector policy seal"'}, then move each column once: "protector policy rotate --help"`,
  );
}
