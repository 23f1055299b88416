/** Names and defaults that code and infrastructure share. */

/** The release, as in package.json. */
export const RELEASE = '0.1.0';

/** Environment variables of the protect functions. */
export const ENV = {
  /** Where the sealed policy lies; default `DEFAULT_POLICY_PATH`. */
  policyPath: 'POLICY_PATH',
  /** Where the sealed audit signing key lies; default `DEFAULT_SIGNING_KEY_PATH`. */
  signingKeyPath: 'AUDIT_SIGNING_KEY_PATH',
  /** When audit records become durable: one of `AUDIT_MODES`; default `blocking`. */
  auditMode: 'AUDIT_MODE',
  /** Log group of the audit records. Required in the modes `blocking` and `buffered`: there is no answer without a trail. */
  auditLogGroup: 'AUDIT_LOG_GROUP',
  /** An RE2 expression with one capture group, which is the policy's user; unset: names stay as they come. */
  usernameRegex: 'USERNAME_REGEX',
  /** Takes the place of every user; unset: nobody's place. */
  serviceUser: 'service_user',
  /** Kinesis stream of the audit records. Required in the mode `kinesis`. */
  auditStream: 'AUDIT_STREAM',
  /** Mode `buffered`: milliseconds between writes; default `DEFAULT_AUDIT_FLUSH_INTERVAL_MS`. */
  auditFlushIntervalMs: 'AUDIT_FLUSH_INTERVAL_MS',
} as const;

/**
 * - `blocking`: an answer leaves once CloudWatch Logs has accepted its record
 * - `kinesis`: an answer leaves once the stream has accepted its record
 * - `buffered`: answers leave at once; records are merged and written every `AUDIT_FLUSH_INTERVAL_MS` and at the end
 */
export const AUDIT_MODES = ['blocking', 'buffered', 'kinesis'] as const;
export type AuditMode = (typeof AUDIT_MODES)[number];

export const DEFAULT_AUDIT_FLUSH_INTERVAL_MS = 30_000;

/** Environment variables of the log forwarder. */
export const FORWARDER_ENV = {
  /** Bucket of the dead letters and of what was merged already. Required. */
  bucket: 'FORWARDER_BUCKET',
  /** The OpenSearch that takes the merged records, such as `https://esa.example.com:9200`. Required without `TENANTS_LOCATION`. */
  url: 'ESA_URL',
  /** Index or data stream; default `DEFAULT_ESA_INDEX`. */
  index: 'ESA_INDEX',
  /** Value of the `Authorization` header. */
  authorization: 'ESA_AUTHORIZATION',
  /** PEM files: certificate authority of the server, certificate and key of the client. */
  caPath: 'ESA_CA_PATH',
  certificatePath: 'ESA_CERT_PATH',
  keyPath: 'ESA_KEY_PATH',
  /** `s3://bucket/key` of the sealed tenants, whose sinks take their events and the records of their data stores. */
  tenants: 'TENANTS_LOCATION',
  /** Name of the Kinesis stream of security events: batches of every other stream are audit records. */
  eventStream: 'EVENT_STREAM',
  /** Log group that stands for standard output: events of tenants without a sink. Required with `TENANTS_LOCATION`. */
  unconfiguredLogGroup: 'UNCONFIGURED_LOG_GROUP',
  /** Networks in CIDR notation, separated by commas, that sinks may be in although they are private; default: none. */
  allowedNetworks: 'SIEM_ALLOWED_NETWORKS',
} as const;

export const DEFAULT_ESA_INDEX = 'pty_insight_audits';

/** Where the log forwarder keeps its things in `FORWARDER_BUCKET`. */
export const DEAD_LETTER_PREFIX = 'dead-letters/';
export const FORWARDER_JOURNAL_PREFIX = 'forwarder/';

/** Environment variables of the tenant gateway. */
export const GATEWAY_ENV = {
  /** `s3://bucket/key` of the sealed tenants. Required. */
  tenants: 'TENANTS_LOCATION',
  /** Kinesis stream that accepts the security events. Required: no key leaves without a durable event. */
  eventStream: 'EVENT_STREAM',
} as const;

/** What waits for a sink that does not work, below `FORWARDER_BUCKET`. */
export const BACKLOG_PREFIX = 'backlog/';
/** What is known of each of them: why it waits, and when it is tried again. */
export const LANE_STATE_PREFIX = 'lanes/';

/** Environment variables of the REST function alone, named as the reference product names them. */
export const REST_ENV = {
  /** `JWT`: the caller is who the token in the `Authorization` header says. Empty or `None`: who the body says. */
  authorization: 'authorization',
  /** `1`: with `JWT`, a user in the body takes the place of the token's. Default `0`. */
  allowAssumeUser: 'allow_assume_user',
  /** `0`: something in front has verified the token. Default `1`. */
  jwtVerify: 'jwt_verify',
  /** Base64 of a PEM public key, or of a shared secret of 32 bytes or more. */
  jwtSecret: 'jwt_secret_base64',
  /** JSON array of claim names, of which the first that holds a text names the user. Default `["username","sub"]`. */
  jwtUserClaim: 'jwt_user_claim',
} as const;

/** Environment variables of the policy agent. It has `AUDIT_LOG_GROUP` and `service_user` besides, as the protect functions. */
export const AGENT_ENV = {
  /** Bucket where authors put `policy.json` or `.yaml`, and `mapping.json` or `.yaml`. Required. */
  authoringBucket: 'AUTHORING_BUCKET',
  /** Bucket of journal, keys and sealed policies, which nobody but the agent writes. Required. */
  publicationBucket: 'PUBLICATION_BUCKET',
  /** Key id, ARN or alias of the KMS key that policies and keys are sealed under. Required. */
  sealingKey: 'SEALING_KEY',
  /** Name of the layer that carries the sealed policy. Required. */
  layer: 'POLICY_LAYER',
  /** `<front end>:<function name>`, separated by commas; front ends are `redshift`, `snowflake` and `rest`. Required. */
  functions: 'PROTECT_FUNCTIONS',
  /** The alias that callers use; default `DEFAULT_ALIAS`. */
  alias: 'PROTECT_ALIAS',
  /** How many policy versions are kept to roll back to, the live one among them; from 2, default `DEFAULT_KEPT_VERSIONS`. */
  keptVersions: 'KEPT_POLICY_VERSIONS',
  /** Lint rules that stop a publication, separated by commas; default: none. */
  lintErrors: 'LINT_ERRORS',
} as const;

/** Names under which authors put their files into the authoring bucket, the first that is there. */
export const POLICY_FILES = ['policy.json', 'policy.yaml', 'policy.yml'] as const;
export const MAPPING_FILES = ['mapping.json', 'mapping.yaml', 'mapping.yml'] as const;

/** The user, and role, that the policy agent asks as; also what the names of its elements begin with. */
export const CANARY = 'protector_canary';

export const DEFAULT_ALIAS = 'Production';

/** What a deployment is called unless its configuration says otherwise; its functions are `protector-redshift` and so on. */
export const DEFAULT_DEPLOYMENT = 'protector';

/** What a deployment's function is called: `protector-redshift`. The log forwarder runs twice, once for security events. */
export function functionName(deployment: string, name: FunctionName): string {
  return `${deployment}-${name}`;
}

export type FunctionName =
  | 'redshift'
  | 'snowflake'
  | 'rest'
  | 'policy-agent'
  | 'log-forwarder'
  | 'log-sealer'
  | 'tenant-gateway'
  | 'event-forwarder';

/**
 * The time limit of the functions behind the APIs, seconds: API Gateway gives up after 29. A protect function words a refusal
 * half a second before it is over.
 */
export const API_TIME_LIMIT_S = 25;

/** Object of the tenants' bucket that holds the sealed tenants. */
export const TENANTS_OBJECT = 'tenants.sealed.json';

/** Members of audit records that the audit log group is indexed by: what people filter for by equality. At most 20. */
export const INDEXED_FIELDS = [
  'protection.policy_user',
  'protection.dataelement',
  'protection.audit_code',
  'protection.operation',
  'additional_info.query_id',
  'additional_info.request_id',
  'additional_info.policy_version',
  'protector.vendor',
  'signature.chain_id',
  'logtype',
  'level',
] as const;
export const DEFAULT_KEPT_VERSIONS = 5;

/** The log sealer's. */
export const SEALER_ENV = {
  /** `s3://bucket/prefix` of the log. Required. */
  logLocation: 'LOG_LOCATION',
  /** Names the log for ever: the first line of its checkpoints. Required. */
  logOrigin: 'LOG_ORIGIN',
  /** KMS key that signs checkpoints: id, ARN or alias. Required. */
  checkpointKeyId: 'CHECKPOINT_KEY_ID',
  /** Verifier keys of checkpoint keys before a rotation, separated by spaces. */
  formerCheckpointKeys: 'FORMER_CHECKPOINT_KEYS',
  /** How often the clock strikes, seconds; default 300. Each checkpoint promises the next within twice that. */
  checkpointIntervalS: 'CHECKPOINT_INTERVAL_S',
  /** Days for which Object Lock keeps the log from everybody (compliance mode); default what the bucket does. */
  logRetentionDays: 'LOG_RETENTION_DAYS',
} as const;

/** In the policy layer. */
export const DEFAULT_POLICY_PATH = '/opt/protector/policy.sealed.json';
export const DEFAULT_SIGNING_KEY_PATH = '/opt/protector/audit-signing.sealed.json';

export const METRIC_NAMESPACE = 'ServerlessProtector';

/** Dimension of every metric: the function that emits it, so that an alarm watches one deployment and no other. */
export const METRIC_DIMENSION = 'function';

/** Every metric with its CloudWatch unit. */
export const METRICS = {
  Batches: 'Count',
  Values: 'Count',
  Refusals: 'Count',
  WeakValues: 'Count',
  Duration: 'Milliseconds',
  AuditWrite: 'Milliseconds',
  AuditWriteFailures: 'Count',
  /** Mode `buffered`: records that went to standard output because the sink did not take them. */
  AuditUndelivered: 'Count',
  /** Log forwarder: original records taken, merged records delivered, records put with the dead letters. */
  RecordsMerged: 'Count',
  RecordsDelivered: 'Count',
  DeadLetters: 'Count',
  /** Log forwarder, by kind of sink: security events delivered, put off, discarded, and of tenants without a sink. */
  EventsDelivered: 'Count',
  EventsRetried: 'Count',
  EventsDiscarded: 'Count',
  EventsUnconfigured: 'Count',
  /** Log forwarder, by kind of sink: sinks that are not tried for now, and the age of the oldest thing that waits. */
  CircuitsOpen: 'Count',
  BacklogAge: 'Seconds',
  /** Tenant gateway: keys that were answered, security events that became durable. */
  KeyOperations: 'Count',
  EventsAccepted: 'Count',
  /** Log sealer: records that became leaves, lines that are no signed records, records whose place another record has. */
  RecordsSealed: 'Count',
  RecordsRejected: 'Count',
  RecordsForked: 'Count',
  /** Log sealer: age of the newest checkpoint after a run that succeeded. */
  CheckpointAge: 'Seconds',
  /** Policy agent: policies that were refused, or taken back. */
  PublicationsFailed: 'Count',
} as const;

/**
 * Members of an audit record, by the member that they are in. Those of `protection` are in records of values, those of `policy` in
 * records about policies; the others are in both, or absent where they do not apply.
 */
const AUDIT_RECORD_MEMBERS = {
  additional_info: [
    'batch_id',
    'cluster',
    'deployment_id',
    'description',
    'first_time_ms',
    'last_time_ms',
    'policy_version',
    'query_id',
    'repeated_cnt',
    'request_cnt',
    'request_id',
    'weak_cnt',
  ],
  client: ['ip'],
  origin: ['hostname', 'ip', 'time_utc'],
  policy: ['audit_code', 'datastore', 'policy_name'],
  process: ['id', 'module', 'name', 'platform', 'thread_id', 'user', 'version'],
  protection: ['audit_code', 'dataelement', 'datastore', 'mask_setting', 'old_dataelement', 'operation', 'policy_user'],
  protector: ['core_version', 'datastore', 'family', 'lambda_version', 'pcc_version', 'vendor', 'version'],
  signature: ['chain_id', 'checksum', 'key_id', 'previous', 'sequence'],
} as const;

/** Every field of an audit record as CloudWatch Logs Insights names it: dotted. */
export const AUDIT_RECORD_FIELDS: readonly string[] = [
  'cnt',
  'correlationid',
  'level',
  'logtype',
  ...Object.entries(AUDIT_RECORD_MEMBERS).flatMap(([member, names]) => names.map((name) => `${member}.${name}`)),
];

/** Members of a line of the application log that every function may write. Metrics are lines of their own, by their names. */
export const LOG_FIELDS = ['timestamp', 'level', 'message', 'requestId', 'code', 'row'] as const;

/** Dimensions of the metrics of requests, besides `METRIC_DIMENSION`: closed lists, never a name that a caller chooses. */
export const REQUEST_DIMENSIONS = ['operation', 'vendor', 'outcome'] as const;
/** The same for those of tenants' keys, and of deliveries. */
export const KEY_DIMENSIONS = ['operation', 'client', 'outcome'] as const;
export const DELIVERY_DIMENSIONS = ['sink'] as const;
