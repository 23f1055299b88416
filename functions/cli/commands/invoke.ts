import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../../lib/base/error-code.ts';
import { CliError } from '../failure.ts';
import { localEnvironment } from '../local-environment.ts';
import { type LocalFunctions, localFunctions, localTenants } from '../local-functions.ts';
import { localGateway } from '../local-gateway.ts';
import { print } from '../output.ts';
import { type Workspace, workspace } from '../workspace.ts';

export interface InvokeOptions {
  readonly event: string;
  readonly dir: string;
}

/** `protector invoke FUNCTION`: one Lambda event in, the reply out. Rejects with `CLI_BAD` when the reply is a refusal. */
export async function invoke(name: keyof LocalFunctions | 'tenants', options: InvokeOptions): Promise<void> {
  const event = await readEvent(options.event);
  const { run, close } = await open(name, workspace(options.dir));
  try {
    const reply = await run(event);
    print(JSON.stringify(reply));
    if (reply.success === false || (reply.statusCode ?? 200) >= 400)
      throw new CliError('CLI_BAD', 'The request was refused');
  } finally {
    await close();
  }
}

interface OpenFunction {
  readonly run: (event: unknown) => Promise<LocalReply>;
  readonly close: () => Promise<void>;
}

async function open(name: keyof LocalFunctions | 'tenants', ws: Workspace): Promise<OpenFunction> {
  if (name === 'tenants') {
    const gateway = localGateway(ws);
    return { run: localTenants(gateway) as OpenFunction['run'], close: () => gateway.close() };
  }
  const environment = await localEnvironment(ws);
  return { run: localFunctions(environment)[name] as OpenFunction['run'], close: () => environment.close() };
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
