import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../../lib/base/error-code.ts';
import { redshiftHandler } from '../../redshift.ts';
import type { RedshiftEvent } from '../../../lib/wire/redshift.ts';
import { CliError } from '../failure.ts';
import { faultLog } from '../fault-log.ts';
import { lambdaContext } from '../lambda-context.ts';
import { localEnvironment } from '../local-environment.ts';
import { print } from '../output.ts';
import { workspace } from '../workspace.ts';

/** `protector invoke redshift`: one Lambda event in, the reply out. Rejects with `CLI_BAD` when the reply is a refusal. */
export async function invokeRedshift(options: { event: string; dir: string }): Promise<void> {
  const event = await readEvent(options.event);
  const environment = await localEnvironment(workspace(options.dir));
  try {
    const handler = redshiftHandler(() => Promise.resolve(environment), faultLog);
    const reply = await handler(event, lambdaContext());
    print(JSON.stringify(reply));
    if (!reply.success) throw new CliError('CLI_BAD', 'The batch was refused');
  } finally {
    await environment.close();
  }
}

async function readEvent(path: string): Promise<RedshiftEvent> {
  let source: string;
  try {
    source = path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError('CLI_USAGE', `The event file ${path} cannot be read (${errorCode(error)})`);
  }
  try {
    return JSON.parse(source) as RedshiftEvent;
  } catch {
    // V8's message would quote the event, and the event holds data.
    throw new CliError('CLI_USAGE', 'The event is not JSON');
  }
}
