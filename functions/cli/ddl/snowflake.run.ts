import { parseName } from '../../../lib/ddl/script.ts';
import { snowflakeScript } from '../../../lib/ddl/snowflake.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { PLACEHOLDER } from '../sql/placeholders.ts';
import type { ScriptOptions } from './options.ts';
import { printScript, readPolicyFor, roleArn, scriptParts } from './script.ts';

/** Where Snowflake finds the function. */
interface Deployment {
  readonly api: string | undefined;
  readonly role: string | undefined;
  readonly integration: string;
}

/** Prints the script for Snowflake. */
export async function printSnowflakeScript(given: Deployment, options: ScriptOptions, io: Io): Promise<ExitCode> {
  const { policy, mapping } = await readPolicyFor(options);
  const script = snowflakeScript(policy, mapping, {
    url: given.api === undefined ? PLACEHOLDER.url : gatewayUrl(given.api),
    role: given.role === undefined ? PLACEHOLDER.role : roleArn(given.role),
    integration: parseName(given.integration, 1, 1),
    ...scriptParts(options, policy),
  });
  printScript(io, script, options.json, {});
  return EXIT.ok;
}

function gatewayUrl(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') {
    throw new CliError('CLI_USAGE', `--api ${text} is not an https URL`);
  }
  return text;
}
