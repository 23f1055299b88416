// The runs of the state machine of a deployment. Its client is loaded by those who name one.
import type { Runs } from '../../../lib/adapters/step-functions/runs.ts';
import { CliError } from '../core/exit.ts';

type Module = typeof import('../../../lib/adapters/step-functions/runs.ts');

/** Lets `use` work with the runs of a machine, in the Region of its ARN. Rejects with `CliError` for another text than an ARN. */
export async function withRuns<T>(arn: string, use: (runs: Runs, module: Module) => Promise<T>): Promise<T> {
  const [module, { stepFunctionsClient }] = await Promise.all([
    import('../../../lib/adapters/step-functions/runs.ts'),
    import('../../../lib/adapters/step-functions/client.ts'),
  ]);
  const machine = module.parseMachine(arn);
  if (machine === undefined) {
    const example = 'arn:aws:states:eu-central-1:111122223333:stateMachine:protector-files';
    throw new CliError('CLI_USAGE', `--machine must be the ARN of a state machine, such as ${example}`);
  }
  const client = stepFunctionsClient({ region: machine.region });
  try {
    return await use(module.stepFunctionsRuns({ client, machine }), module);
  } finally {
    client.destroy();
  }
}
