import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
// oxlint-disable-next-line import/no-unassigned-import -- it must come before the library
import '../support/cdk-library.ts';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Observability, type ObservabilityProps } from '../../infra/observability/observability.ts';
import type { ObservedFunction } from '../../infra/observability/observed.ts';
import { WitnessAlarms } from '../../infra/observability/witness-alarms.ts';
import { savedQueries } from '../../infra/observability/queries.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lib/contract/metrics.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';

type Props = Partial<ObservabilityProps>;

/** Returns the template of a deployment with every part, as `change` alters it. */
function synthesised(change: (stack: Stack) => Props = () => ({})): Template {
  const stack = new Stack(new App(), 'Test');
  const observed = (name: string): ObservedFunction => ({
    function: LambdaFunction.fromFunctionName(stack, name, `test-${name}`),
    logGroup: LogGroup.fromLogGroupName(stack, `${name}-log`, `/test/${name}`),
  });
  new Observability(stack, 'Observability', {
    name: 'test',
    auditLogGroup: LogGroup.fromLogGroupName(stack, 'audit', '/test/audit'),
    protectFunctions: FRONT_ENDS.map(observed),
    policyAgent: observed('policy-agent'),
    canary: true,
    capacityProvider: 'test-1a2b3c4d',
    logSealer: observed('log-sealer'),
    logVerifier: observed('log-verifier'),
    logForwarders: ['log-forwarder', 'event-forwarder'].map(observed),
    tenantGateway: observed('tenant-gateway'),
    fileProtector: {
      ...observed('file-protector'),
      queueName: 'test-file-events',
      machineArn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:test-files',
    },
    apis: ['test-snowflake', 'test-rest', 'test-tenant-gateway'],
    replications: [{ from: 'test-log', to: 'test-log-replica', rule: 'recovery' }],
    deadLetterQueues: [new Queue(stack, 'Queue')],
    topic: new Topic(stack, 'Topic'),
    ...change(stack),
  });
  return Template.fromStack(stack);
}

/** Returns the template of the alarms of a witness. */
function witness(origins: readonly string[]): Template {
  const stack = new Stack(new App(), 'Test');
  new WitnessAlarms(stack, 'Alarms', {
    name: 'test',
    topic: new Topic(stack, 'Topic'),
    function: LambdaFunction.fromFunctionName(stack, 'Witness', 'test-witness'),
    origins,
    silence: Duration.minutes(60),
  });
  return Template.fromStack(stack);
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly TreatMissingData: string;
  readonly AlarmActions?: unknown[];
  readonly OKActions?: unknown[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Metrics?: { Expression?: string; MetricStat?: { Metric: MetricProperties; Period: number } }[];
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Threshold: number;
}

interface MetricProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: { Name: string; Value: string }[];
}

function alarmsOf(template: Template): AlarmProperties[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

/** Properties of the saved queries, by name. */
function queriesOf(template: Template): Map<string, { LogGroupNames: string[] }> {
  const found = Object.values(template.findResources('AWS::Logs::QueryDefinition'));
  return new Map(found.map(({ Properties }) => [Properties.Name, Properties]));
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const namesOf = (template: Template): string[] => alarmsOf(template).map(({ AlarmName }) => AlarmName);

/** Functions of metric math. */
const fill = (found: number | undefined, otherwise: number): number => found ?? otherwise;
const choose = (condition: boolean, yes: number, no: number): number => (condition ? yes : no);

/** Returns the end of the first `periods` periods in a row, in seconds, that have no run of a clock. */
function firstSilence(runs: readonly number[], period: number, periods: number): number {
  const heard = new Set(runs.map((at) => Math.floor(at / period)));
  let silent = 0;
  for (let i = Math.min(...heard); ; i++) {
    silent = heard.has(i) ? 0 : silent + 1;
    if (silent === periods) return (i + 1) * period;
  }
}

/** With everything deployed. */
const all = synthesised();
const ofWitness = witness(['logs.example.com/a', 'logs.example.com/b']);
const allAlarms = [...alarmsOf(all), ...alarmsOf(ofWitness)];

describe('alarms', () => {
  test('tell of a single use of a break-glass role, whichever function answered', () => {
    const alarm = alarmsOf(all).find(({ AlarmName }) => AlarmName.endsWith('-break-glass-used'))!;
    const metrics = alarm.Metrics!.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
    expect(new Set(metrics.map(({ MetricName }) => MetricName))).toEqual(new Set(['BreakGlassUses']));
    expect(metrics.length).toBe(3);
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 1 });
  });

  test('cover every problem that must not go unnoticed', () => {
    const names = [
      'audit-undelivered',
      'break-glass-used',
      'refusals-spike',
      'policy-agent-failed',
      'canary-failing',
      'checkpoint-late',
      'records-forked',
      'subscription-failing',
      'subscription-throttled',
      'records-not-arriving',
      'records-unsealed',
      'verifier-silent',
      'key-unusable',
      'verifier-behind',
      'checkpoint-refuted',
      'cosignatures-missing',
      'timestamps-missing',
      'records-rejected',
      'replication-failing',
      'replication-late',
      'sealer-behind',
      'forwarder-behind',
      'dead-letters',
      'siem-circuit-open',
      'siem-backlog-old',
      'events-cut',
      'throttles',
      'function-errors',
      'concurrency-near-quota',
      'api-errors',
      'api-slow',
      'objects-refused',
      'file-events-failed',
      'file-protector-failing',
      'file-job-failed',
      'instances-busy',
    ];
    expect(namesOf(all).toSorted(byText)).toEqual(names.map((name) => `test-${name}`).toSorted(byText));
  });

  test('match the paragraphs of the runbook one to one', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading!);
    const named = allAlarms.map(({ AlarmName, AlarmDescription }) => {
      const paragraph = /What to do: docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription)?.[1];
      expect(AlarmName).toBe(`test-${paragraph}`);
      return paragraph!;
    });
    expect(named.toSorted(byText)).toEqual(headings.toSorted(byText));
  });

  test('have pages beside them for what no alarm tells in time', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    for (const page of [
      'A secret is rotated',
      'A scheduled query has a result',
      'A key is pending deletion',
      'A Region is lost',
      'The second Region takes over',
      'The subscription is broken',
    ]) {
      expect(runbook.split(`## ${page}\n`)).toHaveLength(2);
    }
  });

  test('notify the topic when they begin and when they end', () => {
    for (const alarm of allAlarms) expect([alarm.AlarmActions, alarm.OKActions]).toMatchObject([[{}], [{}]]);
  });

  test('watch a metric that a function emits, or one of AWS', () => {
    const metrics = allAlarms.flatMap(({ Metrics, Namespace, MetricName }): MetricProperties[] =>
      Metrics === undefined
        ? [{ Namespace: Namespace!, MetricName: MetricName! }]
        : Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
    );
    const ours = metrics.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);
    expect(ours.length).toBeGreaterThan(10);
    for (const { MetricName } of ours) expect(Object.keys(METRICS)).toContain(MetricName);
    for (const { Namespace } of metrics)
      expect([
        METRIC_NAMESPACE,
        'AWS/Lambda',
        'AWS/Logs',
        'AWS/SQS',
        'AWS/ApiGateway',
        'AWS/S3',
        'AWS/States',
      ]).toContain(Namespace);
  });

  test('use at most 10 metrics each, the limit of an alarm', () => {
    const many = alarmsOf(witness(Array.from({ length: 30 }, (_, i) => `logs.example.com/${i}`)));
    for (const { Metrics = [] } of [...allAlarms, ...many]) expect(Metrics.length).toBeLessThanOrEqual(10);
  });

  test('treat missing data as bad for what runs on a schedule: a night without requests is no alarm', () => {
    const loud = alarmsOf(all).filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(loud.map(({ AlarmName }) => AlarmName)).toEqual([
      'test-canary-failing',
      'test-checkpoint-late',
      'test-verifier-silent',
      'test-key-unusable',
    ]);
  });

  test('tell of one unsealed record', () => {
    const template = synthesised(() => ({ verifyInterval: Duration.minutes(3) }));
    const unsealed = alarmsOf(template).find(({ AlarmName }) => AlarmName === 'test-records-unsealed');
    expect(unsealed).toMatchObject({ MetricName: 'RecordsUnsealed', Statistic: 'Maximum', Threshold: 1, Period: 180 });
  });

  test.each([
    ['subscription-failing', 'DeliveryErrors', 1],
    ['subscription-throttled', 'DeliveryThrottling', 3],
  ])('ask for the deliveries of the audit log group by any subscription (%s)', (name, metric, periods) => {
    const alarm = alarmsOf(all).find(({ AlarmName }) => AlarmName === `test-${name}`);
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: periods, TreatMissingData: 'notBreaching' });
    expect(alarm?.Metrics).toEqual([
      expect.objectContaining({
        Expression: `SELECT SUM(${metric}) FROM "AWS/Logs" WHERE LogGroupName = '/test/audit'`,
        Period: 300,
      }),
    ]);
  });

  test.each([
    ['nothing was written', {}, 0],
    ['records were written and arrived', { written: 9, sealed: 5 }, 0],
    ['lines were written that are no records', { written: 9, rejected: 9 }, 0],
    ['records were written and none arrived', { written: 9, sealed: 0, rejected: 0 }, 9],
    ['records were written and the sealer says nothing', { written: 9 }, 9],
  ])('count the records that do not arrive, when %s', (_, data: Readonly<Record<string, number>>, expected) => {
    const alarm = alarmsOf(all).find(({ AlarmName }) => AlarmName === 'test-records-not-arriving');
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 2, TreatMissingData: 'notBreaching' });
    const { Expression: text } = alarm!.Metrics!.find(({ Expression }) => Expression !== undefined)!;
    const names = ['written', 'sealed', 'rejected'];
    // oxlint-disable-next-line typescript/no-implied-eval -- metric math of these functions is JavaScript
    const value = new Function('FILL', 'IF', ...names, `return ${text}`);
    expect(value(fill, choose, ...names.map((name) => data[name]))).toBe(expected);
  });

  describe.each(['checkpoint-late', 'verifier-silent'])('of a clock: %s', (name) => {
    const alarmAt = (minutes: number): AlarmProperties => {
      const interval = Duration.minutes(minutes);
      const template = synthesised(() => ({ checkpointInterval: interval, verifyInterval: interval }));
      return alarmsOf(template).find(({ AlarmName }) => AlarmName === `test-${name}`)!;
    };

    test.each([1, 2, 5, 7, 60, 299, 300, 1440])(
      'begins within two periods of a clock of %s minutes when it stops, and not while it runs',
      (minutes) => {
        const { EvaluationPeriods, DatapointsToAlarm, Metrics } = alarmAt(minutes);
        const period = Metrics!.flatMap(({ MetricStat }) => MetricStat?.Period ?? [])[0]!;
        expect(DatapointsToAlarm).toBe(EvaluationPeriods);
        // PutMetricAlarm: a day, and a week where periods are an hour or longer.
        expect(EvaluationPeriods * period).toBeLessThanOrEqual(period >= 3600 ? 7 * 86_400 : 86_400);
        const interval = minutes * 60;
        for (const offset of [0, 1, period - 1, Math.floor(interval / 2)]) {
          const runs = Array.from({ length: 20 }, (_, i) => offset + i * interval + (i % 3) * 5);
          const stopped = runs.at(-1)!;
          const alarm = firstSilence(runs, period, EvaluationPeriods);
          expect(alarm).toBeGreaterThan(stopped);
          expect(alarm - stopped).toBeLessThanOrEqual(2 * interval + 2 * period);
        }
      },
    );

    test('counts a period without data as silent, and calls missing data bad', () => {
      const { Metrics, TreatMissingData } = alarmAt(5);
      expect(TreatMissingData).toBe('breaching');
      expect(Metrics!.flatMap(({ Expression }) => Expression ?? [])).toEqual([
        expect.stringMatching(/^FILL\(\w+, \d+\)$/),
      ]);
    });
  });

  test('call a checkpoint late when it is older than twice the interval of its schedule', () => {
    const template = synthesised(() => ({ checkpointInterval: Duration.minutes(2) }));
    const late = alarmsOf(template).find(({ AlarmName }) => AlarmName === 'test-checkpoint-late');
    expect(late).toMatchObject({ Threshold: 240, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
    expect(late!.Metrics).toContainEqual(expect.objectContaining({ Expression: 'FILL(age, 240)' }));
  });

  test('call refusals a spike by their share, and only from 20 refusals on', () => {
    const spike = alarmsOf(all).find(({ AlarmName }) => AlarmName === 'test-refusals-spike');
    expect(spike?.Threshold).toBe(10);
    expect(spike?.Metrics).toContainEqual(
      expect.objectContaining({ Expression: 'IF(refusals >= 20, 100 * refusals / batches, 0)', ReturnData: true }),
    );
  });

  test('tell of a forked record wherever it was found, and of any rejected line', () => {
    const forked = alarmsOf(all).find(({ AlarmName }) => AlarmName === 'test-records-forked');
    const readers = JSON.stringify(forked!.Metrics).match(/function:test-[\w-]+/g);
    expect(readers).toEqual(['log-sealer', 'log-forwarder', 'event-forwarder'].map((name) => `function:test-${name}`));
    const rejected = alarmsOf(all).find(({ AlarmName }) => AlarmName === 'test-records-rejected');
    expect(rejected).toMatchObject({ MetricName: 'RecordsRejected', Threshold: 1, TreatMissingData: 'notBreaching' });
  });

  test('tell of a timestamp that three checkpoints in a row lack', () => {
    const template = synthesised(() => ({ checkpointInterval: Duration.minutes(20) }));
    const missing = alarmsOf(template).find(({ AlarmName }) => AlarmName === 'test-timestamps-missing');
    expect(missing).toMatchObject({
      MetricName: 'TimestampsMissing',
      Statistic: 'Minimum',
      Threshold: 1,
      Period: 1200,
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
  });

  test('leave out functions that are not deployed', () => {
    const template = synthesised(() => ({
      policyAgent: undefined,
      logSealer: undefined,
      logVerifier: undefined,
      logForwarders: [],
      tenantGateway: undefined,
      fileProtector: undefined,
      deadLetterQueues: [],
      apis: [],
      replications: [],
      capacityProvider: undefined,
    }));
    const left = [
      'audit-undelivered',
      'break-glass-used',
      'refusals-spike',
      'throttles',
      'function-errors',
      'concurrency-near-quota',
    ];
    expect(namesOf(template).toSorted(byText)).toEqual(left.map((name) => `test-${name}`).toSorted(byText));
  });
});

describe('alarms of a witness', () => {
  test('cover failures, throttling, its key, a log that was rewritten, and a log that asks no more', () => {
    const names = ['failing', 'throttled', 'key-refused', 'refuted-log', 'silent'];
    expect(namesOf(ofWitness).toSorted(byText)).toEqual(names.map((name) => `test-witness-${name}`).toSorted(byText));
  });

  test.each([
    ['all logs were cosigned', { log0: 12, log1: 1 }, 0],
    ['one log asked for nothing', { log0: 12 }, 1],
    ['no log asked for anything', {}, 2],
  ])('count silent logs, when %s', (_, data: Readonly<Record<string, number>>, expected) => {
    const silent = alarmsOf(ofWitness).find(({ AlarmName }) => AlarmName === 'test-witness-silent');
    expect(silent).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'breaching' });
    const watched = silent!.Metrics!.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? []);
    expect(watched.filter(({ Name }) => Name === 'log').map(({ Value }) => Value)).toEqual([
      'logs.example.com/a',
      'logs.example.com/b',
    ]);
    const { Expression: text } = silent!.Metrics!.find(({ Expression }) => Expression !== undefined)!;
    const ids = ['log0', 'log1'];
    // oxlint-disable-next-line typescript/no-implied-eval -- metric math of these functions is JavaScript
    const value = new Function('FILL', 'IF', ...ids, `return ${text}`);
    expect(value(fill, choose, ...ids.map((id) => data[id]))).toBe(expected);
  });

  test('watch every one of many logs', () => {
    const origins = Array.from({ length: 20 }, (_, i) => `logs.example.com/${i}`);
    const silent = alarmsOf(witness(origins)).filter(({ AlarmName }) => AlarmName.endsWith('witness-silent'));
    const watched = silent.flatMap(({ Metrics }) =>
      Metrics!.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? []),
    );
    expect(watched.flatMap(({ Name, Value }) => (Name === 'log' ? [Value] : []))).toEqual(origins);
  });
});

describe('saved queries', () => {
  test('are saved in the folder of the deployment, with their parameters and log groups', () => {
    const saved = queriesOf(all);
    expect([...saved.keys()].toSorted(byText)).toEqual(savedQueries().map(({ name }) => `test/${name}`));
    expect(saved.get('test/story-of-a-query')).toMatchObject({
      LogGroupNames: ['/test/audit'],
      Parameters: [{ Name: 'query_id', DefaultValue: 'rs-query-id:5678234' }],
    });
    expect(saved.get('test/wait-for-the-record')).toMatchObject({
      LogGroupNames: ['/test/redshift', '/test/snowflake', '/test/rest'],
    });
  });

  test('leave out functions that are not deployed', () => {
    const saved = queriesOf(synthesised(() => ({ logForwarders: [] })));
    expect(saved.has('test/forwarder-lag')).toBe(false);
    expect(saved.has('test/faults-by-function')).toBe(true);
  });
});

describe('the dashboard', () => {
  interface Widget {
    readonly type: string;
    readonly width: number;
    readonly x: number;
    readonly y: number;
    readonly properties: {
      readonly markdown?: string;
      readonly query?: string;
      readonly title?: string;
      readonly metrics?: readonly (readonly unknown[])[];
    };
  }

  function widgetsOf(template: Template): Widget[] {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const body = dashboard!.Properties.DashboardBody as string | { 'Fn::Join': [string, unknown[]] };
    const text =
      typeof body === 'string'
        ? body
        : body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'token')).join('');
    return (JSON.parse(text) as { widgets: Widget[] }).widgets;
  }

  test('shows the alarms on top, and a row of answers below each question', () => {
    const widgets = widgetsOf(all);
    expect(widgets[0]).toMatchObject({ type: 'alarm', y: 0 });
    const headings = widgets.filter(({ type }) => type === 'text');
    expect(headings.length).toBeGreaterThanOrEqual(6);
    for (const { y, properties } of headings) {
      expect(properties.markdown).toMatch(/^## .+\?$/);
      const below = widgets.filter((widget) => widget.y === y + 1);
      expect(below.length).toBeGreaterThan(0);
      expect(below.reduce((sum, { width }) => sum + width, 0)).toBe(24);
    }
  });

  test('shows how many values stayed clear or are weak, beside the elements that left them clear', () => {
    const widgets = widgetsOf(all);
    const heading = widgets.find(({ properties }) => properties.markdown === '## What stays clear, and what is weak?')!;
    const [graph, table] = widgets.filter(({ y }) => y === heading.y + 1);
    const names = graph!.properties.metrics!.map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(['ClearValues', 'WeakValues']));
    expect(table!.properties.query).toContain('sum(additional_info.clear_cnt)');
  });

  test('fills its tables from saved queries', () => {
    const tables = widgetsOf(all).filter(({ type }) => type === 'log');
    expect(tables.length).toBeGreaterThan(3);
    const questions = savedQueries().map(({ question }) => question);
    for (const { properties } of tables) expect(questions).toContain(properties.title);
  });
});

test('refuses a deployment without a protect function', () => {
  expect(() => synthesised(() => ({ protectFunctions: [] }))).toThrow('needs at least one protect function');
});
