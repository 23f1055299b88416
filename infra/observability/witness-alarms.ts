// The alarms of a witness, in its own account. Each one names the paragraph of docs/runbook.md with the same name.
import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type AlarmPlace, type AlarmSpec, makeAlarm } from './alarm.ts';
import { lambdaMetric, logMetric, ownMetric, sumOf } from './metrics.ts';

export interface WitnessAlarmsProps extends AlarmPlace {
  readonly function: IFunction;
  /** Origins of the logs. */
  readonly origins: readonly string[];
  /** How long a log may get no cosignature. */
  readonly silence: Duration;
}

/** Most metrics of an alarm, less the expression over them. */
const MAX_LOGS = 9;

/** Makes an alarm for each problem of a witness. */
export class WitnessAlarms extends Construct {
  constructor(scope: Construct, id: string, props: WitnessAlarmsProps) {
    super(scope, id);
    const { function: fn } = props;
    const add = (alarm: string, spec: AlarmSpec): unknown => makeAlarm(this, props, alarm, spec);
    add('witness-failing', {
      says: 'The witness could not answer: logs get no cosignatures, and go on without them.',
      metric: sumOf('failed', [lambdaMetric(fn, 'Errors'), ownMetric(fn, 'WitnessFailures')], 'failed requests'),
      threshold: 1,
      periods: 2,
      of: 3,
    });
    add('witness-throttled', {
      says: 'Requests to the witness are throttled for lack of concurrency.',
      metric: lambdaMetric(fn, 'Throttles'),
      threshold: 1,
      periods: 2,
      of: 3,
    });
    add('witness-key-refused', {
      says: 'KMS refuses the key of the witness: it is disabled, is to be deleted, or its policy was changed.',
      metric: ownMetric(fn, 'WitnessKeyRefused'),
      threshold: 1,
    });
    add('witness-refuted-log', {
      says: 'A log showed a checkpoint that does not continue what the witness has seen: its history was rewritten.',
      metric: ownMetric(fn, 'CheckpointsRefuted'),
      threshold: 1,
    });
    for (let at = 0; at < props.origins.length; at += MAX_LOGS) this.#silent(props, at);
  }

  /** Makes the alarm of up to nine logs. Without any data at all, each of them is silent. */
  #silent(props: WitnessAlarmsProps, at: number): void {
    const usingMetrics = Object.fromEntries(
      props.origins.slice(at, at + MAX_LOGS).map((origin, i) => {
        return [`log${i}`, logMetric(props.function, 'CheckpointsCosigned', origin, props.silence)];
      }),
    );
    const silent = Object.keys(usingMetrics).map((id) => `IF(FILL(${id}, 0) == 0, 1, 0)`);
    const scope = at === 0 ? this : new Construct(this, `From${at}`);
    const place = { ...props, name: `${props.name ?? 'protector'}${at === 0 ? '' : `-${at}`}` };
    makeAlarm(scope, place, 'witness-silent', {
      says: 'A log got no cosignature for an hour, or for as long as is configured: it no longer asks, or is refused.',
      metric: new MathExpression({
        expression: silent.join(' + '),
        usingMetrics,
        label: 'logs without a cosignature',
        period: props.silence,
      }),
      threshold: 1,
      missingIsBad: true,
    });
  }
}
