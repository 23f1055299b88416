// What the tests ask of the emulator, by the SDK where the product has a client of it, else by HTTP.
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { KinesisEvent } from '../../lib/wire/kinesis.ts';
import type { Emulator } from './emulator.ts';

type Json = Readonly<Record<string, unknown>>;

export class Aws {
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly kinesis: KinesisClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    const { client } = emulator;
    this.lambda = new LambdaClient({ ...client, requestHandler: { requestTimeout: 120_000 } });
    this.logs = new CloudWatchLogsClient(client);
    this.kinesis = new KinesisClient({ ...client, requestHandler: new NodeHttpHandler() });
    this.kms = new KMSClient(client);
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  close(): void {
    for (const client of [this.lambda, this.logs, this.kinesis, this.kms, this.s3]) client.destroy();
  }

  /** The answer of a function, by name or ARN, with or without a version or alias. Rejects with what it failed with. */
  async invoke(functionName: string, event: unknown): Promise<unknown> {
    const request = { FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) };
    const { FunctionError, Payload } = await this.lambda.send(new InvokeCommand(request));
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new Error(`${functionName}: ${text}`);
    return JSON.parse(text) as unknown;
  }

  /** What Lambda would invoke a function with for all that is in a stream, in batches as its deployed mapping says. */
  async batchesFor(
    functionName: string,
  ): Promise<{ readonly stream: string; readonly events: readonly KinesisEvent[] }> {
    const { EventSourceMappings = [] } = await this.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: functionName }),
    );
    const [mapping] = EventSourceMappings;
    const arn = mapping?.EventSourceArn ?? '';
    const StreamName = arn.split('/')[1]!;
    const { Shards = [] } = await this.kinesis.send(new ListShardsCommand({ StreamName }));
    const events: KinesisEvent[] = [];
    for (const { ShardId } of Shards) {
      const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
      // oxlint-disable-next-line no-await-in-loop -- one shard after another
      const { ShardIterator } = await this.kinesis.send(new GetShardIteratorCommand(from));
      const request = { ShardIterator, Limit: mapping?.BatchSize };
      // oxlint-disable-next-line no-await-in-loop -- a stream of a test is one batch long
      const { Records = [] } = await this.kinesis.send(new GetRecordsCommand(request));
      if (Records.length === 0) continue;
      events.push({
        Records: Records.map(({ SequenceNumber, Data, ApproximateArrivalTimestamp }) => ({
          eventID: `${ShardId}:${SequenceNumber}`,
          eventSourceARN: arn,
          kinesis: {
            sequenceNumber: SequenceNumber!,
            data: Buffer.from(Data!).toString('base64'),
            approximateArrivalTimestamp: ApproximateArrivalTimestamp!.getTime() / 1000,
          },
        })),
      });
    }
    return { stream: StreamName, events };
  }

  /** Rules of EventBridge with their targets, by what they are for. */
  async rules(): Promise<readonly { readonly description: string; readonly targets: readonly string[] }[]> {
    const { Rules } = (await this.#ask('events', 'AWSEvents.ListRules', {})) as { Rules: Record<string, string>[] };
    return Promise.all(
      Rules.map(async ({ Name, Description = '' }) => {
        const found = await this.#ask('events', 'AWSEvents.ListTargetsByRule', { Rule: Name });
        return { description: Description, targets: (found['Targets'] as { Arn: string }[]).map(({ Arn }) => Arn) };
      }),
    );
  }

  /** Makes a role with every right that an IAM policy can give. */
  async makeAdministrator(name: string): Promise<void> {
    const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    await this.#call('iam', { Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument: JSON.stringify(all) });
    const policy = { PolicyName: 'All', PolicyDocument: JSON.stringify(all) };
    await this.#call('iam', { Action: 'PutRolePolicy', RoleName: name, ...policy });
  }

  /** `METHOD /path` of the resources of a REST API, with what their integrations call. */
  async integrations(api: string): Promise<Readonly<Record<string, string>>> {
    const found = (await this.#ask('apigateway', undefined, {}, `/restapis/${api}/resources?embed=methods`)) as {
      item: { path: string; resourceMethods?: Record<string, { methodIntegration: { uri: string } }> }[];
    };
    return Object.fromEntries(
      found.item.flatMap(({ path, resourceMethods = {} }) =>
        Object.entries(resourceMethods).map(([method, { methodIntegration }]) => [
          `${method} ${path}`,
          methodIntegration.uri,
        ]),
      ),
    );
  }

  /** A REST API as it is deployed: the kinds of its endpoints, and the statements of its policy. */
  async restApi(api: string): Promise<{ readonly types: readonly string[]; readonly statements: readonly Json[] }> {
    const found = await this.#ask('apigateway', undefined, {}, `/restapis/${api}`);
    const { types } = found['endpointConfiguration'] as { readonly types: readonly string[] };
    const policy = found['policy'] as string | null | undefined;
    const { Statement = [] } = JSON.parse(policy ?? '{}') as { readonly Statement?: readonly Json[] };
    return { types, statements: Statement };
  }

  /** Calls a service of the Query protocol. Rejects unless it succeeds. */
  async #call(service: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    const { endpoint } = this.#emulator.client;
    const body = new URLSearchParams({ Version: '2010-05-08', ...parameters });
    const reply = await fetch(endpoint, { method: 'POST', headers: this.#signed(service), body });
    if (!reply.ok) throw new Error(`${service} ${parameters['Action']}: ${reply.status}`);
  }

  #signed(service: string): { Authorization: string } {
    const { region, credentials } = this.#emulator.client;
    const scope = `${credentials.accessKeyId}/20261124/${region}/${service}/aws4_request`;
    return { Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none` };
  }

  /**
   * Of a service that the product has no client of. The emulator finds it by the scope of the signature, which it does
   * not check.
   */
  async #ask(service: string, target: string | undefined, body: Json, path = '/'): Promise<Json> {
    const headers = this.#signed(service);
    const reply = await fetch(
      `${this.#emulator.client.endpoint}${path}`,
      target === undefined
        ? { headers }
        : {
            method: 'POST',
            headers: { ...headers, 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': target },
            body: JSON.stringify(body),
          },
    );
    return (await reply.json()) as Json;
  }
}

/** Every line of a log group. */
export async function logLines(logs: CloudWatchLogsClient, logGroupName: string): Promise<string[]> {
  const lines: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
    lines.push(...(page.events ?? []).map(({ message }) => message ?? ''));
    nextToken = page.nextToken;
    if (nextToken === undefined) return lines;
  }
}
