// Saved queries, dashboard and alarms, and the topic of the alarms.
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { BundledFunction } from '../constructs/bundled-function.ts';
import { alarmTopic } from '../observability/alarm-topic.ts';
import { Observability } from '../observability/observability.ts';
import type { ObservedFunction } from '../observability/observed.ts';
import type { AuditStack } from './audit.ts';
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
}

/** The observability of a deployment. Nothing in it outlives the stack. */
export class ObservabilityStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, audit, policy, protector, tenants, ...props }: ObservabilityStackProps,
  ) {
    super(scope, id, props);
    const { name, alarms } = config;
    const topic = alarmTopic(this, alarms);
    const forwarders = [audit.forwarder, tenants?.forwarder].flatMap((one) =>
      one === undefined ? [] : [one.function],
    );
    new Observability(this, 'Observability', {
      name,
      auditLogGroup: audit.logGroup,
      protectFunctions: Object.values(protector.functions).flatMap((one) => (one === undefined ? [] : [observed(one)])),
      policyAgent: observed(policy.agent),
      logSealer: observed(audit.sealer.function),
      logVerifier: observed(audit.verifier.function),
      logForwarders: forwarders.map(observed),
      tenantGateway: tenants && observed(tenants.gateway),
      checkpointInterval: Duration.minutes(config.audit.checkpointMinutes),
      verifyInterval: Duration.minutes(config.audit.verifyMinutes),
      concurrencyQuota: alarms.concurrencyQuota,
      ...(topic && { topic }),
    });
  }
}

function observed({ function: fn, logGroup }: BundledFunction): ObservedFunction {
  return { function: fn, logGroup };
}
