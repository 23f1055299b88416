// Lambda Managed Instances: the environments of function versions (PutFunctionScalingConfig). A new version starts with three
// environments; one with none of them is deactivated.
import {
  type FunctionScalingConfig,
  GetFunctionScalingConfigCommand,
  type LambdaClient,
  ListFunctionVersionsByCapacityProviderCommand,
  PutFunctionScalingConfigCommand,
  type State,
} from '@aws-sdk/client-lambda';
import type { Capacity, FunctionVersion } from '../../publication/ports.ts';
import { lambdaFault } from './fault.ts';

export interface LambdaCapacityOptions {
  readonly client: LambdaClient;
  /** Name of the capacity provider. */
  readonly provider: string;
  /** The least and the most environments of a version that was started. */
  readonly least: number;
  readonly most: number;
}

const WITHOUT: ReadonlySet<State> = new Set(['Deactivated', 'Deactivating', 'Deleting', 'ActiveNonInvocable']);

/** Starts and stops versions of the functions on one capacity provider. Makes no retries itself. */
export function lambdaCapacity({ client, provider, least, most }: LambdaCapacityOptions): Capacity {
  const scale = async ({ name, version }: FunctionVersion, config: FunctionScalingConfig): Promise<void> => {
    const request = { FunctionName: name, Qualifier: version, FunctionScalingConfig: config };
    await client.send(new PutFunctionScalingConfigCommand(request)).catch((error: unknown) => {
      throw lambdaFault('PutFunctionScalingConfig', error);
    });
  };
  return {
    async running() {
      const versions: FunctionVersion[] = [];
      for (let marker: string | undefined; ; ) {
        const command = new ListFunctionVersionsByCapacityProviderCommand({
          CapacityProviderName: provider,
          Marker: marker,
        });
        // oxlint-disable-next-line no-await-in-loop -- each page names the next
        const reply = await client.send(command).catch((error: unknown) => {
          throw lambdaFault('ListFunctionVersionsByCapacityProvider', error);
        });
        for (const { FunctionArn, State } of reply.FunctionVersions ?? []) {
          const listed = versionOf(FunctionArn ?? '');
          if (listed !== undefined && !(State !== undefined && WITHOUT.has(State))) versions.push(listed);
        }
        marker = reply.NextMarker;
        if (marker === undefined || marker === '') return versions;
      }
    },
    async start(name, version) {
      const command = new GetFunctionScalingConfigCommand({ FunctionName: name, Qualifier: version });
      const reply = await client.send(command).catch((error: unknown) => {
        throw lambdaFault('GetFunctionScalingConfig', error);
      });
      const now = { ...reply.AppliedFunctionScalingConfig, ...reply.RequestedFunctionScalingConfig };
      if (now.MinExecutionEnvironments === least && now.MaxExecutionEnvironments === most) return;
      await scale({ name, version }, { MinExecutionEnvironments: least, MaxExecutionEnvironments: most });
    },
    stop: (name, version) => scale({ name, version }, { MinExecutionEnvironments: 0, MaxExecutionEnvironments: 0 }),
  };
}

/** `arn:aws:lambda:<Region>:<account>:function:<name>:<number>`; undefined for `$LATEST` and what is like it. */
function versionOf(arn: string): FunctionVersion | undefined {
  const [, name, version] = /:function:([\w-]+):(\d+)$/.exec(arn) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
