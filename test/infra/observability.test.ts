import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Observability, type ObservabilityProps } from '../../infra/observability/observability.ts';
import type { ObservedFunction } from '../../infra/observability/observed.ts';
import { savedQueries } from '../../infra/observability/queries.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lib/contract/metrics.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';

type Props = Partial<ObservabilityProps>;

/** The template of everything, or of what `change` leaves of it. */
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
    logSealer: observed('log-sealer'),
    logForwarders: ['log-forwarder', 'event-forwarder'].map(observed),
    tenantGateway: observed('tenant-gateway'),
    deadLetterQueues: [new Queue(stack, 'Queue')],
    topic: new Topic(stack, 'Topic'),
    ...change(stack),
  });
  return Template.fromStack(stack);
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly TreatMissingData: string;
  readonly AlarmActions?: unknown[];
  readonly OKActions?: unknown[];
  readonly Metrics?: { MetricStat?: { Metric: MetricProperties } }[];
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

describe('alarms', () => {
  const all = synthesised();

  test('there is one for everything that must not go unnoticed', () => {
    const names = [
      'audit-undelivered',
      'refusals-spike',
      'policy-agent-failed',
      'checkpoint-late',
      'records-forked',
      'sealer-behind',
      'forwarder-behind',
      'dead-letters',
      'siem-circuit-open',
      'siem-backlog-old',
      'throttles',
      'function-errors',
      'concurrency-near-quota',
    ];
    expect(namesOf(all).toSorted(byText)).toEqual(names.map((name) => `test-${name}`).toSorted(byText));
  });

  test('each names a paragraph of the runbook, and the runbook has a paragraph for each and no other', () => {
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading!);
    const named = alarmsOf(all).map(({ AlarmName, AlarmDescription }) => {
      const paragraph = /What to do: docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription)?.[1];
      expect(AlarmName).toBe(`test-${paragraph}`);
      return paragraph!;
    });
    expect(named.toSorted(byText)).toEqual(headings.toSorted(byText));
  });

  test('each tells the topic when it begins and when it is over', () => {
    for (const alarm of alarmsOf(all)) expect([alarm.AlarmActions, alarm.OKActions]).toMatchObject([[{}], [{}]]);
  });

  test('each looks at a metric that some function emits, or at one of AWS', () => {
    const metrics = alarmsOf(all).flatMap(({ Metrics, Namespace, MetricName }): MetricProperties[] =>
      Metrics === undefined
        ? [{ Namespace: Namespace!, MetricName: MetricName! }]
        : Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
    );
    const ours = metrics.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);
    expect(ours.length).toBeGreaterThan(10);
    for (const { MetricName } of ours) expect(Object.keys(METRICS)).toContain(MetricName);
    for (const { Namespace } of metrics) expect([METRIC_NAMESPACE, 'AWS/Lambda', 'AWS/SQS']).toContain(Namespace);
  });

  test('none refers to more metrics than an alarm may', () => {
    for (const { Metrics = [] } of alarmsOf(all)) expect(Metrics.length).toBeLessThanOrEqual(10);
  });

  test('a clock that no longer strikes is an alarm, and a night without requests is none', () => {
    const loud = alarmsOf(all).filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(loud.map(({ AlarmName }) => AlarmName)).toEqual(['test-checkpoint-late']);
  });

  test('a checkpoint is late after twice the interval of the clock', () => {
    const template = synthesised(() => ({ checkpointInterval: Duration.minutes(2) }));
    const late = alarmsOf(template).find(({ AlarmName }) => AlarmName === 'test-checkpoint-late');
    expect(late).toMatchObject({ MetricName: 'CheckpointAge', Threshold: 240, Period: 240 });
  });

  test('refusals are a spike by their share, and only when there are some', () => {
    const spike = alarmsOf(all).find(({ AlarmName }) => AlarmName === 'test-refusals-spike');
    expect(spike?.Threshold).toBe(10);
    expect(spike?.Metrics).toContainEqual(
      expect.objectContaining({ Expression: 'IF(refusals >= 20, 100 * refusals / batches, 0)', ReturnData: true }),
    );
  });

  test('what is not deployed has no alarm', () => {
    const template = synthesised(() => ({
      policyAgent: undefined,
      logSealer: undefined,
      logForwarders: [],
      tenantGateway: undefined,
      deadLetterQueues: [],
    }));
    const left = ['audit-undelivered', 'refusals-spike', 'throttles', 'function-errors', 'concurrency-near-quota'];
    expect(namesOf(template).toSorted(byText)).toEqual(left.map((name) => `test-${name}`).toSorted(byText));
  });
});

describe('saved queries', () => {
  test('each is saved in the folder of the deployment, with its parameters, over the log groups it asks', () => {
    const saved = queriesOf(synthesised());
    expect([...saved.keys()].toSorted(byText)).toEqual(savedQueries().map(({ name }) => `test/${name}`));
    expect(saved.get('test/story-of-a-query')).toMatchObject({
      LogGroupNames: ['/test/audit'],
      Parameters: [{ Name: 'query_id', DefaultValue: 'rs-query-id:5678234' }],
    });
    expect(saved.get('test/wait-for-the-record')).toMatchObject({
      LogGroupNames: ['/test/redshift', '/test/snowflake', '/test/rest'],
    });
  });

  test('one whose function is not deployed is left out', () => {
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
    readonly properties: { markdown?: string; query?: string; title?: string };
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

  test('has a row of answers below each question, and the alarms on top', () => {
    const widgets = widgetsOf(synthesised());
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

  test('its tables are answers of saved queries', () => {
    const tables = widgetsOf(synthesised()).filter(({ type }) => type === 'log');
    expect(tables.length).toBeGreaterThan(3);
    const questions = savedQueries().map(({ question }) => question);
    for (const { properties } of tables) expect(questions).toContain(properties.title);
  });
});

test('a deployment in which nothing protects is refused', () => {
  expect(() => synthesised(() => ({ protectFunctions: [] }))).toThrow('needs a function that protects');
});
