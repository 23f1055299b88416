// AWS Lambda: function configurations, versions, aliases and invocations. `RevisionId` makes each change conditional on
// the revision that was read. The one in UpdateFunctionConfiguration's reply is not used: it changes again when the
// update is done.
import { createHash } from 'node:crypto';
import {
  type FunctionConfiguration as Configuration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { canonicalJson } from '../../crypto/canonical-json.ts';
import type { Aliases, FunctionConfiguration, Invocation, Invoker, ProtectFunctions } from '../../publication/ports.ts';
import { lambdaFault } from './fault.ts';

/** Reads, changes and publishes functions. Makes no retries itself. */
export function lambdaFunctions({ client }: { client: LambdaClient }): ProtectFunctions {
  return {
    async configuration(name, version) {
      const command = new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: version });
      const reply = await client.send(command).catch((error: unknown) => {
        throw lambdaFault('GetFunctionConfiguration', error);
      });
      return {
        layers: layersOf(reply),
        revision: reply.RevisionId ?? '',
        build: buildOf(reply),
        state: stateOf(reply),
      };
    },

    async setLayers(name, layers, revision) {
      const request = { FunctionName: name, Layers: [...layers], RevisionId: revision };
      await client.send(new UpdateFunctionConfigurationCommand(request)).catch((error: unknown) => {
        throw lambdaFault('UpdateFunctionConfiguration', error);
      });
    },

    async publish(name, revision, description) {
      const request = { FunctionName: name, RevisionId: revision, Description: description };
      const reply = await client.send(new PublishVersionCommand(request)).catch((error: unknown) => {
        throw lambdaFault('PublishVersion', error);
      });
      return { version: reply.Version ?? '', layers: layersOf(reply) };
    },
  };
}

/** Reads and moves the alias `alias` of each function. A move ends weighted routing to a second version. */
export function lambdaAliases({ client, alias }: { client: LambdaClient; alias: string }): Aliases {
  return {
    async get(name) {
      const reply = await client
        .send(new GetAliasCommand({ FunctionName: name, Name: alias }))
        .catch((error: unknown) => {
          throw lambdaFault('GetAlias', error);
        });
      return { version: reply.FunctionVersion ?? '', revision: reply.RevisionId ?? '' };
    },

    async move(name, version, revision, description) {
      const target = { FunctionName: name, Name: alias, FunctionVersion: version };
      const rest = { RevisionId: revision, Description: description, RoutingConfig: { AdditionalVersionWeights: {} } };
      await client.send(new UpdateAliasCommand({ ...target, ...rest })).catch((error: unknown) => {
        throw lambdaFault('UpdateAlias', error);
      });
    },
  };
}

/** Invokes versions synchronously. Reports only the type of a function's error. */
export function lambdaInvoker({ client }: { client: LambdaClient }): Invoker {
  return {
    async invoke(name, version, event): Promise<Invocation> {
      const request = { FunctionName: name, Qualifier: version, Payload: Buffer.from(JSON.stringify(event)) };
      const reply = await client.send(new InvokeCommand(request)).catch((error: unknown) => {
        throw lambdaFault('Invoke', error);
      });
      const answer = parse(Buffer.from(reply.Payload ?? []).toString('utf8'));
      if (reply.FunctionError === undefined) return { kind: 'reply', reply: answer };
      const { errorType } = Object(answer) as { errorType?: unknown };
      return { kind: 'broken', error: typeof errorType === 'string' ? errorType : reply.FunctionError };
    },
  };
}

function layersOf({ Layers = [] }: Configuration): string[] {
  return Layers.map(({ Arn }) => Arn ?? '');
}

/** Digests what a deployment sets, without what Lambda changes by itself, such as the patch of a runtime. */
function buildOf(configuration: Configuration): string {
  const { CodeSha256, Handler, Runtime, MemorySize, Timeout, EphemeralStorage, Environment, VpcConfig } = configuration;
  const instances = configuration.CapacityProviderConfig?.LambdaManagedInstancesCapacityProviderConfig;
  const settings = {
    code: CodeSha256,
    handler: Handler,
    runtime: Runtime,
    memory: MemorySize,
    timeout: Timeout,
    storage: EphemeralStorage?.Size,
    environment: Environment?.Variables,
    subnets: VpcConfig?.SubnetIds?.toSorted(),
    securityGroups: VpcConfig?.SecurityGroupIds?.toSorted(),
    instances:
      instances &&
      [
        instances.CapacityProviderArn,
        instances.PerExecutionEnvironmentMaxConcurrency,
        instances.ExecutionEnvironmentMemoryGiBPerVCpu,
      ].map(String),
  };
  const present = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return createHash('sha256').update(canonicalJson(present)).digest('hex');
}

/**
 * Maps the state. An `Inactive` function was idle for weeks; the next invocation wakes it. The unpublished configuration of
 * a function on instances is `ActiveNonInvocable`.
 */
function stateOf({ State, LastUpdateStatus }: Configuration): FunctionConfiguration['state'] {
  if (State === 'Failed' || LastUpdateStatus === 'Failed') return 'failed';
  if (State === 'Deactivated') return 'stopped';
  return State === 'Pending' || State === 'Deactivating' || LastUpdateStatus === 'InProgress' ? 'busy' : 'ready';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
