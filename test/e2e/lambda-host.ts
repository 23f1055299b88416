// What runs the functions of the emulator: it keeps their code and configuration, and hands invocations on. Each
// published version of a function, and each state of the unpublished one, gets an execution environment, which is kept
// for the next invocation.
//
// Not as on AWS: layers lie in a directory of their own instead of /opt, so the two paths that lead there are set; the
// access key is the name of the role, which the emulator knows it by; an environment of any function is invoked once at
// a time, and what it prints is kept here.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type FunctionConfiguration, GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DEFAULT_POLICY_PATH, DEFAULT_SIGNING_KEY_PATH, ENV } from '../../lib/contract/protect-function.ts';
import { bodyOf, serve } from '../support/http-server.ts';
import { type LambdaRuntime, startLambda } from '../support/lambda-runtime.ts';

/** What the emulator says of an invocation. */
interface Call {
  readonly region: string;
  readonly functionName: string;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  /** Directories: the unpacked archive, and the layers as they would be under /opt. */
  readonly code: string;
  readonly layers: string;
  readonly event: unknown;
}

interface Environment {
  readonly logStream: string;
  readonly timeoutMs: number;
  readonly runtime: Promise<LambdaRuntime>;
  /** The end of the invocation before. */
  last: Promise<unknown>;
}

export interface LambdaHost {
  readonly endpoint: string;
  /** What the environments of a function printed, in the order in which they began. */
  output(functionName: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Runs functions whose configuration the client of their Region gives. `aws`: variables by which they reach the emulator. */
export async function startLambdaHost(
  clientOf: (region: string) => LambdaClient,
  aws: Readonly<Record<string, string>>,
): Promise<LambdaHost> {
  const clients = new Map<string, LambdaClient>();
  const environments = new Map<string, Environment>();

  function start(call: Call, configuration: FunctionConfiguration): Environment {
    const { region, functionName, version, code, layers } = call;
    const logStream = `2026/11/24/[${version}]${randomUUID().replaceAll('-', '')}`;
    const inLayers = (path: string): string => join(layers, path.slice('/opt/'.length));
    const runtime = startLambda(code, {
      ...aws,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: configuration.Role!.split('/').at(-1)!,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_FUNCTION_VERSION: version,
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      [ENV.policyPath]: inLayers(DEFAULT_POLICY_PATH),
      [ENV.signingKeyPath]: inLayers(DEFAULT_SIGNING_KEY_PATH),
      ...configuration.Environment?.Variables,
    });
    return { logStream, timeoutMs: configuration.Timeout! * 1000, runtime, last: Promise.resolve() };
  }

  async function environmentOf(call: Call): Promise<Environment> {
    const { region, functionName, version } = call;
    const client = clients.get(region) ?? clientOf(region);
    clients.set(region, client);
    const request = { FunctionName: functionName, Qualifier: version };
    const configuration = await client.send(new GetFunctionConfigurationCommand(request));
    const id = `${region}:${functionName}:${version}:${configuration.RevisionId}`;
    const environment = environments.get(id) ?? start(call, configuration);
    environments.set(id, environment);
    return environment;
  }

  const server = await serve(async (request, response) => {
    const call = JSON.parse((await bodyOf(request)).toString()) as Call;
    try {
      const environment = await environmentOf(call);
      const runtime = await environment.runtime;
      const answer = environment.last.then(() => runtime.invoke(call.event, { timeoutMs: environment.timeoutMs }));
      environment.last = answer.catch(() => {});
      response.end(JSON.stringify(await answer));
    } catch (error) {
      response.setHeader('X-Amz-Function-Error', 'Unhandled');
      response.end(error instanceof Error ? error.message : String(error));
    }
  });

  return {
    endpoint: server.endpoint,
    async output(functionName) {
      const own = [...environments].filter(([id]) => id.split(':')[1] === functionName);
      return (await Promise.all(own.map(async ([, { runtime }]) => (await runtime).output))).flat();
    },
    async close() {
      const runtimes = await Promise.allSettled([...environments.values()].map(({ runtime }) => runtime));
      await Promise.all(runtimes.flatMap((each) => (each.status === 'fulfilled' ? [each.value.kill()] : [])));
      await server.close();
      for (const client of clients.values()) client.destroy();
    },
  };
}
