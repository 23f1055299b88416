// The publication of policies: the bucket that authors write to, the key that seals policies, and the agent that
// publishes them.
import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as InvokeFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import {
  AGENT_ENV,
  DEFAULT_ALIAS,
  MAPPING_FILES,
  POLICY_FILES,
  SCHEDULE_MINUTES,
  SIGNATURE_FILE,
  TEST_FILES,
} from '../../lib/contract/policy-agent.ts';
import { ENV } from '../../lib/contract/protect-function.ts';
import { functionName } from '../../lib/contract/deployment.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { administratorsOf, replicated } from '../administrators.ts';
import type { Config } from '../config.ts';
import { BundledFunction, roleArn } from '../constructs/bundled-function.ts';
import { capacityProviderArn } from '../constructs/capacity-provider.ts';
import { AccessLogs, PrivateBucket } from '../constructs/private-bucket.ts';
import type { Right } from '../constructs/rights.ts';
import { SealingKey } from '../constructs/sealing-key.ts';
import { defined } from '../settings.ts';
import { frontEndsOf } from '../front-ends.ts';
import { instancesOf, protectFunctionName } from '../instances.ts';
import { replicationOf } from '../replication.ts';
import type { AuditStack } from './audit.ts';

export interface PolicyStackProps extends StackProps {
  readonly config: Config;
  /** Folder of the bundles. */
  readonly bundles: string;
  readonly audit: AuditStack;
  /** Name of the stack of the protect functions, which is deployed later: its changes invoke the agent. */
  readonly protectorStack: string;
}

/** The publication of policies in a deployment. Buckets and keys outlive the stack. */
export class PolicyStack extends Stack {
  readonly authoringBucket: PrivateBucket;
  readonly publicationBucket: PrivateBucket;
  readonly key: SealingKey;
  readonly agent: BundledFunction;

  constructor(scope: Construct, id: string, { config, bundles, audit, protectorStack, ...props }: PolicyStackProps) {
    super(scope, id, props);
    const { name, policy } = config;
    const agentName = functionName(name, 'policy-agent');
    const agentRole = roleArn(agentName);
    const protectFunctions = frontEndsOf(config).map((frontEnd) => [frontEnd, protectFunctionName(config, frontEnd)]);
    const instances = instancesOf(config);
    const accessLogs = new AccessLogs(this, 'AccessLogs');
    this.authoringBucket = new PrivateBucket(this, 'Authoring', { accessLogs, announces: true });
    this.publicationBucket = new PrivateBucket(this, 'Publication', {
      accessLogs,
      adopted: config.adopt.publicationBucket,
      replication: replicationOf(config, 'publication'),
    });
    this.publicationBucket.exportName();
    this.publicationBucket.reserve(['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], [agentRole]);
    this.key = new SealingKey(this, 'SealingKey', {
      deployment: name,
      administrators: administratorsOf(this, config),
      sealer: agentRole,
      openers: FRONT_ENDS.map((frontEnd) => roleArn(functionName(name, frontEnd))),
      jobs: config.files
        ? { opener: roleArn(functionName(name, 'file-protector')), sealers: config.files.sealers }
        : undefined,
      multiRegion: config.multiRegionKeys,
      replicated: replicated(this, config),
      adopted: config.adopt.sealingKey,
    });
    const layer = `${name}-policy`;
    this.agent = new BundledFunction(this, 'Agent', {
      functionName: agentName,
      description: 'Checks, seals and publishes policies',
      bundles,
      bundle: 'policy-agent',
      memoryMb: config.memoryMb,
      // A dozen calls per function, each repeated for up to a minute while the function is busy. The next run
      // continues.
      timeLimit: Duration.minutes(15),
      logDays: config.functionLogDays,
      environment: {
        [ENV.auditLogGroup]: audit.logGroup.logGroupName,
        [AGENT_ENV.authoringBucket]: this.authoringBucket.bucketName,
        [AGENT_ENV.publicationBucket]: this.publicationBucket.bucketName,
        [AGENT_ENV.sealingKey]: this.key.keyArn,
        [AGENT_ENV.layer]: layer,
        [AGENT_ENV.functions]: protectFunctions.map((one) => one.join(':')).join(','),
        [AGENT_ENV.alias]: DEFAULT_ALIAS,
        [AGENT_ENV.keptVersions]: String(policy.keptVersions),
        [AGENT_ENV.lintErrors]: policy.lintErrors.join(','),
        [AGENT_ENV.requires]: policy.requires.join(','),
        [AGENT_ENV.signers]: policy.signers
          .map(({ name: who, fingerprint, may }) => [who, fingerprint, ...may].join(' '))
          .join(','),
        ...(config.canary && { [AGENT_ENV.asksCanary]: 'true' }),
        ...(instances && {
          [AGENT_ENV.capacityProvider]: instances.provider,
          [AGENT_ENV.environments]: `${instances.environments.least}-${instances.environments.most}`,
        }),
        ...defined({ [ENV.serviceUser]: config.serviceUser }),
      },
      rights: [
        audit.writingToLogGroup(),
        this.key.sealing(),
        {
          actions: ['s3:GetObject'],
          resources: [...POLICY_FILES, ...MAPPING_FILES, ...TEST_FILES, SIGNATURE_FILE].map((file) =>
            this.authoringBucket.arnForObjects(file),
          ),
        },
        {
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [this.publicationBucket.arnForObjects('*')],
          because: 'Only the agent uses the bucket: it names the journal, the keys and the sealed policies',
        },
        {
          actions: ['s3:ListBucket'],
          resources: [this.authoringBucket.bucketArn, this.publicationBucket.bucketArn],
        },
        ...publishing(
          protectFunctions.map(([, made]) => made!),
          layer,
          instances?.provider,
        ),
      ],
    });
    const agent = [new InvokeFunction(this.agent.function)];
    new Rule(this, 'Upload', {
      description: 'Invokes the policy agent for an upload to the authoring bucket',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [this.authoringBucket.bucketName] } },
      },
      targets: agent,
    });
    new Rule(this, 'Schedule', {
      description: 'Invokes the policy agent for missed uploads and unfinished publications',
      schedule: Schedule.rate(Duration.minutes(SCHEDULE_MINUTES)),
      targets: agent,
    });
    new Rule(this, 'Deployment', {
      description: 'Invokes the policy agent after a deployment of the protect functions',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        resources: [
          { prefix: `arn:${Aws.PARTITION}:cloudformation:${Aws.REGION}:${Aws.ACCOUNT_ID}:stack/${protectorStack}/` },
        ] as unknown as string[],
        detail: { 'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] } },
      },
      targets: agent,
    });

    new CfnOutput(this, 'AuthoringBucket', { value: this.authoringBucket.bucketName });
    new CfnOutput(this, 'PublicationBucket', { value: this.publicationBucket.bucketName });
    new CfnOutput(this, 'SealingKeyArn', { value: this.key.keyArn });
    new CfnOutput(this, 'PolicyAgent', { value: this.agent.function.functionName });
    new CfnOutput(this, 'Publish', {
      description: 'Publishes a policy',
      value: `aws s3 cp policy.json s3://${this.authoringBucket.bucketName}/policy.json`,
    });
  }
}

/** Returns the rights of the agent on the layer and the functions. */
function publishing(names: readonly string[], layer: string, provider: string | undefined): Right[] {
  const lambda = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const functions = names.map((name) => `${lambda}:function:${name}`);
  const versions = functions.map((arn) => `${arn}:*`);
  const because = 'Versions, whose numbers are not known before they exist';
  return [
    { actions: ['lambda:ListLayerVersions', 'lambda:PublishLayerVersion'], resources: [`${lambda}:layer:${layer}`] },
    {
      actions: ['lambda:DeleteLayerVersion', 'lambda:GetLayerVersion'],
      resources: [`${lambda}:layer:${layer}:*`],
      because,
    },
    {
      actions: [
        'lambda:GetAlias',
        'lambda:GetFunctionConfiguration',
        'lambda:PublishVersion',
        'lambda:UpdateAlias',
        'lambda:UpdateFunctionConfiguration',
      ],
      resources: [...functions, ...versions],
      because,
    },
    { actions: ['lambda:InvokeFunction'], resources: versions, because },
    ...(provider === undefined ? [] : scaling([...functions, ...versions], provider)),
  ];
}

/** Returns the rights on environments of versions on instances, and to publish versions that run there. */
function scaling(versions: readonly string[], provider: string): Right[] {
  return [
    {
      actions: ['lambda:GetFunctionScalingConfig', 'lambda:PutFunctionScalingConfig'],
      resources: versions,
      because: 'Versions, whose numbers are not known before they exist',
    },
    {
      actions: ['lambda:ListFunctionVersionsByCapacityProvider', 'lambda:PassCapacityProvider'],
      resources: [capacityProviderArn(provider)],
    },
  ];
}
