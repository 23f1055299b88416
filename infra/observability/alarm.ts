// One alarm: named like the paragraph of docs/runbook.md that says what to do.
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

const RUNBOOK = 'docs/runbook.md';

export interface AlarmSpec {
  /** The problem, in a sentence. */
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default 1 */
  readonly periods?: number;
  /** @default all periods */
  readonly of?: number;
  /** Whether values below the threshold are bad. @default false: those that reach it */
  readonly below?: boolean;
  /** @default false: no data, no alarm */
  readonly missingIsBad?: boolean;
}

/** Where alarms belong. */
export interface AlarmPlace {
  /** Prefix of their names. @default 'protector' */
  readonly name?: string;
  /** The topic that alarms notify. @default none: the alarms show in the console */
  readonly topic?: ITopic | undefined;
}

/** Makes the alarm `<name>-<alarm>`, which begins at the threshold. */
export function makeAlarm(
  scope: Construct,
  { name = 'protector', topic }: AlarmPlace,
  alarm: string,
  spec: AlarmSpec,
): Alarm {
  const { says, metric, threshold, periods = 1, of = periods, below = false, missingIsBad = false } = spec;
  const made = new Alarm(scope, alarm, {
    alarmName: `${name}-${alarm}`,
    alarmDescription: `${says} What to do: ${RUNBOOK}#${alarm}`,
    metric,
    threshold,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: of,
    datapointsToAlarm: periods,
    treatMissingData: missingIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  if (topic !== undefined) {
    made.addAlarmAction(new SnsAction(topic));
    made.addOkAction(new SnsAction(topic));
  }
  return made;
}
