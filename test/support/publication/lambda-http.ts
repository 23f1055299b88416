// The REST API of AWS Lambda over `LambdaModel`, as a request handler of the SDK: requests go through the SDK's own client,
// serialisation and error handling, and no further.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { LambdaFault, type LambdaModel, versionState } from './lambda-model.ts';

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

type Json = Readonly<Record<string, unknown>>;
interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A client of the model. `maxAttempts`: 1 shows every failure to the caller, as after all of its attempts. */
export function modelClient(model: LambdaModel, maxAttempts = 1): LambdaClient {
  return new LambdaClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // The model asks for no signature, and a signature takes as long as the rest of a call.
    signer: { sign: (request) => Promise.resolve(request) },
    maxAttempts,
    requestHandler: {
      async handle(request: HttpRequest) {
        const { status, headers, body } = await answer(model, request);
        return {
          response: {
            statusCode: status,
            headers: { 'content-type': 'application/json', ...headers },
            body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
          },
        };
      },
    } as never,
  });
}

/** The model as a service on 127.0.0.1, for clients in other processes. */
export async function startLambdaService(model: LambdaModel): Promise<{ endpoint: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const serve = async (): Promise<void> => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const { status, headers, body } = await answer(model, {
        method: request.method ?? '',
        path: pathname,
        query: Object.fromEntries(searchParams),
        body: await text(request),
      });
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    serve().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function answer(model: LambdaModel, request: HttpRequest): Promise<Reply> {
  try {
    return await route(model, request);
  } catch (error) {
    if (!(error instanceof LambdaFault)) throw error;
    const headers = { 'x-amzn-errortype': error.name };
    return { status: error.status, headers, body: { Type: 'User', Message: error.message } };
  }
}

async function route(model: LambdaModel, { method, path, query, body }: HttpRequest): Promise<Reply> {
  const [, , kind, name, part, argument] = path.split('/').map(decodeURIComponent) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const json = (): Json => JSON.parse(textOf(body)) as Json;
  const qualifier = query?.['Qualifier'] as string | undefined;
  switch (`${method} ${kind} ${part ?? ''}`) {
    case 'GET functions configuration':
      return { status: 200, body: configuration(model.getFunctionConfiguration(name, qualifier)) };
    case 'PUT functions configuration': {
      const { Layers, RevisionId } = json();
      const updated = model.updateFunctionConfiguration(name, Layers as string[], RevisionId as string | undefined);
      return { status: 200, body: configuration({ ...updated, version: '$LATEST' }) };
    }
    case 'POST functions versions': {
      const { RevisionId, Description } = json();
      const published = model.publishVersion(name, RevisionId as string | undefined, Description as string);
      return { status: 201, body: configuration(published) };
    }
    case 'GET functions aliases':
      return { status: 200, body: alias(model.getAlias(name, argument)) };
    case 'PUT functions aliases': {
      const { FunctionVersion, RevisionId, Description, RoutingConfig } = json();
      const { AdditionalVersionWeights } = Object(RoutingConfig) as Record<string, Record<string, number> | undefined>;
      const updated = model.updateAlias(name, argument, {
        version: FunctionVersion as string,
        revision: RevisionId as string | undefined,
        description: Description as string,
        weights: AdditionalVersionWeights,
      });
      return { status: 200, body: alias(updated) };
    }
    case 'POST functions invocations': {
      const outcome = await model.invoke(name, qualifier ?? '$LATEST', json());
      if ('reply' in outcome) return { status: 200, body: outcome.reply };
      return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: outcome };
    }
    case 'GET functions function-scaling-config': {
      const scaling = model.getScaling(name, qualifier!);
      const config = { MinExecutionEnvironments: scaling?.least, MaxExecutionEnvironments: scaling?.most };
      return { status: 200, body: { AppliedFunctionScalingConfig: config } };
    }
    case 'PUT functions function-scaling-config': {
      const { FunctionScalingConfig } = json() as { FunctionScalingConfig: Record<string, number> };
      const { MinExecutionEnvironments: least = 3, MaxExecutionEnvironments: most } = FunctionScalingConfig;
      model.putScaling(name, qualifier!, { least, most });
      return { status: 202, body: { FunctionState: 'Pending' } };
    }
    case 'GET capacity-providers function-versions': {
      const from = Number(query?.['Marker'] ?? 0);
      const all = model.versionsOnInstances();
      const page = all.slice(from, from + 2).map(({ name: fn, version, state }) => ({
        FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${fn}:${version}`,
        State: state,
      }));
      const next = from + 2 < all.length ? { NextMarker: String(from + 2) } : {};
      return { status: 200, body: { CapacityProviderArn: name, FunctionVersions: page, ...next } };
    }
    case 'POST layers versions': {
      const { Content, Description } = json();
      const archive = Buffer.from((Content as { ZipFile: string }).ZipFile, 'base64');
      const { arn, version } = model.publishLayerVersion(name, archive, Description as string);
      return { status: 201, body: { LayerVersionArn: arn, Version: version, Description } };
    }
    case 'GET layers versions': {
      // Two to a page, so that callers have to turn pages.
      const from = Number(query?.['Marker'] ?? 0);
      const all = model.listLayerVersions(name);
      const page = all.slice(from, from + 2).map(({ arn, version, description }) => ({
        LayerVersionArn: arn,
        Version: version,
        Description: description,
      }));
      const next = from + 2 < all.length ? { NextMarker: String(from + 2) } : {};
      return { status: 200, body: { LayerVersions: page, ...next } };
    }
    case 'DELETE layers versions':
      model.deleteLayerVersion(name, Number(argument));
      return { status: 204, body: undefined };
    default:
      throw new LambdaFault('UnknownOperationException', 404, `${method} ${path}`);
  }
}

function textOf(body: unknown): string {
  if (body === undefined || body === '') return '{}';
  return typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
}

function configuration(state: ReturnType<LambdaModel['getFunctionConfiguration']>): Json {
  const update = state.busy > 0 ? 'InProgress' : state.failed ? 'Failed' : 'Successful';
  const published = state.version !== '$LATEST';
  return {
    ...state.settings,
    Version: state.version,
    RevisionId: state.revision,
    Description: state.description,
    CodeSha256: state.codeSha256,
    Layers: state.layers.map((Arn) => ({ Arn })),
    State: published ? versionState(state) : 'Active',
    LastUpdateStatus: published ? 'Successful' : update,
  };
}

function alias(state: ReturnType<LambdaModel['getAlias']>): Json {
  const { version, revision, description, weights } = state;
  return {
    FunctionVersion: version,
    RevisionId: revision,
    Description: description,
    ...(Object.keys(weights).length > 0 && { RoutingConfig: { AdditionalVersionWeights: weights } }),
  };
}
