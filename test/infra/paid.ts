// What AWS charges for, by type of resource: costs.test.ts finds the words in the pages, every-configuration.test.ts the types in the
// templates.

/** Type → words of a row of docs/cost-sizes.md. */
export const PAID: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'Lambda, answers',
  'AWS::ApiGateway::RestApi': 'API Gateway: requests',
  'AWS::Logs::LogGroup': 'logs taken in',
  'AWS::Kinesis::Stream': 'Kinesis: shards',
  'AWS::KMS::Key': 'KMS: keys',
  'AWS::KMS::ReplicaKey': 'replicas of keys',
  'AWS::S3::Bucket': 'sealed log, locked',
  'AWS::Events::Rule': 'clocks: runs',
  'AWS::CloudWatch::Alarm': 'alarms: metrics',
  'AWS::CloudWatch::Dashboard': 'dashboard',
  'AWS::Lambda::EventSourceMapping': 'sealing: commits',
};
/** Options that docs/costs.md has a sentence about, by a word of it. */
export const PAID_BY_OPTION: Readonly<Record<string, string>> = {
  'AWS::Logs::ScheduledQuery': 'scheduledQueries',
  'AWS::StepFunctions::StateMachine': 'Step Functions',
  'AWS::SQS::Queue': 'SQS',
  'AWS::ApplicationAutoScaling::ScalableTarget': 'provisioned concurrency',
  'AWS::Lambda::CapacityProvider': 'managedInstances',
};
/** Free of charge (pricing pages of the services); what they cause is in a row. */
export const FREE =
  /^AWS::(?:IAM::(?:Role|Policy)|S3::BucketPolicy|KMS::Alias|Lambda::(?:Alias|LayerVersion|Version|Permission)|SNS::\w+|SSM::Parameter|SQS::QueuePolicy|Lambda::EventInvokeConfig|Logs::(?:QueryDefinition|SubscriptionFilter)|ApiGateway::(?!RestApi$)\w+|ApplicationAutoScaling::ScalingPolicy)$/;
