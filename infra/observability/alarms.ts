// What somebody must be told. Each alarm names the paragraph of docs/runbook.md that says what to do: it has the alarm's own name.
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { lambdaMetric, largestOf, ownMetric, PERIOD, sumOf } from './metrics.ts';
import type { ObservedDeployment } from './observed.ts';

export const RUNBOOK = 'docs/runbook.md';

export interface AlarmsProps extends ObservedDeployment {
  /** @default 'protector' */
  readonly name?: string;
  /** Who is told. @default nobody: the alarms show in the console */
  readonly topic?: ITopic;
  /** Refused batches, in percent of all, from which they are a spike. @default 10 */
  readonly refusalsPercent?: number;
  /** Refused batches in 5 minutes below which they are none. @default 20 */
  readonly refusalsAtLeast?: number;
  /** How often the sealer signs. A checkpoint is late after twice that. @default 5 minutes */
  readonly checkpointInterval?: Duration;
  /** How old a record of a stream may become before a function has taken it. @default 5 minutes */
  readonly iteratorAge?: Duration;
  /** How long anything may wait for a sink that does not work. @default 1 hour */
  readonly backlogAge?: Duration;
  /** The account's quota of concurrent executions; alarm at 80 % of it. @default 1000 */
  readonly concurrencyQuota?: number;
}

interface AlarmSpec {
  /** What is wrong, in a sentence. */
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default 1 */
  readonly periods?: number;
  /** @default all periods */
  readonly of?: number;
  /** @default false: no data, no alarm */
  readonly missingIsBad?: boolean;
}

/** An alarm for each thing that must not go unnoticed; those of functions that are not deployed are left out. */
export class Alarms extends Construct {
  readonly #alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#protect(props);
    this.#evidence(props);
    this.#delivery(props);
    this.#capacity(props);
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
      says: 'Far more requests than usual are refused: a policy that went wrong, or somebody who tries.',
      metric: new MathExpression({
        expression: `IF(refusals >= ${props.refusalsAtLeast ?? 20}, 100 * refusals / batches, 0)`,
        usingMetrics: { refusals, batches },
        label: 'refused, percent',
        period: PERIOD,
      }),
      threshold: props.refusalsPercent ?? 10,
    });
    if (props.policyAgent === undefined) return;
    const agent = props.policyAgent.function;
    this.#add(props, 'policy-agent-failed', {
      says: 'A policy was not published: it was refused or taken back, or the agent got stuck half-way.',
      metric: sumOf(
        'failed',
        [lambdaMetric(agent, 'Errors'), ownMetric(agent, 'PublicationsFailed')],
        'failed publications',
      ),
      threshold: 1,
    });
  }

  #evidence(props: AlarmsProps): void {
    if (props.logSealer === undefined) return;
    const fn = props.logSealer.function;
    const late = Duration.seconds(2 * (props.checkpointInterval ?? Duration.minutes(5)).toSeconds());
    this.#add(props, 'checkpoint-late', {
      says: 'The log has no new checkpoint although the clock has struck: what is recorded now is not yet sealed.',
      metric: ownMetric(fn, 'CheckpointAge', Stats.MAXIMUM, late),
      threshold: late.toSeconds(),
      missingIsBad: true,
    });
    this.#add(props, 'records-forked', {
      says: 'Two signed records claim one place of a chain: somebody holds the record key, or a chain was begun twice.',
      metric: ownMetric(fn, 'RecordsForked'),
      threshold: 1,
    });
  }

  #delivery(props: AlarmsProps): void {
    const forwarders = (props.logForwarders ?? []).map((observed) => observed.function);
    const sealers = props.logSealer === undefined ? [] : [props.logSealer.function];
    for (const [alarm, readers] of Object.entries({ 'sealer-behind': sealers, 'forwarder-behind': forwarders })) {
      if (readers.length === 0) continue;
      const ages = readers.map((fn) => lambdaMetric(fn, 'IteratorAge', Stats.MAXIMUM));
      this.#add(props, alarm, {
        says: 'Records wait in the stream: the function that takes them fails, or is too slow.',
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
        says: 'Something could not be delivered and was put aside: nothing is lost, and nothing sends it again by itself.',
        metric: sumOf('dead', [...kept, ...queued], 'dead letters'),
        threshold: 1,
      });
    }
    if (forwarders.length === 0) return;
    this.#add(props, 'siem-circuit-open', {
      says: 'A sink has failed for 15 minutes and is not tried for now; what is for it waits.',
      metric: sumOf(
        'open',
        forwarders.map((fn) => ownMetric(fn, 'CircuitsOpen', Stats.MAXIMUM)),
        'sinks that are not tried',
      ),
      threshold: 1,
      periods: 3,
    });
    this.#add(props, 'siem-backlog-old', {
      says: 'Something waits for a sink for too long; after 24 hours it becomes a dead letter.',
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
    const background = [...(props.logSealer === undefined ? [] : [props.logSealer]), ...(props.logForwarders ?? [])];
    this.#add(props, 'throttles', {
      says: 'Requests are turned away for lack of concurrency; Redshift gives up after 20 seconds of that.',
      metric: sumOf(
        'throttled',
        answering.map((observed) => lambdaMetric(observed.function, 'Throttles')),
        'throttled',
      ),
      threshold: 1,
      periods: 2,
      of: 3,
    });
    this.#add(props, 'function-errors', {
      says: 'A function ended without an answer: time-out, out of memory, or a crash. Refusals are no errors.',
      metric: sumOf(
        'errors',
        [...answering, ...background].map((observed) => lambdaMetric(observed.function, 'Errors')),
        'errors',
      ),
      threshold: 1,
    });
    this.#add(props, 'concurrency-near-quota', {
      says: 'The account uses 80 % of its concurrent executions; beyond 100 % requests are turned away.',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'ConcurrentExecutions',
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      threshold: 0.8 * (props.concurrencyQuota ?? 1000),
    });
  }

  #add(props: AlarmsProps, alarm: string, spec: AlarmSpec): void {
    const { says, metric, threshold, periods = 1, of = periods, missingIsBad = false } = spec;
    const made = new Alarm(this, alarm, {
      alarmName: `${props.name ?? 'protector'}-${alarm}`,
      alarmDescription: `${says} What to do: ${RUNBOOK}#${alarm}`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: periods,
      treatMissingData: missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (props.topic !== undefined) {
      made.addAlarmAction(new SnsAction(props.topic));
      made.addOkAction(new SnsAction(props.topic));
    }
    this.#alarms.push(made);
  }
}
