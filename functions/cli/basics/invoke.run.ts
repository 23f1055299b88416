import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../../lib/base/error-code.ts';
import { CliError, EXIT, type ExitCode } from '../core/exit.ts';
import type { Io } from '../core/io.ts';
import { localEnvironment } from '../local/environment.ts';
import { type LocalFunctions, localFunctions, localTenants } from '../local/functions.ts';
import { localGateway } from '../local/gateway.ts';
import { print, sayFailure } from '../output/text.ts';
import { sayIfUnsealed } from '../sealing/unsealed.ts';
import type { Workspace } from '../workspace/workspace.ts';

type FunctionName = keyof LocalFunctions | 'tenants';

/** Gives one Lambda event to a function and prints the reply. The exit code is 1 when the reply is a refusal. */
export async function invokeFunction(name: FunctionName, file: string, ws: Workspace, io: Io): Promise<ExitCode> {
  const event = await readEvent(file, io);
  const { run, close } = await open(name, ws, io);
  try {
    const reply = await run(event);
    print(io, JSON.stringify(reply));
    if (reply.success !== false && (reply.statusCode ?? 200) < 400) return EXIT.ok;
    sayFailure(io, 'The request was refused');
    return EXIT.bad;
  } finally {
    await close();
  }
}

interface OpenFunction {
  readonly run: (event: unknown) => Promise<LocalReply>;
  readonly close: () => Promise<void>;
}

async function open(name: FunctionName, ws: Workspace, io: Io): Promise<OpenFunction> {
  if (name === 'tenants') {
    const gateway = localGateway(ws);
    return { run: localTenants(gateway, io) as OpenFunction['run'], close: () => gateway.close() };
  }
  const environment = await localEnvironment(ws, io);
  await sayIfUnsealed(ws, io);
  return { run: localFunctions(environment, io)[name] as OpenFunction['run'], close: () => environment.close() };
}

/** The members that tell a refusal: Redshift's own, and the status of HTTP. */
interface LocalReply {
  readonly success?: boolean;
  readonly statusCode?: number;
}

async function readEvent(path: string, io: Io): Promise<unknown> {
  let source: string;
  try {
    source = path === '-' ? await text(io.stdin) : await readFile(path, 'utf8');
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
