import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../../lib/base/error-code.ts';
import { CliError } from '../failure.ts';
import { localEnvironment } from '../local-environment.ts';
import { type LocalFunctions, localFunctions } from '../local-functions.ts';
import { print } from '../output.ts';
import { workspace } from '../workspace.ts';

export interface InvokeOptions {
  readonly event: string;
  readonly dir: string;
}

/** `protector invoke FUNCTION`: one Lambda event in, the reply out. Rejects with `CLI_BAD` when the reply is a refusal. */
export async function invoke(name: keyof LocalFunctions, options: InvokeOptions): Promise<void> {
  const event = await readEvent(options.event);
  const environment = await localEnvironment(workspace(options.dir));
  try {
    const run = localFunctions(environment)[name] as (event: unknown) => Promise<LocalReply>;
    const reply = await run(event);
    print(JSON.stringify(reply));
    if (reply.success === false || (reply.statusCode ?? 200) >= 400)
      throw new CliError('CLI_BAD', 'The batch was refused');
  } finally {
    await environment.close();
  }
}

/** What tells a refusal: Redshift's member, or an HTTP status. */
interface LocalReply {
  readonly success?: boolean;
  readonly statusCode?: number;
}

async function readEvent(path: string): Promise<unknown> {
  let source: string;
  try {
    source = path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('CLI_USAGE', `The event file ${path} cannot be read (${errorCode(error)})`);
  }
  try {
    return JSON.parse(source) as unknown;
  } catch {
    // V8's message would quote the event, and the event holds data.
    throw new CliError('CLI_USAGE', 'The event is not JSON');
  }
}
