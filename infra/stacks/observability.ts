// Saved queries, dashboard and alarms, and the topic of the alarms.
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { REPLICATION_RULE } from '../constructs/bucket-replication.ts';
import type { BundledFunction } from '../constructs/bundled-function.ts';
import { machineArn } from '../constructs/object-jobs.ts';
import type { PrivateBucket } from '../constructs/private-bucket.ts';
import { instancesOf } from '../instances.ts';
import { alarmTopic } from '../observability/alarm-topic.ts';
import { Observability } from '../observability/observability.ts';
import type { ObservedFunction, ObservedReplication } from '../observability/observed.ts';
import { ScheduledQueries } from '../observability/scheduled-queries.ts';
import type { AuditStack } from './audit.ts';
import type { FilesStack } from './files.ts';
import type { PolicyStack } from './policy.ts';
import type { ProtectorStack } from './protector.ts';
import type { TenantsStack } from './tenants.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly config: Config;
  readonly audit: AuditStack;
  readonly policy: PolicyStack;
  readonly protector: ProtectorStack;
  /** @default no tenants */
  readonly tenants?: TenantsStack | undefined;
  /** @default no file protector */
  readonly files?: FilesStack | undefined;
}

/** The observability of a deployment. Nothing in it outlives the stack but the bucket of the results of scheduled queries. */
export class ObservabilityStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, audit, policy, protector, tenants, files, ...props }: ObservabilityStackProps,
  ) {
    super(scope, id, props);
    const { name, alarms } = config;
    for (const stack of [audit, policy, protector, tenants, files])
      if (stack !== undefined) this.addStackDependency(stack);
    const observed = (one: BundledFunction): ObservedFunction => byName(this, one);
    const topic = alarmTopic(this, alarms);
    const forwarders = [audit.forwarder, tenants?.forwarder].flatMap((one) =>
      one === undefined ? [] : [one.function],
    );
    new Observability(this, 'Observability', {
      name,
      auditLogGroup: audit.logGroup,
      protectFunctions: Object.values(protector.functions).flatMap((one) => (one === undefined ? [] : [observed(one)])),
      policyAgent: observed(policy.agent),
      canary: config.canary,
      capacityProvider: instancesOf(config)?.provider,
      logSealer: observed(audit.sealer.function),
      logVerifier: observed(audit.verifier.function),
      logForwarders: forwarders.map(observed),
      tenantGateway: tenants && observed(tenants.gateway),
      fileProtector: files && {
        ...observed(files.function),
        queueName: files.queueName,
        machineArn: machineArn(files.machineName),
      },
      apis: [...Object.values(protector.apis), tenants?.api].flatMap((api) => (api === undefined ? [] : [api.apiName])),
      checkpointInterval: Duration.minutes(config.audit.checkpointMinutes),
      verifyInterval: Duration.minutes(config.audit.verifyMinutes),
      replications: [policy.publicationBucket, audit.sealer.bucket, tenants?.store.bucket].flatMap(replicationOf),
      concurrencyQuota: alarms.concurrencyQuota,
      ...(topic && { topic }),
    });
    if (config.scheduledQueries) {
      const { bucket } = new ScheduledQueries(this, 'ScheduledQueries', { name, auditLogGroup: audit.logGroup, topic });
      new CfnOutput(this, 'QueryResults', { value: bucket.bucketName });
    }
  }
}

function replicationOf(bucket: PrivateBucket | undefined): ObservedReplication[] {
  if (bucket?.replication === undefined) return [];
  return [{ from: bucket.bucketName, to: bucket.replication.to, rule: REPLICATION_RULE }];
}

/** Refers to a function by name. A reference would be an export, which the stack of the function could not remove. */
function byName(scope: Construct, { functionName, logGroupName }: BundledFunction): ObservedFunction {
  return {
    function: LambdaFunction.fromFunctionName(scope, functionName, functionName),
    logGroup: LogGroup.fromLogGroupName(scope, logGroupName, logGroupName),
  };
}
