import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** A function, without version or alias, and where its log goes. */
export interface ObservedFunction {
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
}

/** What is deployed, as far as it is watched. */
export interface ObservedDeployment {
  readonly auditLogGroup: ILogGroup;
  /** Redshift, Snowflake, REST: at least one. */
  readonly protectFunctions: readonly ObservedFunction[];
  /** @default not deployed */
  readonly policyAgent?: ObservedFunction | undefined;
  /** @default not deployed */
  readonly logSealer?: ObservedFunction | undefined;
  /** Those of audit records and of security events. @default none */
  readonly logForwarders?: readonly ObservedFunction[] | undefined;
  /** @default not deployed */
  readonly tenantGateway?: ObservedFunction | undefined;
  /** Where triggers put what a function did not take. @default none; at most eight */
  readonly deadLetterQueues?: readonly IQueue[] | undefined;
}
