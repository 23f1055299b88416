import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** A function, without version or alias, and its log group. */
export interface ObservedFunction {
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
}

/** The names of two buckets, and of the rule by which S3 copies from one to the other. */
export interface ObservedReplication {
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

/** The file protector, the names of the queue of its failed events, and the ARN of its state machine. */
export interface ObservedFiles extends ObservedFunction {
  readonly queueName: string;
  readonly machineArn: string;
}

/** The observed parts of a deployment. */
export interface ObservedDeployment {
  readonly auditLogGroup: ILogGroup;
  /** Redshift, Snowflake, REST: at least one. */
  readonly protectFunctions: readonly ObservedFunction[];
  /** @default not deployed */
  readonly policyAgent?: ObservedFunction | undefined;
  /** Whether the policy agent asks all functions for the canary. @default false */
  readonly canary?: boolean | undefined;
  /** @default not deployed */
  readonly logSealer?: ObservedFunction | undefined;
  /** @default not deployed */
  readonly logVerifier?: ObservedFunction | undefined;
  /** The forwarders of audit records and of security events. @default none */
  readonly logForwarders?: readonly ObservedFunction[] | undefined;
  /** @default not deployed */
  readonly tenantGateway?: ObservedFunction | undefined;
  /** @default not deployed */
  readonly fileProtector?: ObservedFiles | undefined;
  /** Names of the APIs in front of functions; at most nine. @default none */
  readonly apis?: readonly string[] | undefined;
  /** Name of the capacity provider that the protect functions run on. @default they run on demand */
  readonly capacityProvider?: string | undefined;
  /** Buckets that S3 copies to another Region. @default none */
  readonly replications?: readonly ObservedReplication[] | undefined;
  /** Queues of invocations that failed; at most eight. @default none */
  readonly deadLetterQueues?: readonly IQueue[] | undefined;
}
