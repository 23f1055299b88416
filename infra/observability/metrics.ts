// Metrics in CloudWatch: those that the functions emit (embedded metric format, `METRICS` of the contract), and
// Lambda's own.
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ObservedReplication } from './observed.ts';
import { LOG_DIMENSION, METRIC_DIMENSION, METRIC_NAMESPACE, type METRICS } from '../../lib/contract/metrics.ts';

type MetricName = keyof typeof METRICS;
type LambdaMetricName = 'Errors' | 'Throttles' | 'IteratorAge' | 'Invocations' | 'ConcurrentExecutions' | 'Duration';

export const PERIOD = Duration.minutes(5);

/** Returns a metric of the contract for one function, over all dimensions. */
export function ownMetric(
  fn: IFunction,
  metricName: MetricName,
  statistic: string = Stats.SUM,
  period = PERIOD,
): Metric {
  const dimensionsMap = { [METRIC_DIMENSION]: fn.functionName };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
}

/** Returns the sum of a metric of the contract for one function and one log, which is named by its origin. */
export function logMetric(fn: IFunction, metricName: MetricName, origin: string, period: Duration): Metric {
  const dimensionsMap = { [METRIC_DIMENSION]: fn.functionName, [LOG_DIMENSION]: origin };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic: Stats.SUM, period });
}

/** Returns a metric of Lambda for one function, over all versions and aliases. */
export function lambdaMetric(fn: IFunction, metricName: LambdaMetricName, statistic: string = Stats.SUM): Metric {
  const dimensionsMap = { FunctionName: fn.functionName };
  return new Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap, statistic, period: PERIOD });
}

/**
 * Returns the use of the processors of the busiest instances of a capacity provider, in percent. A query, because the metric
 * has the type of the instances as a dimension, which Lambda chooses. An alarm takes one query.
 */
export function instanceMetric(provider: string): IMetric {
  const expression = `SELECT MAX(CPUUtilization) FROM "AWS/Lambda" WHERE CapacityProviderName = '${provider}'`;
  return new MathExpression({ expression, usingMetrics: {}, label: 'processors in use, percent', period: PERIOD });
}

/** Returns a metric of API Gateway for one API, over all methods. */
export function apiMetric(ApiName: string, metricName: '5XXError' | 'Latency', statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiName },
    statistic,
    period: PERIOD,
  });
}

/** Returns how many messages wait in a queue. */
export function queueMetric(QueueName: string): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensionsMap: { QueueName },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  });
}

/** Returns a metric of Step Functions for the executions of one state machine. */
export function machineMetric(
  StateMachineArn: string,
  metricName: 'ExecutionsFailed' | 'ExecutionsTimedOut' | 'ExecutionsSucceeded',
): Metric {
  return new Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn },
    statistic: Stats.SUM,
    period: PERIOD,
  });
}

/** Returns a metric of S3 for the copying of one bucket. */
export function replicationMetric(
  { from, to, rule }: ObservedReplication,
  metricName: 'ReplicationLatency' | 'OperationsFailedReplication',
  statistic: string,
): Metric {
  const dimensionsMap = { SourceBucket: from, DestinationBucket: to, RuleId: rule };
  return new Metric({ namespace: 'AWS/S3', metricName, dimensionsMap, statistic, period: PERIOD });
}

/** Returns a metric of CloudWatch Logs for a log group. */
export function logGroupMetric({ logGroupName }: ILogGroup, metricName: 'IncomingLogEvents'): Metric {
  const dimensionsMap = { LogGroupName: logGroupName };
  return new Metric({ namespace: 'AWS/Logs', metricName, dimensionsMap, statistic: Stats.SUM, period: PERIOD });
}

/**
 * Returns how many events of a log group its subscriptions did not hand on. A query, because the metric has more
 * dimensions than the log group, and AWS does not document the values of `DestinationType`. An alarm takes one query.
 */
export function subscriptionMetric(
  { logGroupName }: ILogGroup,
  metricName: 'DeliveryErrors' | 'DeliveryThrottling',
): IMetric {
  const expression = `SELECT SUM(${metricName}) FROM "AWS/Logs" WHERE LogGroupName = '${logGroupName}'`;
  return new MathExpression({ expression, usingMetrics: {}, label: metricName, period: PERIOD });
}

/**
 * Returns the sum of at most 10 metrics, the limit of an alarm. A metric without data counts as 0. `id` is the prefix
 * of the metrics' ids, which separates two sums in one expression.
 */
export function sumOf(id: string, metrics: readonly Metric[], label: string): IMetric {
  return combined(id, metrics, label, (names) => names.map((name) => `FILL(${name}, 0)`).join(' + '));
}

/** Returns a metric with `value` for each period without data. `id` is its name in the expression. */
export function orElse(id: string, metric: Metric, value: number): IMetric {
  const expression = `FILL(${id}, ${value})`;
  return new MathExpression({ expression, usingMetrics: { [id]: metric }, period: metric.period, label: id });
}

/** Returns the largest of at most 10 metrics. A metric without data counts as 0. */
export function largestOf(id: string, metrics: readonly Metric[], label: string): IMetric {
  return combined(id, metrics, label, (names) => `MAX([${names.map((name) => `FILL(${name}, 0)`).join(', ')}])`);
}

function combined(
  id: string,
  metrics: readonly Metric[],
  label: string,
  expressionOf: (names: readonly string[]) => string,
): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((metric, i) => [`${id}${i}`, metric]));
  const expression = expressionOf(Object.keys(usingMetrics));
  return new MathExpression({ expression, usingMetrics, label, period: metrics[0]?.period ?? PERIOD });
}

/**
 * Returns a metric with a line for each combination of `dimensions` that occurs. For graphs only: alarms cannot search.
 */
export function byDimensions(
  fn: IFunction,
  metricName: MetricName,
  dimensions: readonly string[],
  statistic: string = Stats.SUM,
): IMetric {
  const schema = [METRIC_NAMESPACE, METRIC_DIMENSION, ...dimensions].join(',');
  const expression = `SEARCH('{${schema}} MetricName="${metricName}" ${METRIC_DIMENSION}="${fn.functionName}"', '${statistic}', ${PERIOD.toSeconds()})`;
  return new MathExpression({ expression, usingMetrics: {}, period: PERIOD });
}
