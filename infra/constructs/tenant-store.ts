import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FORWARDER_ENV } from '../../lib/contract/log-forwarder.ts';
import { functionName } from '../../lib/contract/deployment.ts';
import { TENANTS_OBJECT } from '../../lib/contract/tenant-gateway.ts';
import { roleArn } from './bundled-function.ts';
import type { Replication } from './bucket-replication.ts';
import { GuardedKey, type KeyUse, type Replicated } from './guarded-key.ts';
import { type AccessLogs, PrivateBucket } from './private-bucket.ts';
import type { Right } from './rights.ts';
import { watchedByVerifier } from './watched-keys.ts';

export interface TenantStoreProps {
  readonly deployment: string;
  readonly logDays: RetentionDays;
  readonly accessLogs: AccessLogs;
  readonly keyAdministrators: readonly string[];
  /** ARNs of principals that may seal tenants. Empty: every principal of this account with the IAM permission. */
  readonly sealers: readonly string[];
  /** Roles that forwarders assume to write to log groups of tenants. */
  readonly sinkRoles: readonly string[];
  /** Private networks that sinks may be in, in CIDR notation. */
  readonly allowedNetworks: readonly string[];
  /** The bucket of the sealed tenants and its key, of an earlier deployment. @default new ones */
  readonly adopt: { readonly tenantsBucket?: string | undefined; readonly tenantsKey?: string | undefined };
  readonly multiRegionKeys: boolean;
  /** @default no replica of the key may be made */
  readonly replicated: Replicated | undefined;
  /** @default the sealed tenants stay in this Region */
  readonly replication: Replication | undefined;
}

/** The encryption context of sealed tenants, besides their version. */
const TENANTS_CONTEXT = { StringEquals: { 'kms:EncryptionContext:purpose': 'tenants' } };

/** Returns what the policy of the tenants' key, and of its replica, allows. */
export function tenantsUses(deployment: string, sealers: readonly string[]): KeyUse[] {
  const openers = (['tenant-gateway', 'event-forwarder', 'log-forwarder'] as const).map((name) =>
    roleArn(functionName(deployment, name)),
  );
  return [
    // Sealing opens the last sealed tenants first, so that their secrets stay.
    {
      sid: 'SealTenants',
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      principals: sealers,
      conditions: TENANTS_CONTEXT,
    },
    { sid: 'OpenTenants', actions: ['kms:Decrypt'], roles: openers, conditions: TENANTS_CONTEXT },
    watchedByVerifier(deployment),
  ];
}

/** Holds the sealed tenants in a bucket, the key that seals them, and the log group of events without a sink. */
export class TenantStore extends Construct {
  readonly bucket: PrivateBucket;
  readonly key: GuardedKey;
  readonly unconfigured: LogGroup;
  /** `s3://bucket/key` */
  readonly location: string;
  readonly #props: TenantStoreProps;

  constructor(scope: Construct, id: string, props: TenantStoreProps) {
    super(scope, id);
    this.#props = props;
    this.bucket = new PrivateBucket(this, 'Tenants', {
      accessLogs: props.accessLogs,
      adopted: props.adopt.tenantsBucket,
      replication: props.replication,
    });
    this.location = `s3://${this.bucket.bucketName}/${TENANTS_OBJECT}`;
    this.key = new GuardedKey(this, 'Key', {
      alias: `alias/${props.deployment}-tenants`,
      description: 'Seals the configuration of tenants',
      administrators: props.keyAdministrators,
      adopted: props.adopt.tenantsKey,
      multiRegion: props.multiRegionKeys,
      replicated: props.replicated,
      uses: tenantsUses(props.deployment, props.sealers),
    });
    this.unconfigured = new LogGroup(this, 'Unconfigured', {
      logGroupName: `/${props.deployment}/unconfigured-events`,
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /**
   * Returns the rights to open the tenants. Without the right to list, S3 answers 403 for an object that does not
   * exist.
   */
  opening(): Right[] {
    return [
      { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] },
      { actions: ['s3:GetObject'], resources: [this.bucket.arnForObjects(TENANTS_OBJECT)] },
      { actions: ['kms:Decrypt'], resources: [this.key.keyArn], conditions: TENANTS_CONTEXT },
    ];
  }

  /** Returns the rights to open the tenants and deliver to their sinks. */
  forwarding(): Right[] {
    const { sinkRoles } = this.#props;
    return [
      ...this.opening(),
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.unconfigured.logGroupArn] },
      ...(sinkRoles.length > 0 ? [{ actions: ['sts:AssumeRole'], resources: sinkRoles }] : []),
    ];
  }

  /** Returns the settings of a log forwarder for tenants. */
  forwarderSettings() {
    const { allowedNetworks } = this.#props;
    return {
      [FORWARDER_ENV.tenants]: this.location,
      [FORWARDER_ENV.unconfiguredLogGroup]: this.unconfigured.logGroupName,
      ...(allowedNetworks.length > 0 && { [FORWARDER_ENV.allowedNetworks]: allowedNetworks.join(',') }),
    };
  }
}
