// CloudWatch embedded metric format: one JSON object a line on standard output, which CloudWatch turns into metrics.
import {
  type DELIVERY_DIMENSIONS,
  type KEY_DIMENSIONS,
  type LOG_DIMENSION,
  METRIC_DIMENSION,
  METRIC_NAMESPACE,
  METRICS,
  type REQUEST_DIMENSIONS,
} from '../../lib/contract/metrics.ts';

type Dimension =
  | (typeof REQUEST_DIMENSIONS | typeof KEY_DIMENSIONS | typeof DELIVERY_DIMENSIONS)[number]
  | typeof LOG_DIMENSION;

export type WriteLine = (line: string) => void;

/** Writes a line to standard output. Linux takes pipe writes at once, so the line is out when this returns. */
export const writeToStandardOutput: WriteLine = (line) => {
  process.stdout.write(`${line}\n`);
};

/**
 * Returns a line of the format: each metric by function and, where given, by `dimensions`, whose values are closed
 * lists.
 */
export function embeddedMetrics(
  timestampMs: number,
  values: Partial<Record<keyof typeof METRICS, number>>,
  dimensions: Readonly<Partial<Record<Dimension, string>>> = {},
): string {
  const names = Object.keys(values) as (keyof typeof METRICS)[];
  const own = Object.keys(dimensions);
  return JSON.stringify({
    _aws: {
      Timestamp: timestampMs,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[METRIC_DIMENSION], ...(own.length === 0 ? [] : [[METRIC_DIMENSION, ...own]])],
          Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name] })),
        },
      ],
    },
    [METRIC_DIMENSION]: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'local',
    ...dimensions,
    ...values,
  });
}

/** Counts a start whose code cache does not fit: the module that Lambda loads (`lambda-entry.mjs`) calls it. */
export function codeCacheRefused(): void {
  writeToStandardOutput(embeddedMetrics(Date.now(), { CodeCacheRefused: 1 }));
}
