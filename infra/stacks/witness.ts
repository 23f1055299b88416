// A witness of the logs of other deployments. It belongs into an account whose administrators are others than theirs.
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { AuthorizationType } from 'aws-cdk-lib/aws-apigateway';
import { KeySpec } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { API_TIME_LIMIT_S, functionName } from '../../lib/contract/deployment.ts';
import { WITNESS_ENV } from '../../lib/contract/witness.ts';
import { administratorsOf } from '../administrators.ts';
import type { Config, WitnessConfig } from '../config.ts';
import { ApiLogRole } from '../constructs/api-log-role.ts';
import { BundledFunction, roleArn } from '../constructs/bundled-function.ts';
import { GuardedKey } from '../constructs/guarded-key.ts';
import { JsonApi } from '../constructs/json-api.ts';
import { alarmTopic } from '../observability/alarm-topic.ts';
import { WitnessAlarms } from '../observability/witness-alarms.ts';
import { AccessLogs, PrivateBucket } from '../constructs/private-bucket.ts';

export interface WitnessStackProps extends StackProps {
  readonly config: Config;
  readonly witness: WitnessConfig;
  /** Folder of the bundles. */
  readonly bundles: string;
}

/** Prefix of the cosigned checkpoints in their bucket. */
const PREFIX = 'cosigned/';

/**
 * A witness: the function, its address, the key that cosigns, the bucket that remembers what was cosigned, and alarms. It
 * shares nothing with the other stacks. Key and bucket outlive it: a witness that forgot a log could be shown another one.
 */
export class WitnessStack extends Stack {
  readonly function: BundledFunction;
  readonly api: JsonApi;

  constructor(scope: Construct, id: string, { config, witness, bundles, ...props }: WitnessStackProps) {
    super(scope, id, props);
    const { functionLogDays: logDays } = config;
    const name = functionName(config.name, 'witness');
    const role = roleArn(name);
    const bucket = new PrivateBucket(this, 'Cosigned', {
      accessLogs: new AccessLogs(this, 'AccessLogs'),
      objectLock: true,
      // Expires versions of the object that names the newest checkpoint. Locked objects stay until their lock ends.
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true }],
    });
    bucket.reserve(['s3:PutObject', 's3:PutObjectRetention'], [role]);
    bucket.forbid([
      's3:BypassGovernanceRetention',
      's3:DeleteBucket',
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:PutBucketObjectLockConfiguration',
      's3:PutBucketVersioning',
      's3:PutObjectLegalHold',
    ]);
    const key = new GuardedKey(this, 'Key', {
      alias: `alias/${name}`,
      description: 'Cosigns checkpoints of logs',
      signing: KeySpec.ECC_NIST_EDWARDS25519,
      administrators: administratorsOf(this, config),
      uses: [{ sid: 'Cosign', actions: ['kms:Sign', 'kms:GetPublicKey'], roles: [role] }],
    });
    this.function = new BundledFunction(this, 'Function', {
      functionName: name,
      description: 'Cosigns checkpoints of logs that only grow',
      bundles,
      bundle: 'witness',
      memoryMb: 512,
      timeLimit: Duration.seconds(API_TIME_LIMIT_S),
      logDays,
      environment: {
        [WITNESS_ENV.witnessName]: witness.name,
        [WITNESS_ENV.witnessKeyId]: key.keyArn,
        [WITNESS_ENV.witnessLocation]: `s3://${bucket.bucketName}/${PREFIX}`,
        [WITNESS_ENV.witnessedLogs]: witness.logs.join(' '),
        [WITNESS_ENV.witnessRetentionDays]: String(witness.lockDays),
      },
      rights: [
        { actions: ['kms:GetPublicKey', 'kms:Sign'], resources: [key.keyArn] },
        {
          actions: ['s3:GetObject', 's3:PutObject', 's3:PutObjectRetention'],
          resources: [bucket.arnForObjects(`${PREFIX}*`)],
          because: 'Cosigned checkpoints; the function names them as the logs grow',
        },
        { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] },
      ],
    });
    this.api = new JsonApi(this, 'Api', {
      apiName: name,
      description: 'Witness of logs (C2SP tlog-witness)',
      target: this.function.function.functionArn,
      routes: ['POST /add-checkpoint', 'GET /{origin}/checkpoint'],
      authorization: AuthorizationType.NONE,
      openBecause: 'The signature of a known log on the checkpoint authorizes a request (C2SP tlog-witness)',
      refusal: (message) => `{"message":${message}}`,
      throttle: witness.throttle,
      logDays,
      ...(config.apiGatewayLogRole && { logRole: new ApiLogRole(this, 'ApiLogRole') }),
    });

    new WitnessAlarms(this, 'WitnessAlarms', {
      name: config.name,
      topic: alarmTopic(this, config.alarms),
      function: this.function.function,
      // A verifier key is <origin>+<id>+<key>; a log has several after a rotation.
      origins: [...new Set(witness.logs.map((logKey) => logKey.slice(0, logKey.indexOf('+'))))],
      silence: Duration.minutes(witness.silentMinutes),
    });
    new CfnOutput(this, 'WitnessUrl', { value: this.api.url });
    new CfnOutput(this, 'WitnessKey', { value: key.keyArn });
  }
}
