import { randomUUID } from 'node:crypto';
import { didYouMean } from '../../../lib/base/nearest.ts';
import { appendItem } from '../../../lib/document/edit-list.ts';
import { ELEMENT_TYPE_NAMES } from '../../../lib/policy/element-types.ts';
import { elementLike, newElement } from '../../../lib/policy/new-element.ts';
import type { ElementDefinition } from '../../../lib/policy/schema.ts';
import { CliError, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { changePolicyFile, type EditablePolicy } from '../documents/edit-policy.ts';
import { editedText } from '../documents/edit-text.ts';
import { rawPolicy } from '../documents/policy.ts';
import { shellWord } from '../output/shell.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { namedElement } from '../documents/policy-names.ts';
import { reportChange } from '../documents/report-change.ts';

interface Wanted {
  readonly name: string;
  readonly type: string | undefined;
  readonly like: string | undefined;
  readonly set: readonly string[] | undefined;
  readonly description: string | undefined;
  readonly json: boolean;
}

/** Adds an element to the policy file of a workspace, under a new id. */
export async function addElementTo(ws: Workspace, wanted: Wanted, io: Io): Promise<ExitCode> {
  const { name, description, json } = wanted;
  const facts = { id: randomUUID(), name, description };
  const settings = settingsOf(wanted.set ?? []);
  const changed = await changePolicyFile(ws, (before) => {
    const element = membersOf(before, facts, wanted, settings);
    return editedText(before.file, element, (format) => appendItem(before.text, format, ['elements'], element));
  });
  const next = `"protector policy grant <role> ${shellWord(name)} --protect", then "protector policy seal"`;
  return reportChange(io, changed, { json, facts: { id: facts.id, name }, next });
}

function membersOf(
  { text, file, policy }: EditablePolicy,
  facts: Parameters<typeof newElement>[0],
  { type, like }: Wanted,
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if ((type === undefined) === (like === undefined)) {
    throw new CliError('CLI_USAGE', 'Give either --type, as "protector methods" lists them, or --like with an element');
  }
  if (like === undefined) return newElement(facts, typeNamed(type!), settings);
  const other = policy.elements.indexOf(namedElement(policy, like));
  // As the file has it: without what the schema adds.
  return elementLike(facts, rawPolicy(file, text).elements[other]!, settings);
}

function typeNamed(type: string): ElementDefinition['type'] {
  const found = ELEMENT_TYPE_NAMES.find((each) => each === type);
  if (found !== undefined) return found;
  const hint = didYouMean(type, ELEMENT_TYPE_NAMES);
  throw new CliError('CLI_USAGE', `There is no element type ${type}${hint} ("protector methods" lists them)`);
}

/** Reads `member=value`: JSON where the value is JSON, else text. */
function settingsOf(texts: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, member, value] = /^(\w+)=([^]*)$/.exec(text) ?? [];
      if (member === undefined) throw new CliError('CLI_USAGE', `--set takes member=value, such as fromRight=4`);
      return [member, valueOf(value!)];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
