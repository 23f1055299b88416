import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { embeddedMetrics } from '../../../functions/runtime/metrics.ts';
import { RequestMetrics } from '../../../functions/runtime/protect/request-metrics.ts';
import type { RequestTrail } from '../../../lib/audit/ports.ts';
import { METRICS, METRIC_NAMESPACE } from '../../../lib/contract/metrics.ts';
import { entry } from '../../support/audit.ts';

const NAME = 'AWS_LAMBDA_FUNCTION_NAME';
const TRAIL: RequestTrail = { record: () => {}, flush: () => Promise.resolve() };

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: string[][];
  readonly Metrics: { readonly Name: string; readonly Unit: string }[];
}

/** A line, and what it declares. */
function parsed(line: string) {
  const { _aws: aws, ...values } = JSON.parse(line) as Record<string, unknown>;
  return { values, ...(aws as { Timestamp: number; CloudWatchMetrics: [Directive] }) };
}

describe('embedded metrics', () => {
  const before = process.env[NAME];
  beforeEach(() => {
    process.env[NAME] = 'protector-redshift';
  });
  afterEach(() => {
    if (before === undefined) delete process.env[NAME];
    else process.env[NAME] = before;
  });

  test('count by function, so that an alarm can watch one', () => {
    const line = parsed(embeddedMetrics(5, { DeadLetters: 2 }));
    expect(line.Timestamp).toBe(5);
    expect(line.CloudWatchMetrics).toEqual([
      { Namespace: METRIC_NAMESPACE, Dimensions: [['function']], Metrics: [{ Name: 'DeadLetters', Unit: 'Count' }] },
    ]);
    expect(line.values).toEqual({ function: 'protector-redshift', DeadLetters: 2 });
  });

  test('of requests count by operation, vendor and outcome too', () => {
    const metrics = new RequestMetrics(() => 10);
    const watched = metrics.watch(TRAIL);
    watched.record(entry({ code: 3 }));
    watched.record(entry({ code: 6, count: 5 }));
    const lines: string[] = [];
    metrics.write((line) => lines.push(line));
    const [refused, done] = lines.map(parsed);
    const dimensions = [['function'], ['function', 'operation', 'vendor', 'outcome']];
    expect(refused?.CloudWatchMetrics[0].Dimensions).toEqual(dimensions);
    expect(refused?.values).toMatchObject({
      operation: 'Protect',
      vendor: 'aws.snowflake',
      outcome: 'refused',
      Refusals: 1,
    });
    expect(done?.values).toMatchObject({ outcome: 'success', Values: 5, function: 'protector-redshift' });
  });

  test('hold a value for each declared dimension and metric, with the unit of the contract', () => {
    const values = Object.fromEntries(Object.keys(METRICS).map((name, i) => [name, i]));
    const line = parsed(embeddedMetrics(0, values, { operation: 'Protect', vendor: 'v', outcome: 'success' }));
    const [{ Dimensions, Metrics }] = line.CloudWatchMetrics;
    for (const name of Dimensions.flat()) expect(typeof line.values[name]).toBe('string');
    for (const { Name, Unit } of Metrics)
      expect([line.values[Name], Unit]).toEqual([values[Name], METRICS[Name as 'Values']]);
    expect(Metrics.length).toBe(Object.keys(METRICS).length);
  });

  test('name the function `local` on a laptop', () => {
    delete process.env[NAME];
    expect(parsed(embeddedMetrics(0, { Batches: 1 })).values['function']).toBe('local');
  });
});
