// Keys and security events of tenants: the gateway that their clients call, the stream that makes its events durable,
// and the forwarder that delivers them.
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AuthorizationType } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { API_TIME_LIMIT_S, functionName } from '../../lib/contract/deployment.ts';
import { GATEWAY_ENV } from '../../lib/contract/tenant-gateway.ts';
import { administratorsOf, replicated } from '../administrators.ts';
import type { Config, TenantsConfig } from '../config.ts';
import { ApiLogRole } from '../constructs/api-log-role.ts';
import { BundledFunction } from '../constructs/bundled-function.ts';
import { JsonApi } from '../constructs/json-api.ts';
import { LogForwarder } from '../constructs/log-forwarder.ts';
import { AccessLogs } from '../constructs/private-bucket.ts';
import { RecordStream } from '../constructs/record-stream.ts';
import type { Right } from '../constructs/rights.ts';
import { TenantStore } from '../constructs/tenant-store.ts';
import { replicationOf } from '../replication.ts';

export interface TenantsStackProps extends StackProps {
  readonly config: Config;
  readonly tenants: TenantsConfig;
  /** Folder of the bundles. */
  readonly bundles: string;
}

/** The tenants of a deployment. Their configuration, its key and the backlogs of their sinks outlive the stack. */
export class TenantsStack extends Stack {
  readonly store: TenantStore;
  readonly stream: RecordStream;
  readonly gateway: BundledFunction;
  readonly api: JsonApi;
  readonly forwarder: LogForwarder;

  constructor(scope: Construct, id: string, { config, tenants, bundles, ...props }: TenantsStackProps) {
    super(scope, id, props);
    const { name, functionLogDays: logDays } = config;
    const accessLogs = new AccessLogs(this, 'AccessLogs');
    this.store = new TenantStore(this, 'Store', {
      deployment: name,
      logDays,
      accessLogs,
      keyAdministrators: administratorsOf(this, config),
      sealers: tenants.sealers,
      sinkRoles: tenants.sinkRoles,
      allowedNetworks: tenants.allowedNetworks,
      adopt: config.adopt,
      multiRegionKeys: config.multiRegionKeys,
      replicated: replicated(this, config),
      replication: replicationOf(config, 'tenants'),
    });
    this.store.bucket.exportName();
    this.stream = new RecordStream(this, 'Events', {
      shards: tenants.shards,
      retention: Duration.hours(tenants.streamRetentionHours),
    });
    this.gateway = new BundledFunction(this, 'Gateway', {
      functionName: functionName(name, 'tenant-gateway'),
      description: 'Wraps and unwraps keys of tenants, and takes their security events',
      bundles,
      bundle: 'tenant-gateway',
      memoryMb: config.memoryMb,
      timeLimit: Duration.seconds(API_TIME_LIMIT_S),
      logDays,
      tracing: config.tracing,
      reservedConcurrency: tenants.reservedConcurrency,
      vpc: config.vpc,
      environment: {
        [GATEWAY_ENV.tenants]: this.store.location,
        [GATEWAY_ENV.eventStream]: this.stream.streamName,
      },
      rights: [
        ...this.store.opening(),
        this.stream.writing(),
        ...(tenants.keys.length > 0 ? [wrapping(tenants.keys)] : []),
      ],
    });
    this.api = new JsonApi(this, 'Api', {
      apiName: functionName(name, 'tenant-gateway'),
      description: 'Keys and security events of tenants',
      target: this.gateway.function.functionArn,
      routes: ['POST /api/1/{proxy+}'],
      authorization: AuthorizationType.NONE,
      openBecause: 'Clients send an API key in a form that API Gateway cannot check; the function checks it',
      refusal: (message) => `{"code":100,"message":${message}}`,
      throttle: tenants.throttle,
      tracing: config.tracing,
      logDays,
      ...(config.apiGatewayLogRole && { logRole: new ApiLogRole(this, 'ApiLogRole') }),
    });
    this.forwarder = new LogForwarder(this, 'Forwarder', {
      functionName: functionName(name, 'event-forwarder'),
      bundles,
      logDays,
      stream: this.stream,
      batches: { batchSize: 500, batchingWindow: Duration.seconds(1) },
      accessLogs,
      vpc: config.vpc,
      tenants: this.store,
      carriesEvents: true,
    });

    new CfnOutput(this, 'TenantApi', { value: this.api.url });
    new CfnOutput(this, 'TenantsLocation', { value: this.store.location });
    new CfnOutput(this, 'TenantsKey', { value: this.store.key.keyArn });
    this.forwarder.output(this, 'EventForwarder');
    new CfnOutput(this, 'EventStream', { value: this.stream.streamName });
  }
}

/** Returns the right to wrap and unwrap keys of tenants under the tenants' KMS keys. */
function wrapping(keys: readonly string[]): Right {
  return { actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], resources: keys };
}
