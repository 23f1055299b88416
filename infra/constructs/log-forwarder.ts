import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import { CfnAlias } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  BACKLOG_PREFIX,
  DAMAGED_PREFIX,
  DEAD_LETTER_PREFIX,
  FORWARDER_ENV,
  FORWARDER_JOURNAL_PREFIX,
  LANE_STATE_PREFIX,
  OPERATOR_ALIAS,
} from '../../lib/contract/log-forwarder.ts';
import type { EsaConfig } from '../config.ts';
import { defined } from '../settings.ts';
import { readingSecret } from './reading-secret.ts';
import { BundledFunction, type VpcPlacement } from './bundled-function.ts';
import { type AccessLogs, PrivateBucket } from './private-bucket.ts';
import type { ReaderProps, RecordStream } from './record-stream.ts';
import type { TenantStore } from './tenant-store.ts';

export interface LogForwarderProps {
  readonly functionName: string;
  readonly bundles: string;
  readonly logDays: RetentionDays;
  readonly stream: RecordStream;
  /** How Lambda cuts the batches of the stream. */
  readonly batches: Omit<ReaderProps, 'partialFailures'>;
  readonly accessLogs: AccessLogs;
  /** @default no VPC */
  readonly vpc: VpcPlacement | undefined;
  /** The audit store. @default records go to tenants' sinks only */
  readonly esa?: EsaConfig | undefined;
  /** @default no tenants; then `esa` is required */
  readonly tenants?: TenantStore | undefined;
  /** Whether `stream` carries security events. @default it carries audit records */
  readonly carriesEvents?: boolean;
}

/**
 * Sends the records of a stream to an OpenSearch and to tenants' sinks. A bucket of its own holds the backlogs and the
 * dead letters; a schedule sends backlogs again every minute.
 */
export class LogForwarder extends Construct {
  readonly function: BundledFunction;
  readonly bucket: PrivateBucket;
  readonly #operator: CfnAlias;

  constructor(scope: Construct, id: string, { esa, tenants, stream, ...props }: LogForwarderProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'DeadLetters', { accessLogs: props.accessLogs });
    const prefixes = [DEAD_LETTER_PREFIX, FORWARDER_JOURNAL_PREFIX, BACKLOG_PREFIX, DAMAGED_PREFIX, LANE_STATE_PREFIX];
    this.function = new BundledFunction(this, 'Function', {
      functionName: props.functionName,
      description: props.carriesEvents ? 'Sends security events to tenants' : 'Merges audit records and sends them on',
      bundles: props.bundles,
      bundle: 'log-forwarder',
      memoryMb: 1024,
      timeLimit: Duration.minutes(1),
      logDays: props.logDays,
      vpc: props.vpc,
      layer: esa?.certificateLayer,
      environment: {
        [FORWARDER_ENV.bucket]: this.bucket.bucketName,
        ...destinationSettings(esa, tenants),
        ...(props.carriesEvents && { [FORWARDER_ENV.eventStream]: stream.streamName }),
      },
      rights: [
        stream.reading(),
        {
          actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
          resources: prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
          because: 'Objects below its own prefixes; the function names them',
        },
        { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] },
        ...(tenants?.forwarding() ?? []),
        ...(esa?.authorizationSecret === undefined
          ? []
          : readingSecret({ secret: esa.authorizationSecret, key: esa.authorizationSecretKey })),
      ],
    });
    stream.handTo(this, this.function.function, { ...props.batches, partialFailures: true });
    // The alias is for operators alone: the right to invoke it is none to hand in records.
    this.#operator = new CfnAlias(this, 'Operator', {
      name: OPERATOR_ALIAS,
      functionName: this.function.function.functionName,
      functionVersion: '$LATEST',
    });
    new Rule(this, 'Clock', {
      description: 'Sends the backlogs of sinks again',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new InvokeFunction(this.function.function)],
    });
  }

  /** Adds outputs to the stack: the function, as commands take it, and the alias that an operator may invoke. */
  output(stack: Stack, name: string): void {
    const { functionName } = this.function.function;
    new CfnOutput(stack, name, {
      description: `Shows what waits: protector events status --function <${name}>`,
      value: functionName,
    });
    new CfnOutput(stack, `${name}Operator`, {
      description: 'The alias that an operator needs lambda:InvokeFunction on',
      value: this.#operator.ref,
    });
  }
}

/** Returns the settings of the destinations. Throws when there is none: records would be sent nowhere. */
function destinationSettings(esa: EsaConfig | undefined, tenants: TenantStore | undefined) {
  if (tenants !== undefined) return { ...(esa && auditStoreSettings(esa)), ...tenants.forwarderSettings() };
  if (esa !== undefined) return auditStoreSettings(esa);
  throw new Error('A log forwarder needs an audit store or tenants');
}

function auditStoreSettings(esa: EsaConfig) {
  const optional = {
    [FORWARDER_ENV.index]: esa.index,
    [FORWARDER_ENV.caPath]: esa.caPath,
    [FORWARDER_ENV.certificatePath]: esa.certificatePath,
    [FORWARDER_ENV.keyPath]: esa.keyPath,
    [FORWARDER_ENV.authorizationSecretArn]: esa.authorizationSecret,
  };
  return { [FORWARDER_ENV.url]: esa.url, ...defined(optional) };
}
