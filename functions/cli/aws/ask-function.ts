// Asks a function of a deployment, by an invocation that waits for its answer.
import { ProtectorError } from '../../../lib/base/errors.ts';
import { CliError } from '../core/exit.ts';

/** The function, and what messages call it. */
export interface AskedFunction {
  readonly name: string;
  readonly qualifier: string;
  readonly region: string | undefined;
  /** How long its answer may take, in milliseconds. */
  readonly replyMs: number;
  /** Begins messages, before its name: `The policy agent`. */
  readonly called: string;
}

/**
 * Lets `use` ask the function, as often as it likes. The caller needs `lambda:InvokeFunction` on it, and nothing else. Rejects
 * with `CliError` where the function cannot be asked or breaks.
 */
export async function askingFunction<T>(
  { name, qualifier, region, replyMs, called }: AskedFunction,
  use: (ask: (event: object) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  // Workspaces need no client of AWS, and start without it.
  const [{ lambdaClient }, { lambdaInvoker }] = await Promise.all([
    import('../../../lib/adapters/lambda/client.ts'),
    import('../../../lib/adapters/lambda/functions.ts'),
  ]);
  const client = lambdaClient({
    ...(region !== undefined && { region }),
    maxAttempts: 1,
    requestHandler: { requestTimeout: replyMs, throwOnRequestTimeout: true },
  });
  const invoker = lambdaInvoker({ client });
  try {
    return await use(async (event) => {
      const invocation = await invoker.invoke(name, qualifier, event);
      if (invocation.kind === 'reply') return invocation.reply;
      throw new CliError('CLI_USAGE', `${called} ${name} broke (${invocation.error}); its log says more. Ask again`);
    });
  } catch (error) {
    if (error instanceof CliError || !(error instanceof ProtectorError)) throw error;
    throw new CliError('CLI_USAGE', `${called} ${name} cannot be asked: ${error.message}`);
  } finally {
    client.destroy();
  }
}
