// Findings of other people's linters that stay, each with its reason. A finding that is not here fails the test, and so
// does an entry that no linter reports any more.

interface Accepted {
  readonly rule: string;
  /** Begins the place of each finding that is accepted. @default everywhere */
  readonly at?: RegExp;
  readonly reason: string;
}

export const ACCEPTED: Readonly<Record<'cfn-lint' | 'checkov' | 'parliament', readonly Accepted[]>> = {
  'cfn-lint': [
    {
      rule: 'W3005',
      reason:
        'The construct library names the dependency on the role, whose policy must exist first; the reference alone is on the role.',
    },
  ],
  checkov: [
    {
      rule: 'CKV_AWS_111',
      reason:
        'Lambda needs the network interfaces of a VPC, whose ids nobody knows before: AWS offers no narrower resource.',
    },
    {
      rule: 'CKV_AWS_115',
      reason:
        'Reserved concurrency is a setting, because it takes from the quota that the account has for other functions.',
    },
    {
      rule: 'CKV_AWS_116',
      reason:
        'A dead-letter queue is for asynchronous calls. Callers wait for these functions, or a stream and a schedule repeat.',
    },
    {
      rule: 'CKV_AWS_117',
      reason:
        'A VPC is a setting. Without it the functions reach nothing but AWS and the configured receivers, by TLS.',
    },
    { rule: 'CKV_AWS_120', reason: 'Answers hold values. They must not lie in a cache.' },
    {
      rule: 'CKV_AWS_158',
      at: /^AWS::Logs::LogGroup\.(?!AuditLogGroup)/,
      reason:
        'Logs of functions and APIs hold no value, key or token, and are encrypted with a key of AWS. The audit group has a key of its own.',
    },
    {
      rule: 'CKV_AWS_173',
      reason: 'The environment holds names and settings, no secret; AWS encrypts it with a key of its own.',
    },
    { rule: 'CKV_AWS_18', at: /^AWS::S3::Bucket\.AccessLogs/, reason: 'It is the bucket of the access logs itself.' },
    {
      rule: 'CKV_AWS_18',
      at: /^AWS::S3::Bucket\.Budgets/,
      reason: 'It holds counts of three days, and a log of each would be larger than they are.',
    },
    {
      rule: 'CKV_AWS_18',
      at: /^AWS::S3::Bucket\.ScheduledQueriesResults/,
      reason: 'It holds answers that can be asked for again from the audit log group.',
    },
    {
      rule: 'CKV_AWS_26',
      reason:
        'Messages of alarms hold names and counts. CloudWatch cannot publish under the key of AWS for SNS; alarms.topic takes a topic with a key.',
    },
    {
      rule: 'CKV_AWS_27',
      at: /^AWS::SQS::Queue\.FailedEvents/,
      reason:
        'SQS encrypts the queue with a key of its own. Its messages hold names of objects, and EventBridge needs no right to another key.',
    },
    {
      rule: 'CKV_AWS_59',
      reason:
        'With tokens or API keys the function authorizes the caller, before it reads the body; else the method has IAM authorization.',
    },
    {
      rule: 'CKV_AWS_73',
      reason: 'No traces: they cost by the request, and the functions measure how long each step takes.',
    },
  ],
  parliament: [
    {
      rule: 'RESOURCE_MISMATCH',
      at: /^AgentRole/,
      reason:
        'The list of this linter has no resource for lambda:ListLayerVersions. The service takes the ARN of the layer, and names it when it refuses.',
    },
    {
      rule: 'RESOURCE_MISMATCH',
      at: /^JobsRole/,
      reason:
        'The list of this linter names express executions too for states:DescribeExecution. The executions of a job are standard ones.',
    },
    {
      rule: 'RESOURCE_MISMATCH',
      at: /^InstancesOperator/,
      reason:
        'A launch is asked about each of its parts, and each statement has the parts of one condition, as in the policy that AWS documents for this role.',
    },
    {
      rule: 'UNKNOWN_ACTION',
      at: /^AgentRole/,
      reason: 'The list of this linter is older than Lambda Managed Instances.',
    },
    {
      rule: 'UNKNOWN_CONDITION_FOR_ACTION',
      at: /^InstancesOperator/,
      reason: 'The list of this linter is older than ec2:ManagedResourceOperator, which AWS documents for this role.',
    },
    {
      rule: 'RESOURCE_STAR',
      reason:
        'Lambda needs the network interfaces of a VPC, whose ids nobody knows before: AWS offers no narrower resource.',
    },
  ],
};
