// The saved queries that nobody has to ask: CloudWatch Logs runs them every day, and their rows come into a bucket.
import { Aws, Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, EventField } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduledQuery, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from '../constructs/acknowledge.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import { acknowledgeWildcards, policyOf, type Right } from '../constructs/rights.ts';
import { savedQueries, withoutComments } from './queries.ts';

export interface ScheduledQueriesProps {
  /** The prefix of the queries' names. */
  readonly name: string;
  readonly auditLogGroup: ILogGroup;
  /** Is told of each result. @default nobody is told */
  readonly topic?: ITopic | undefined;
}

/** Folder of the results in the bucket. */
const RESULTS = 'results/';

/**
 * Runs every saved query that has a schedule over the audit log group. One role asks, another one writes, as CloudWatch Logs
 * recommends ("Understanding scheduled queries concepts"). The bucket outlives the stack and keeps results for 400 days.
 */
export class ScheduledQueries extends Construct {
  readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, { name, auditLogGroup, topic }: ScheduledQueriesProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'Results', {
      announces: topic !== undefined,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'It holds answers that can be asked for again from the audit log group',
    );
    const asks = this.#role('Asks', 'CloudWatch Logs asks the audit log group with it', [
      {
        actions: ['logs:StartQuery'],
        resources: [auditLogGroup.logGroupArn],
        because: 'The streams of the audit log group',
      },
      {
        actions: ['logs:DescribeLogGroups', 'logs:GetQueryResults', 'logs:StopQuery'],
        resources: ['*'],
        because: 'Queries have no resource, and a list of log groups is of the account',
      },
    ]);
    const writes = this.#role('Writes', 'CloudWatch Logs writes the results of scheduled queries with it', [
      {
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`${RESULTS}*`)],
        because: 'An object for each run',
      },
    ]);
    for (const { name: query, question, schedule, text } of savedQueries()) {
      if (schedule === undefined) continue;
      new CfnScheduledQuery(this, query, {
        name: `${name}/${query}`,
        description: question,
        queryLanguage: 'CWLI',
        queryString: withoutComments(text),
        logGroupIdentifiers: [auditLogGroup.logGroupName],
        scheduleExpression: schedule.cron,
        timezone: 'UTC',
        startTimeOffset: Duration.days(schedule.days).toSeconds(),
        executionRoleArn: asks.roleArn,
        destinationConfiguration: {
          s3Configuration: {
            destinationIdentifier: `s3://${this.bucket.bucketName}/${RESULTS}${query}/`,
            roleArn: writes.roleArn,
          },
        },
      });
    }
    if (topic !== undefined) this.#tell(topic);
  }

  #role(id: string, description: string, rights: readonly Right[]): Role {
    const role = new Role(this, id, {
      description,
      // AWS shows a trust policy without a condition; one that is absent from a request does not refuse it.
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: { StringEqualsIfExists: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: { Rights: policyOf(rights) },
    });
    acknowledgeWildcards(role, rights);
    return role;
  }

  #tell(topic: ITopic): void {
    const message = `A scheduled query of the audit trail has a result: s3://${EventField.fromPath('$.detail.bucket.name')}/${EventField.fromPath('$.detail.object.key')} (${EventField.fromPath('$.detail.object.size')} bytes). What to do: docs/runbook.md#a-scheduled-query-has-a-result`;
    new Rule(this, 'Result', {
      description: 'Tells of a result of a scheduled query',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [this.bucket.bucketName] }, object: { key: [{ prefix: RESULTS }] } },
      },
      targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(message) })],
    });
  }
}
