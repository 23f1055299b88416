/** Environment variables of the log forwarder. */
export const FORWARDER_ENV = {
  /** Bucket of the dead letters and of what was merged already. */
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

/** What waits for a sink that does not work, below `FORWARDER_BUCKET`. */
export const BACKLOG_PREFIX = 'backlog/';

/** What is known of each of them: why it waits, and when it is tried again. */
export const LANE_STATE_PREFIX = 'lanes/';

/** Settings that the log forwarder cannot start without. `url` or `tenants` is needed besides. */
export const FORWARDER_REQUIRED = ['bucket'] as const satisfies readonly (keyof typeof FORWARDER_ENV)[];
