// Saved queries, dashboard and alarms of one deployment.
import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Alarms, type AlarmsProps } from './alarms.ts';
import { QuestionsDashboard } from './dashboard.ts';
import type { ObservedDeployment } from './observed.ts';
import { type LogSource, savedQueries } from './queries.ts';

/** The observed deployment, the topic and the thresholds. */
export type ObservabilityProps = AlarmsProps;

/**
 * Makes saved queries in the folder `<name>/` of Logs Insights, the dashboard `<name>`, and alarms `<name>-<alarm>`. It
 * grants nothing, and only reads existing metrics and log groups.
 */
export class Observability extends Construct {
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    if (props.protectFunctions.length === 0) throw new Error('Observability needs at least one protect function');
    saveQueries(new Construct(this, 'Queries'), props);
    this.alarms = new Alarms(this, 'Alarms', props);
    new QuestionsDashboard(this, 'Questions', { ...props, alarms: this.alarms.all });
  }
}

/** Saves every query that has a log group. */
function saveQueries(scope: Construct, props: ObservabilityProps): void {
  const groups = logGroups(props);
  for (const { name, sources, parameters, text } of savedQueries()) {
    const logGroupNames = sources.flatMap((source) => groups[source]).map((group) => group.logGroupName);
    if (logGroupNames.length === 0) continue;
    new CfnQueryDefinition(scope, name, {
      name: `${props.name ?? 'protector'}/${name}`,
      queryString: text,
      logGroupNames,
      ...(parameters.length > 0 && { parameters: [...parameters] }),
    });
  }
}

function logGroups(deployment: ObservedDeployment): Record<LogSource, readonly ILogGroup[]> {
  const { auditLogGroup, protectFunctions, policyAgent, tenantGateway } = deployment;
  const { logSealer, logVerifier, logForwarders = [] } = deployment;
  return {
    audit: [auditLogGroup],
    protect: protectFunctions.map((observed) => observed.logGroup),
    agent: policyAgent === undefined ? [] : [policyAgent.logGroup],
    sealer: logSealer === undefined ? [] : [logSealer.logGroup],
    verifier: logVerifier === undefined ? [] : [logVerifier.logGroup],
    forwarder: logForwarders.map((observed) => observed.logGroup),
    gateway: tenantGateway === undefined ? [] : [tenantGateway.logGroup],
  };
}
