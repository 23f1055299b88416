export const METRIC_NAMESPACE = 'ServerlessProtector';

/** Dimension of every metric: the function that emits it, so that an alarm watches one deployment only. */
export const METRIC_DIMENSION = 'function';

/** Every metric with its CloudWatch unit. */
export const METRICS = {
  Batches: 'Count',
  Values: 'Count',
  Refusals: 'Count',
  WeakValues: 'Count',
  /** Values that stayed clear in whole when they were protected, as their element says. */
  ClearValues: 'Count',
  /** Requests that a break-glass role alone allows. */
  BreakGlassUses: 'Count',
  Duration: 'Milliseconds',
  AuditWrite: 'Milliseconds',
  AuditWriteFailures: 'Count',
  /** Mode `buffered`: records that went to standard output because the sink did not take them. */
  AuditUndelivered: 'Count',
  /** Starts of an environment whose code cache was taken by another Node, or of another bundle: they are slower. */
  CodeCacheRefused: 'Count',
  /** Log forwarder: original records taken, merged records delivered, records put with the dead letters. */
  RecordsMerged: 'Count',
  RecordsDelivered: 'Count',
  DeadLetters: 'Count',
  /** Log forwarder, by kind of sink: security events delivered, postponed, discarded, and of tenants without a sink. */
  EventsDelivered: 'Count',
  /** Log forwarder, by kind of sink: delivered events whose texts were cut to a limit, which `truncated` marks. */
  EventsCut: 'Count',
  EventsRetried: 'Count',
  EventsDiscarded: 'Count',
  EventsUnconfigured: 'Count',
  /** Log forwarder, by kind of sink: sinks with an open circuit, and the age of the oldest parcel that waits. */
  CircuitsOpen: 'Count',
  BacklogAge: 'Seconds',
  /** Log forwarder: lanes whose parcels wait for a failing sink, whose sink is slow, and that have dead letters. */
  LanesWaiting: 'Count',
  LanesSlow: 'Count',
  LanesDead: 'Count',
  /** Tenant gateway: keys in replies, security events that became durable. */
  KeyOperations: 'Count',
  EventsAccepted: 'Count',
  /** Log sealer: records that became leaves, and lines that are no signed records. */
  RecordsSealed: 'Count',
  RecordsRejected: 'Count',
  /** Log sealer, log forwarder: records whose place in their chain another record holds. */
  RecordsForked: 'Count',
  /** Log sealer: age of the newest checkpoint after a run that succeeded. */
  CheckpointAge: 'Seconds',
  /**
   * Log verifier: records of the audit log group that the log lacks, and the age of the oldest that is not known to be
   * sealed.
   */
  RecordsUnsealed: 'Count',
  UnsealedAge: 'Seconds',
  /** Log verifier: watched KMS keys that are disabled, pending deletion, or could not be asked for. */
  KeysUnusable: 'Count',
  /** Log sealer: witnesses that did not cosign the newest checkpoint. */
  CosignaturesMissing: 'Count',
  /** Log sealer: witnesses that have seen another history. Witness: checkpoints that do not continue their log. */
  CheckpointsRefuted: 'Count',
  /** Log sealer: timestamp authorities that gave no timestamp of the newest checkpoint. */
  TimestampsMissing: 'Count',
  /** Witness: checkpoints that it cosigned, by log. */
  CheckpointsCosigned: 'Count',
  /** Witness: requests that it could not answer, and those of them that KMS refused. */
  WitnessFailures: 'Count',
  WitnessKeyRefused: 'Count',
  /** File protector: objects whose output has its name, and those that were refused or whose output's name is taken. */
  ObjectsProtected: 'Count',
  ObjectsRefused: 'Count',
  /** Policy agent: policies that it refused or rolled back. */
  PublicationsFailed: 'Count',
  /** Policy agent: functions that did not give callers the answers of the canary; 0 where all did. */
  CanaryFailures: 'Count',
} as const;

/**
 * Dimensions of the metrics of requests, besides `METRIC_DIMENSION`: closed lists, never a name that a caller chooses.
 */
export const REQUEST_DIMENSIONS = ['operation', 'vendor', 'outcome'] as const;

/** Dimensions of the metrics of tenants' keys, besides `METRIC_DIMENSION`. */
export const KEY_DIMENSIONS = ['operation', 'client', 'outcome'] as const;

/** Dimension of the metrics of a witness, besides `METRIC_DIMENSION`: the origin of a configured log. */
export const LOG_DIMENSION = 'log';

/** Dimensions of the metrics of deliveries, besides `METRIC_DIMENSION`. */
export const DELIVERY_DIMENSIONS = ['sink'] as const;
