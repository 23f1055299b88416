import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';

/** Returns the configured topic, or makes one for the addresses; SNS asks each address to confirm. */
export function alarmTopic(scope: Construct, { topic, emails }: Config['alarms']): ITopic | undefined {
  if (topic !== undefined) return Topic.fromTopicArn(scope, 'Topic', topic);
  if (emails.length === 0) return undefined;
  const own = new Topic(scope, 'Alarms', { displayName: 'Alarms of the protector', enforceSSL: true });
  for (const email of emails) own.addSubscription(new EmailSubscription(email));
  return own;
}
