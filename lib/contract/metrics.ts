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

/** Dimensions of the metrics of requests, besides `METRIC_DIMENSION`: closed lists, never a name that a caller chooses. */
export const REQUEST_DIMENSIONS = ['operation', 'vendor', 'outcome'] as const;

/** The same for those of tenants' keys, and of deliveries. */
export const KEY_DIMENSIONS = ['operation', 'client', 'outcome'] as const;

export const DELIVERY_DIMENSIONS = ['sink'] as const;
