// The alarms of a deployment. Each one names the paragraph of docs/runbook.md with the same name, which says what to
// do.
import { Duration } from 'aws-cdk-lib';
import { type Alarm, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SCHEDULE_MINUTES } from '../../lib/contract/policy-agent.ts';
import { REPLICATION_MINUTES } from '../constructs/bucket-replication.ts';
import { type AlarmPlace, type AlarmSpec, makeAlarm } from './alarm.ts';
import {
  apiMetric,
  instanceMetric,
  lambdaMetric,
  largestOf,
  logGroupMetric,
  machineMetric,
  orElse,
  ownMetric,
  PERIOD,
  queueMetric,
  replicationMetric,
  subscriptionMetric,
  sumOf,
} from './metrics.ts';
import type { ObservedDeployment } from './observed.ts';

export interface AlarmsProps extends ObservedDeployment, AlarmPlace {
  /** The share of refused batches, in percent, that is a spike. @default 10 */
  readonly refusalsPercent?: number;
  /** The least number of refused batches in 5 minutes that can be a spike. @default 20 */
  readonly refusalsAtLeast?: number;
  /** The interval between checkpoints. A checkpoint is late after twice that. @default 5 minutes */
  readonly checkpointInterval?: Duration;
  /** The interval between comparisons of the audit log group with the log. @default 5 minutes */
  readonly verifyInterval?: Duration;
  /** How long a record may wait to be sealed and compared. @default 1 hour */
  readonly unsealedAge?: Duration;
  /** How long a record may wait in a stream. @default 5 minutes */
  readonly iteratorAge?: Duration;
  /** How long a parcel may wait for a sink that does not work. @default 1 hour */
  readonly backlogAge?: Duration;
  /** How long one answer of an API in a hundred may take. @default 10 seconds */
  readonly apiLatency?: Duration;
  /** The account's quota of concurrent executions; alarm at 80 % of it. @default 1000 */
  readonly concurrencyQuota?: number;
}

/**
 * Returns periods that fill two intervals of a clock. CloudWatch looks at more periods than an alarm has before it calls
 * data missing ("evaluation range", Amazon CloudWatch User Guide), so one period of that length would take three or
 * four times as long.
 */
function twice(interval: Duration): { readonly period: Duration; readonly periods: number } {
  const minutes = wholeMinutes(interval).toMinutes();
  const period = Math.max(1, Math.floor(minutes / 5));
  return { period: Duration.minutes(period), periods: Math.ceil((2 * minutes) / period) };
}

/** Metrics of a function have periods of whole minutes. */
function wholeMinutes(interval: Duration): Duration {
  return Duration.minutes(Math.ceil(interval.toMinutes({ integral: false })));
}

/** Makes an alarm for each problem that must not go unnoticed, except for functions that are not deployed. */
export class Alarms extends Construct {
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#protect(props);
    this.#evidence(props);
    this.#subscription(props);
    this.#delivery(props);
    this.#capacity(props);
    this.#apis(props);
    this.#replication(props);
    this.#files(props);
  }

  get all(): readonly Alarm[] {
    return this.#alarms;
  }

  #protect(props: AlarmsProps): void {
    const functions = props.protectFunctions.map((observed) => observed.function);
    const failures = functions.flatMap((fn) => [
      ownMetric(fn, 'AuditWriteFailures'),
      ownMetric(fn, 'AuditUndelivered'),
    ]);
    this.#add(props, 'audit-undelivered', {
      says: 'Audit records could not be written: answers are withheld (blocking, kinesis) or leave before their record (buffered).',
      metric: sumOf('failed', failures, 'records not written'),
      threshold: 1,
    });
    this.#add(props, 'break-glass-used', {
      says: 'A break-glass role was used: a request was allowed that no other role of the user allows.',
      metric: sumOf(
        'used',
        functions.map((fn) => ownMetric(fn, 'BreakGlassUses')),
        'uses of break-glass roles',
      ),
      threshold: 1,
    });
    const refusals = sumOf(
      'refused',
      functions.map((fn) => ownMetric(fn, 'Refusals')),
      'refusals',
    );
    const batches = sumOf(
      'batch',
      functions.map((fn) => ownMetric(fn, 'Batches')),
      'batches',
    );
    this.#add(props, 'refusals-spike', {
      says: 'Far more requests than usual are refused: a policy is wrong, or a user probes.',
      metric: new MathExpression({
        expression: `IF(refusals >= ${props.refusalsAtLeast ?? 20}, 100 * refusals / batches, 0)`,
        usingMetrics: { refusals, batches },
        label: 'refused, percent',
        period: PERIOD,
      }),
      threshold: props.refusalsPercent ?? 10,
    });
    if (props.policyAgent === undefined) return;
    this.#canary(props, props.policyAgent.function);
    const agent = props.policyAgent.function;
    this.#add(props, 'policy-agent-failed', {
      says: 'A policy was not published: the agent refused it, rolled it back, or could not finish.',
      metric: sumOf(
        'failed',
        [lambdaMetric(agent, 'Errors'), ownMetric(agent, 'PublicationsFailed')],
        'failed publications',
      ),
      threshold: 1,
    });
  }

  #canary({ canary = false, ...props }: AlarmsProps, agent: IFunction): void {
    if (!canary) return;
    const { period, periods } = twice(Duration.minutes(SCHEDULE_MINUTES));
    this.#add(props, 'canary-failing', {
      says: 'A function does not give the canary its known answers, or nobody could ask it for ten minutes: queries may fail too.',
      // A run that fails asks nobody. One miss between two policies is none.
      metric: orElse('failing', ownMetric(agent, 'CanaryFailures', Stats.MAXIMUM, period), 1),
      threshold: 1,
      periods,
      missingIsBad: true,
    });
  }

  #evidence(props: AlarmsProps): void {
    if (props.logSealer === undefined) return;
    const fn = props.logSealer.function;
    const interval = props.checkpointInterval ?? Duration.minutes(5);
    const late = 2 * interval.toSeconds();
    const { period, periods } = twice(interval);
    this.#add(props, 'checkpoint-late', {
      says: 'The log has no new checkpoint although one was due: new records are not yet sealed.',
      metric: orElse('age', ownMetric(fn, 'CheckpointAge', Stats.MAXIMUM, period), late),
      threshold: late,
      periods,
      missingIsBad: true,
    });
    const readers = [fn, ...(props.logForwarders ?? []).map((observed) => observed.function)];
    this.#add(props, 'records-forked', {
      says: 'Two records claim one place of a chain: the record key has leaked, or a line was edited on its way.',
      metric: sumOf(
        'forked',
        readers.map((reader) => ownMetric(reader, 'RecordsForked')),
        'forked records',
      ),
      threshold: 1,
    });
    this.#add(props, 'records-rejected', {
      says: 'Lines that are no signed records arrived at the sealer, and were not sealed.',
      metric: ownMetric(fn, 'RecordsRejected'),
      threshold: 1,
    });
    this.#add(props, 'checkpoint-refuted', {
      says: 'A witness has seen another history of the log: the log was rewritten, or two logs have one name.',
      metric: ownMetric(fn, 'CheckpointsRefuted'),
      threshold: 1,
    });
    this.#add(props, 'cosignatures-missing', {
      says: 'A witness has cosigned no checkpoint for half an hour: it is down, or does not know the log or its key.',
      metric: ownMetric(fn, 'CosignaturesMissing', Stats.MINIMUM),
      threshold: 1,
      periods: 6,
    });
    this.#add(props, 'timestamps-missing', {
      says: 'A timestamp authority gave no timestamp of three checkpoints in a row.',
      metric: ownMetric(fn, 'TimestampsMissing', Stats.MINIMUM, props.checkpointInterval ?? PERIOD),
      threshold: 1,
      periods: 3,
    });
  }

  /** The way of records from the audit log group to the log. */
  #subscription(props: AlarmsProps): void {
    const { auditLogGroup, logSealer, logVerifier } = props;
    if (logSealer !== undefined) {
      this.#add(props, 'subscription-failing', {
        says: 'CloudWatch Logs cannot hand audit records to the stream, and gives up within 24 hours.',
        metric: subscriptionMetric(auditLogGroup, 'DeliveryErrors'),
        threshold: 1,
      });
      this.#add(props, 'subscription-throttled', {
        says: 'The stream takes audit records more slowly than the log group gets them; after 24 hours some are dropped.',
        metric: subscriptionMetric(auditLogGroup, 'DeliveryThrottling'),
        threshold: 1,
        periods: 3,
      });
      this.#add(props, 'records-not-arriving', {
        says: 'Audit records were written and none arrived at the sealer: the subscription, or the reader of the stream, is gone.',
        metric: new MathExpression({
          expression: 'IF(FILL(sealed, 0) + FILL(rejected, 0) == 0, FILL(written, 0), 0)',
          usingMetrics: {
            written: logGroupMetric(auditLogGroup, 'IncomingLogEvents'),
            sealed: ownMetric(logSealer.function, 'RecordsSealed'),
            rejected: ownMetric(logSealer.function, 'RecordsRejected'),
          },
          label: 'records written while none arrived',
          period: PERIOD,
        }),
        threshold: 1,
        // A record of the end of one period is sealed in the next.
        periods: 2,
      });
    }
    if (logVerifier === undefined) return;
    const interval = props.verifyInterval ?? Duration.minutes(5);
    this.#add(props, 'records-unsealed', {
      says: 'Records of the audit log group are not in the log.',
      metric: ownMetric(logVerifier.function, 'RecordsUnsealed', Stats.MAXIMUM, wholeMinutes(interval)),
      threshold: 1,
    });
    const { period, periods } = twice(interval);
    this.#add(props, 'verifier-silent', {
      says: 'No run of the verifier could compare the audit log group with the log.',
      // A run that fails writes no age.
      metric: orElse('compared', ownMetric(logVerifier.function, 'UnsealedAge', Stats.SAMPLE_COUNT, period), 0),
      threshold: 1,
      below: true,
      periods,
      missingIsBad: true,
    });
    this.#add(props, 'key-unusable', {
      says: 'KMS does not use a key of the deployment: it is disabled, is to be deleted, or could not be asked for.',
      metric: orElse('unusable', ownMetric(logVerifier.function, 'KeysUnusable', Stats.MAXIMUM, period), 1),
      threshold: 1,
      periods,
      missingIsBad: true,
    });
    this.#add(props, 'verifier-behind', {
      says: 'Records older than an hour are not known to be sealed: they are unsealed, or the verifier is too slow.',
      metric: ownMetric(logVerifier.function, 'UnsealedAge', Stats.MAXIMUM, wholeMinutes(interval)),
      threshold: (props.unsealedAge ?? Duration.hours(1)).toSeconds(),
    });
  }

  #delivery(props: AlarmsProps): void {
    const forwarders = (props.logForwarders ?? []).map((observed) => observed.function);
    const sealers = props.logSealer === undefined ? [] : [props.logSealer.function];
    for (const [alarm, readers] of Object.entries({ 'sealer-behind': sealers, 'forwarder-behind': forwarders })) {
      if (readers.length === 0) continue;
      const ages = readers.map((fn) => lambdaMetric(fn, 'IteratorAge', Stats.MAXIMUM));
      this.#add(props, alarm, {
        says: 'Records wait in the stream: the function that reads them fails, or is too slow.',
        metric: largestOf('age', ages, 'age of the oldest, milliseconds'),
        threshold: (props.iteratorAge ?? Duration.minutes(5)).toMilliseconds(),
        periods: 3,
      });
    }
    const queued = (props.deadLetterQueues ?? []).map((queue) =>
      queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: PERIOD }),
    );
    const kept = forwarders.map((fn) => ownMetric(fn, 'DeadLetters'));
    if (queued.length + kept.length > 0) {
      this.#add(props, 'dead-letters', {
        says: 'Records or events could not be delivered and became dead letters: they are kept, and not sent again by themselves.',
        metric: sumOf('dead', [...kept, ...queued], 'dead letters'),
        threshold: 1,
      });
    }
    if (forwarders.length === 0) return;
    this.#add(props, 'siem-circuit-open', {
      says: 'A sink has failed for 15 minutes and its circuit is open; its backlog waits.',
      metric: sumOf(
        'open',
        forwarders.map((fn) => ownMetric(fn, 'CircuitsOpen', Stats.MAXIMUM)),
        'open circuits',
      ),
      threshold: 1,
      periods: 3,
    });
    this.#add(props, 'events-cut', {
      says: 'A sink got events or records without the ends of their longest texts, because of a limit of their size.',
      metric: sumOf(
        'cut',
        forwarders.map((fn) => ownMetric(fn, 'EventsCut')),
        'events that were cut',
      ),
      threshold: 1,
    });
    this.#add(props, 'siem-backlog-old', {
      says: 'The backlog of a sink is too old; after 24 hours its parcels become dead letters.',
      metric: largestOf(
        'waiting',
        forwarders.map((fn) => ownMetric(fn, 'BacklogAge', Stats.MAXIMUM)),
        'age of the oldest, seconds',
      ),
      threshold: (props.backlogAge ?? Duration.hours(1)).toSeconds(),
    });
  }

  #capacity(props: AlarmsProps): void {
    const answering = [...props.protectFunctions, ...(props.tenantGateway === undefined ? [] : [props.tenantGateway])];
    const { logSealer, logVerifier, logForwarders = [] } = props;
    const background = [logSealer, logVerifier, ...logForwarders].filter((one) => one !== undefined);
    this.#add(props, 'throttles', {
      says: 'Requests are throttled for lack of concurrency; Redshift gives up after 20 seconds.',
      metric: sumOf(
        'throttled',
        answering.map((observed) => lambdaMetric(observed.function, 'Throttles')),
        'throttled',
      ),
      threshold: 1,
      periods: 2,
      of: 3,
    });
    if (props.capacityProvider !== undefined) {
      this.#add(props, 'instances-busy', {
        says: 'Instances of the protect functions have had no processor to spare for 15 minutes, and no more were launched.',
        metric: instanceMetric(props.capacityProvider),
        threshold: 90,
        periods: 3,
      });
    }
    this.#add(props, 'function-errors', {
      says: 'A function ended without an answer: time-out, out of memory, or a crash. Refusals do not count.',
      metric: sumOf(
        'errors',
        [...answering, ...background].map((observed) => lambdaMetric(observed.function, 'Errors')),
        'errors',
      ),
      threshold: 1,
    });
    this.#add(props, 'concurrency-near-quota', {
      says: 'The account uses 80 % of its concurrent executions; beyond 100 % Lambda throttles requests.',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'ConcurrentExecutions',
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      threshold: 0.8 * (props.concurrencyQuota ?? 1000),
    });
  }

  #apis(props: AlarmsProps): void {
    const apis = props.apis ?? [];
    if (apis.length === 0) return;
    this.#add(props, 'api-errors', {
      says: 'An API answers with 5xx: its function fails or is throttled, or API Gateway cannot reach it.',
      metric: sumOf(
        'failed',
        apis.map((api) => apiMetric(api, '5XXError', Stats.SUM)),
        'answers 5xx',
      ),
      // Callers repeat a single one.
      threshold: 5,
      periods: 2,
      of: 3,
    });
    this.#add(props, 'api-slow', {
      says: 'One answer in a hundred takes an API over ten seconds; API Gateway gives up after 29.',
      metric: largestOf(
        'slow',
        apis.map((api) => apiMetric(api, 'Latency', Stats.percentile(99))),
        'milliseconds, 99th percentile',
      ),
      threshold: (props.apiLatency ?? Duration.seconds(10)).toMilliseconds(),
      periods: 3,
    });
  }

  #replication(props: AlarmsProps): void {
    const replications = props.replications ?? [];
    if (replications.length === 0) return;
    this.#add(props, 'replication-failing', {
      says: 'S3 cannot copy objects to the second Region: what it lacks there is lost with this Region.',
      metric: sumOf(
        'failed',
        replications.map((one) => replicationMetric(one, 'OperationsFailedReplication', Stats.SUM)),
        'objects not copied',
      ),
      threshold: 1,
    });
    this.#add(props, 'replication-late', {
      says: 'The second Region is more than 15 minutes behind: that much is lost with this Region.',
      metric: largestOf(
        'behind',
        replications.map((one) => replicationMetric(one, 'ReplicationLatency', Stats.MAXIMUM)),
        'seconds behind',
      ),
      threshold: Duration.minutes(REPLICATION_MINUTES).toSeconds(),
      periods: 2,
    });
  }

  #files(props: AlarmsProps): void {
    if (props.fileProtector === undefined) return;
    const { function: fn, queueName, machineArn } = props.fileProtector;
    this.#add(props, 'objects-refused', {
      says: 'An object was refused, or another object has the name of its output: nothing of it was written.',
      metric: ownMetric(fn, 'ObjectsRefused'),
      threshold: 1,
    });
    this.#add(props, 'file-events-failed', {
      says: 'New objects were not protected: each attempt of the file protector failed, and their events wait in a queue.',
      metric: queueMetric(queueName),
      threshold: 1,
    });
    this.#add(props, 'file-protector-failing', {
      says: 'Tasks of the file protector have failed for 15 minutes: they are repeated, and their objects are late.',
      metric: lambdaMetric(fn, 'Errors'),
      threshold: 1,
      periods: 3,
    });
    this.#add(props, 'file-job-failed', {
      says: 'A job over a bucket failed as a whole, or an object of it after all attempts.',
      metric: sumOf(
        'failed',
        [machineMetric(machineArn, 'ExecutionsFailed'), machineMetric(machineArn, 'ExecutionsTimedOut')],
        'failed executions',
      ),
      threshold: 1,
    });
  }

  #add(props: AlarmsProps, alarm: string, spec: AlarmSpec): void {
    this.#alarms.push(makeAlarm(this, props, alarm, spec));
  }
}
