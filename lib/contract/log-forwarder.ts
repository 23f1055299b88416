/** Environment variables of the log forwarder. */
export const FORWARDER_ENV = {
  /** Bucket of the backlogs, the dead letters and the journals. */
  bucket: 'FORWARDER_BUCKET',
  /**
   * The OpenSearch that takes merged records, such as `https://esa.example.com:9200`. Required without
   * `TENANTS_LOCATION`.
   */
  url: 'ESA_URL',
  /** Index or data stream; default `DEFAULT_ESA_INDEX`. */
  index: 'ESA_INDEX',
  /** Value of the `Authorization` header. Excludes the next one. */
  authorization: 'ESA_AUTHORIZATION',
  /** ARN or name of the secret in Secrets Manager that holds that value. */
  authorizationSecretArn: 'ESA_AUTHORIZATION_SECRET_ARN',
  /** PEM files: certificate authority of the server, certificate and key of the client. */
  caPath: 'ESA_CA_PATH',
  certificatePath: 'ESA_CERT_PATH',
  keyPath: 'ESA_KEY_PATH',
  /** `s3://bucket/key` of the sealed tenants. Their sinks take their events and the records of their data stores. */
  tenants: 'TENANTS_LOCATION',
  /** Name of the Kinesis stream of security events. Batches of every other stream are audit records. */
  eventStream: 'EVENT_STREAM',
  /** Log group that replaces standard output: events of tenants without a sink. Required with `TENANTS_LOCATION`. */
  unconfiguredLogGroup: 'UNCONFIGURED_LOG_GROUP',
  /** Private networks that sinks may be in, in CIDR notation, separated by commas; default: none. */
  allowedNetworks: 'SIEM_ALLOWED_NETWORKS',
} as const;

export const DEFAULT_ESA_INDEX = 'pty_insight_audits';

/** Prefix of dead letters in `FORWARDER_BUCKET`: parcels that no sink will take. */
export const DEAD_LETTER_PREFIX = 'dead-letters/';

/** Prefix of journals in `FORWARDER_BUCKET`: which records of a shard were taken. */
export const FORWARDER_JOURNAL_PREFIX = 'forwarder/';

/** Prefix of backlogs in `FORWARDER_BUCKET`: parcels that wait for a sink that does not work. */
export const BACKLOG_PREFIX = 'backlog/';

/** Prefix of objects of backlogs that no forwarder wrote, or that are damaged: put aside, under their own keys. */
export const DAMAGED_PREFIX = 'damaged/';

/** Prefix of the state of each lane in `FORWARDER_BUCKET`: why it waits, and when it is tried again. */
export const LANE_STATE_PREFIX = 'lanes/';

/**
 * Alias of the forwarder by which operators ask it. A right to invoke this alias is none to hand in records: the function
 * takes requests of operators by its alias only, and records only without it.
 */
export const OPERATOR_ALIAS = 'operator';

/** Settings that the log forwarder cannot start without. */
export const FORWARDER_REQUIRED = ['bucket'] as const satisfies readonly (keyof typeof FORWARDER_ENV)[];

/** Destinations of the log forwarder, which needs one at least, each with the settings that it requires. */
export const FORWARDER_DESTINATIONS = {
  auditStore: ['url'],
  tenants: ['tenants', 'unconfiguredLogGroup'],
} as const satisfies Readonly<Record<string, readonly (keyof typeof FORWARDER_ENV)[]>>;
