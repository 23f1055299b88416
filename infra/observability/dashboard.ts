// The dashboard: one screen, with a row for each question.
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DELIVERY_DIMENSIONS, KEY_DIMENSIONS, REQUEST_DIMENSIONS } from '../../lib/contract/metrics.ts';
import { byDimensions, lambdaMetric, machineMetric, ownMetric, queueMetric } from './metrics.ts';
import type { ObservedDeployment } from './observed.ts';
import { savedQueries, withoutComments } from './queries.ts';

export interface QuestionsDashboardProps extends ObservedDeployment {
  /** @default 'protector' */
  readonly name?: string;
  /** Shown at the top. @default none */
  readonly alarms?: readonly IAlarm[];
}

const WIDTH = 24;
const HEIGHT = 6;

/** The dashboard of one deployment. Each view of it queries the audit log group: see the prices of Logs Insights. */
export class QuestionsDashboard extends Construct {
  constructor(scope: Construct, id: string, props: QuestionsDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: props.name ?? 'protector' });
    if (props.alarms !== undefined) {
      dashboard.addWidgets(
        new AlarmStatusWidget({ alarms: [...props.alarms], width: WIDTH, title: 'Is anything wrong?' }),
      );
    }
    for (const { question, widgets } of questions(props)) {
      dashboard.addWidgets(new TextWidget({ markdown: `## ${question}`, width: WIDTH, height: 1 }));
      dashboard.addWidgets(...widgets);
    }
  }
}

interface Question {
  readonly question: string;
  readonly widgets: readonly IWidget[];
}

function questions(props: QuestionsDashboardProps): Question[] {
  const functions = props.protectFunctions.map((observed) => observed.function);
  const { policyAgent, logSealer, logVerifier, tenantGateway, fileProtector } = props;
  const forwarders = (props.logForwarders ?? []).map((observed) => observed.function);
  return [
    {
      question: 'How much is protected and unprotected?',
      widgets: row([
        graph(
          'Values by operation, vendor and outcome',
          functions.map((fn) => byDimensions(fn, 'Values', REQUEST_DIMENSIONS)),
        ),
        table('volume-by-element-and-hour', props),
      ]),
    },
    {
      question: 'What stays clear, and what is weak?',
      widgets: row([
        graph(
          'Values that stayed clear in whole, and weak tokens',
          functions.flatMap((fn) => [ownMetric(fn, 'ClearValues'), ownMetric(fn, 'WeakValues')]),
        ),
        table('values-left-clear', props),
      ]),
    },
    {
      question: 'Who reads what, and who is refused?',
      widgets: row([
        table('refusals-by-user', props),
        graph(
          'Refused batches',
          functions.map((fn) => ownMetric(fn, 'Refusals')),
        ),
        table('unknown-names', props),
      ]),
    },
    {
      question: 'Who used a break-glass role?',
      widgets: row([
        graph(
          'Uses of break-glass roles',
          functions.map((fn) => ownMetric(fn, 'BreakGlassUses')),
        ),
        table('break-glass-uses', props),
      ]),
    },
    {
      question: 'Has every answer its record, and every record its seal?',
      widgets: row([
        graph(
          'Records that could not be written',
          functions.flatMap((fn) => [ownMetric(fn, 'AuditWriteFailures'), ownMetric(fn, 'AuditUndelivered')]),
        ),
        ...(logSealer === undefined
          ? []
          : [
              graph('Age of the newest checkpoint, seconds', [
                ownMetric(logSealer.function, 'CheckpointAge', Stats.MAXIMUM),
              ]),
              graph('Sealed, rejected and forked records', [
                ownMetric(logSealer.function, 'RecordsSealed'),
                ownMetric(logSealer.function, 'RecordsRejected'),
                ownMetric(logSealer.function, 'RecordsForked'),
              ]),
            ]),
        ...(logVerifier === undefined
          ? []
          : [
              graph('Records that the log lacks, and the age of the oldest, seconds', [
                ownMetric(logVerifier.function, 'RecordsUnsealed', Stats.MAXIMUM),
                ownMetric(logVerifier.function, 'UnsealedAge', Stats.MAXIMUM),
              ]),
            ]),
      ]),
    },
    ...(logSealer === undefined
      ? []
      : [
          {
            question: 'Have witnesses and timestamp authorities seen this log, and no other?',
            widgets: row([
              graph('Witnesses that did not cosign the newest checkpoint', [
                ownMetric(logSealer.function, 'CosignaturesMissing', Stats.MAXIMUM),
              ]),
              graph('Witnesses that have seen another history', [ownMetric(logSealer.function, 'CheckpointsRefuted')]),
              graph('Timestamp authorities that gave no timestamp', [
                ownMetric(logSealer.function, 'TimestampsMissing', Stats.MAXIMUM),
              ]),
            ]),
          },
        ]),
    {
      question: 'How fast is it, and is there room?',
      widgets: row([
        graph(
          'Whole request, and its wait for the record: p99, milliseconds',
          functions.flatMap((fn) => [
            ownMetric(fn, 'Duration', Stats.percentile(99)),
            ownMetric(fn, 'AuditWrite', Stats.percentile(99)),
          ]),
        ),
        graph(
          'Executions at the same time',
          functions.map((fn) => lambdaMetric(fn, 'ConcurrentExecutions', Stats.MAXIMUM)),
        ),
        graph(
          'Throttled requests, and errors',
          functions.flatMap((fn) => [lambdaMetric(fn, 'Throttles'), lambdaMetric(fn, 'Errors')]),
        ),
      ]),
    },
    {
      question: 'Which policy answers?',
      widgets: row([
        table('policy-versions-in-use', props),
        ...(policyAgent === undefined
          ? []
          : [
              graph('Policies refused or rolled back, and failed runs', [
                ownMetric(policyAgent.function, 'PublicationsFailed'),
                lambdaMetric(policyAgent.function, 'Errors'),
              ]),
            ]),
        table('policy-changes', props),
      ]),
    },
    ...(fileProtector === undefined
      ? []
      : [
          {
            question: 'Are the objects of buckets protected?',
            widgets: row([
              graph('Objects protected and refused', [
                ownMetric(fileProtector.function, 'ObjectsProtected'),
                ownMetric(fileProtector.function, 'ObjectsRefused'),
              ]),
              graph('Tasks that failed and were repeated, and events that no attempt could handle', [
                lambdaMetric(fileProtector.function, 'Errors'),
                queueMetric(fileProtector.queueName),
              ]),
              graph('Executions that succeeded and failed', [
                machineMetric(fileProtector.machineArn, 'ExecutionsSucceeded'),
                machineMetric(fileProtector.machineArn, 'ExecutionsFailed'),
              ]),
            ]),
          },
        ]),
    ...(tenantGateway === undefined
      ? []
      : [
          {
            question: 'What do tenants ask for?',
            widgets: row([
              graph('Keys by operation, client and outcome', [
                byDimensions(tenantGateway.function, 'KeyOperations', KEY_DIMENSIONS),
              ]),
              graph('Security events accepted, and requests refused', [
                ownMetric(tenantGateway.function, 'EventsAccepted'),
                ownMetric(tenantGateway.function, 'Refusals'),
              ]),
            ]),
          },
        ]),
    ...(forwarders.length === 0
      ? []
      : [
          {
            question: 'Do the SIEMs get their events?',
            widgets: row([
              graph(
                'Delivered',
                forwarders.flatMap((fn) => [ownMetric(fn, 'RecordsDelivered'), ownMetric(fn, 'EventsDelivered')]),
              ),
              graph(
                'Waiting: age in seconds, by kind of sink',
                forwarders.map((fn) => byDimensions(fn, 'BacklogAge', DELIVERY_DIMENSIONS, Stats.MAXIMUM)),
              ),
              graph(
                'In trouble',
                forwarders.flatMap((fn) => [
                  ownMetric(fn, 'EventsRetried'),
                  ownMetric(fn, 'LanesWaiting', Stats.MAXIMUM),
                  ownMetric(fn, 'LanesSlow', Stats.MAXIMUM),
                  ownMetric(fn, 'LanesDead', Stats.MAXIMUM),
                  ownMetric(fn, 'DeadLetters'),
                  ownMetric(fn, 'EventsCut'),
                ]),
              ),
            ]),
          },
        ]),
  ];
}

type SizedWidget = (width: number) => IWidget;

/** Places widgets side by side over the whole width. */
function row(widgets: readonly SizedWidget[]): IWidget[] {
  return widgets.map((widget) => widget(Math.floor(WIDTH / widgets.length)));
}

function graph(title: string, left: readonly IMetric[]): SizedWidget {
  return (width) => new GraphWidget({ title, left: [...left], width, height: HEIGHT });
}

/** Shows the answer of a saved query about the audit trail. */
function table(name: string, { auditLogGroup }: ObservedDeployment): SizedWidget {
  const query = savedQueries().find((saved) => saved.name === name);
  if (query === undefined) throw new Error(`infra/queries has no ${name}`);
  return (width) =>
    new LogQueryWidget({
      title: query.question,
      logGroupNames: [auditLogGroup.logGroupName],
      queryString: withoutComments(query.text),
      view: LogQueryVisualizationType.TABLE,
      width,
      height: HEIGHT,
    });
}
