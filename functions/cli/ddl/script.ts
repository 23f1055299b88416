// What both warehouses' scripts have in common: the policy they are made for, their parts, and how they are printed.
import { parseColumn, type ProtectedColumn } from '../../../lib/ddl/columns.ts';
import type { Moves } from '../../../lib/ddl/functions.ts';
import { type DottedName, parseName, renderScript, type Script } from '../../../lib/ddl/script.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { CliError } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { readPolicyWithMapping, readWorkspacePolicy, type WrittenPolicy } from '../documents/policy.ts';
import { print, say } from '../output/text.ts';
import { PLACEHOLDER } from '../sql/placeholders.ts';
import { workspace } from '../workspace/workspace.ts';
import type { ScriptOptions } from './options.ts';

/** Reads the policy that was named, or else that of the workspace. */
export function readPolicyFor({ policy, dir }: ScriptOptions): Promise<WrittenPolicy> {
  return policy === undefined ? readWorkspacePolicy(workspace(dir)) : readPolicyWithMapping(policy);
}

interface ScriptParts {
  readonly moves: Moves;
  readonly schema: DottedName | undefined;
  readonly masked: ProtectedColumn[];
  readonly viewed: ProtectedColumn[];
  readonly columns: ProtectedColumn[];
}

/** Returns the parts that the options ask for. */
export function scriptParts(options: ScriptOptions, policy: PolicyDocument): ScriptParts {
  const { schema, reprotect = [], mask = [], view = [], column = [] } = options;
  return {
    moves: movesOf(reprotect),
    schema: schema === undefined ? undefined : parseName(schema, 1, 2),
    masked: mask.map((text) => parseColumn(text, policy, true)),
    viewed: view.map((text) => parseColumn(text, policy, false)),
    columns: column.map((text) => typedColumn(text, policy)),
  };
}

function typedColumn(text: string, policy: PolicyDocument): ProtectedColumn {
  const column = parseColumn(text, policy, true);
  if (column.type !== undefined) return column;
  throw new CliError('CLI_USAGE', `--column ${text} has no type: write "table.column type=element"`);
}

function movesOf(texts: readonly string[]): Moves {
  if (texts.includes('all')) return 'all';
  return texts.map((text) => {
    const [from, to, more] = text.split('=');
    if (from === undefined || to === undefined || more !== undefined) {
      throw new CliError('CLI_USAGE', `--reprotect ${text} is neither old=new nor all`);
    }
    return { from, to };
  });
}

/** Prints a script. Says what it warns of, and which placeholders are left to be replaced. */
export function printScript(io: Io, script: Script, json: boolean, more: object): void {
  for (const warning of script.warnings) say(io, `Warning: ${warning}`);
  if (json) return print(io, JSON.stringify({ ...script, ...more }));
  const text = renderScript(script);
  io.stdout.write(text);
  const left = Object.values(PLACEHOLDER).filter((placeholder) => text.includes(`'${placeholder}'`));
  if (left.length > 0) say(io, `Replace ${left.join(', ')}: see --function, --api and --role`);
}

/** Returns the ARN of a role; for Redshift also a chain of roles, each of which assumes the next. Throws `CliError`. */
export function roleArn(text: string): string {
  const isChain = text.split(/,(?=arn:)/).every((arn) => /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn));
  if (!isChain) throw new CliError('CLI_USAGE', `--role ${text} is not the ARN of a role`);
  return text;
}
