import { DEFAULT_ALIAS } from '../../../lib/contract/policy-agent.ts';
import { redshiftScript } from '../../../lib/ddl/redshift.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { say } from '../output/text.ts';
import { PLACEHOLDER } from '../sql/placeholders.ts';
import type { ScriptOptions } from './options.ts';
import { printScript, readPolicyFor, roleArn, scriptParts } from './script.ts';

/** Where Redshift finds the function. */
interface Deployment {
  readonly lambda: string | undefined;
  readonly role: string | undefined;
}

/** Prints the script for Redshift. Says what the mapping file lacks for it. */
export async function printRedshiftScript(given: Deployment, options: ScriptOptions, io: Io): Promise<ExitCode> {
  const { policy, mapping } = await readPolicyFor(options);
  const script = redshiftScript(policy, mapping, {
    lambda: given.lambda === undefined ? PLACEHOLDER.lambda : lambdaName(given.lambda),
    role: given.role === undefined ? undefined : roleArn(given.role),
    ...scriptParts(options, policy),
  });
  printScript(io, script, options.json, { mapping: script.mapping });
  const missing = Object.keys(script.mapping).length;
  if (missing > 0) {
    const entries = `${missing} more ${missing === 1 ? 'entry' : 'entries'}`;
    say(io, `mapping.json needs ${entries}: see the top of the script`);
  }
  return EXIT.ok;
}

/** Returns `name:alias` of a Lambda ARN or name. Without an alias it is the one that callers use. */
function lambdaName(text: string): string {
  const found = /^(?:arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/.exec(text);
  if (found === null)
    throw new CliError('CLI_USAGE', `--function ${text} is neither the ARN nor the name of a function`);
  return `${found[1]}:${found[2] ?? DEFAULT_ALIAS}`;
}
