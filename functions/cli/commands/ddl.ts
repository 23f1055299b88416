import { parseColumn, type ProtectedColumn } from '../../../lib/ddl/columns.ts';
import type { Moves } from '../../../lib/ddl/functions.ts';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { type DottedName, parseName, renderScript, type Script } from '../../../lib/ddl/script.ts';
import { snowflakeScript } from '../../../lib/ddl/snowflake.ts';
import { DEFAULT_ALIAS } from '../../../lib/contract/policy-agent.ts';
import type { PolicyDocument } from '../../../lib/policy/schema.ts';
import { CliError } from '../failure.ts';
import { print, say } from '../output.ts';
import { type PolicyFiles, readPolicyFiles, readPolicyWithMapping } from '../policy-files.ts';
import { workspace } from '../workspace.ts';

export interface DdlOptions {
  readonly dir: string;
  readonly policy?: string;
  readonly role?: string;
  readonly schema?: string;
  readonly reprotect?: readonly string[];
  readonly mask?: readonly string[];
  readonly view?: readonly string[];
  readonly json?: boolean;
}

/** What is not known stays in the script, between angle brackets. */
const UNKNOWN = { lambda: `<function>:${DEFAULT_ALIAS}`, role: '<role>', url: '<url>' };

export const DEFAULT_INTEGRATION = 'protector';

/** For scripts that are made before anything is known. */
export const UNKNOWN_PLACES = {
  redshift: { lambda: UNKNOWN.lambda, role: UNKNOWN.role },
  snowflake: { url: UNKNOWN.url, role: UNKNOWN.role, integration: parseName(DEFAULT_INTEGRATION, 1, 1) },
};

/** `protector ddl redshift` */
export async function ddlRedshift(options: DdlOptions & { readonly function?: string }): Promise<void> {
  const files = await filesOf(options);
  const lambda = options.function === undefined ? UNKNOWN.lambda : lambdaName(options.function);
  const role = options.role === undefined ? undefined : roleArn(options.role);
  const script = redshiftScript(files.policy, files.mapping, { lambda, role, ...placesOf(options, files.policy) });
  show(script, options, { mapping: script.mapping });
  const missing = Object.keys(script.mapping).length;
  if (missing > 0)
    say(`mapping.json needs ${missing} more ${missing === 1 ? 'entry' : 'entries'}: see the top of the script`);
}

/** `protector ddl snowflake` */
export async function ddlSnowflake(
  options: DdlOptions & { readonly api?: string; readonly integration: string },
): Promise<void> {
  const files = await filesOf(options);
  const script = snowflakeScript(files.policy, files.mapping, {
    url: options.api === undefined ? UNKNOWN.url : gatewayUrl(options.api),
    role: options.role === undefined ? UNKNOWN.role : roleArn(options.role),
    integration: parseName(options.integration, 1, 1),
    ...placesOf(options, files.policy),
  });
  show(script, options, {});
}

function filesOf({ policy, dir }: DdlOptions): Promise<PolicyFiles> {
  return policy === undefined ? readPolicyFiles(workspace(dir)) : readPolicyWithMapping(policy);
}

interface Places {
  readonly moves: Moves;
  readonly schema: DottedName | undefined;
  readonly masked: ProtectedColumn[];
  readonly viewed: ProtectedColumn[];
}

function placesOf({ schema, reprotect = [], mask = [], view = [] }: DdlOptions, policy: PolicyDocument): Places {
  return {
    moves: movesOf(reprotect),
    schema: schema === undefined ? undefined : parseName(schema, 1, 2),
    masked: mask.map((column) => parseColumn(column, policy, true)),
    viewed: view.map((column) => parseColumn(column, policy, false)),
  };
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

function show(script: Script, { json }: DdlOptions, more: object): void {
  if (json === true) return print(JSON.stringify({ ...script, ...more }));
  const text = renderScript(script);
  process.stdout.write(text);
  const left = Object.values(UNKNOWN).filter((placeholder) => text.includes(`'${placeholder}'`));
  if (left.length > 0) say(`Replace ${left.join(', ')}: see --function, --api and --role`);
}

/** `name:alias` of a Lambda ARN, or of a name; the alias is the one that callers use unless another is given. */
function lambdaName(text: string): string {
  const found = /^(?:arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(text);
  if (found === null)
    throw new CliError('CLI_USAGE', `--function ${text} is neither the ARN nor the name of a function`);
  return `${found[1]}:${found[2] ?? DEFAULT_ALIAS}`;
}

/** One role, or for Redshift a chain of them, each of which assumes the next. */
function roleArn(text: string): string {
  const isChain = text.split(/,(?=arn:)/).every((arn) => /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn));
  if (!isChain) throw new CliError('CLI_USAGE', `--role ${text} is not the ARN of a role`);
  return text;
}

function gatewayUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') {
    throw new CliError('CLI_USAGE', `--api ${text} is not an https URL`);
  }
  return text;
}
