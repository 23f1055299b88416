// What nobody has to ask: queries of the audit trail that CloudWatch Logs runs every day.
import { describe, expect, test } from '@jest/globals';
import { all, flat, rolesOf, type Stacks, synthesise } from '../support/infra.ts';

const alone = synthesise({ scheduledQueries: true });
const told = synthesise({ scheduledQueries: true, alarms: { emails: ['security@example.com'] } });

const queries = all(alone, 'AWS::Logs::ScheduledQuery').map(({ resource }) => resource.Properties);
const roles = rolesOf(alone).filter(({ trust }) => JSON.stringify(trust).includes('logs.amazonaws.com'));
const rightsOf = (part: string): string[] => {
  const found = roles.filter(({ stack, id }) => stack === 'observability' && id.includes(part));
  expect(found).toHaveLength(1);
  return found[0]!.statements.flatMap(({ actions }) => actions).toSorted();
};

/** The rule that tells of results. */
const telling = (stacks: Stacks) =>
  all(stacks, 'AWS::Events::Rule').filter(({ id }) => id.startsWith('ScheduledQueries'));

describe('scheduled queries', () => {
  test('ask for new readers, unusual users and gaps of chains, each once a day, of a day at least', () => {
    expect(new Set(queries.map(({ Name }) => Name))).toEqual(
      new Set(['protector/chain-gaps', 'protector/first-time-readers', 'protector/unusual-users']),
    );
    for (const { ScheduleExpression, StartTimeOffset, Timezone } of queries) {
      expect(ScheduleExpression).toMatch(/^cron\(\d{1,2} \d{1,2} \* \* \? \*\)$/);
      expect(Number(StartTimeOffset)).toBeGreaterThanOrEqual(86_400);
      expect(Timezone).toBe('UTC');
    }
    expect(new Set(queries.map(({ ScheduleExpression }) => ScheduleExpression)).size).toBe(3);
  });

  test('ask the audit log group alone, and need no answer of a person', () => {
    for (const { LogGroupIdentifiers, QueryString } of queries) {
      expect(LogGroupIdentifiers).toEqual([{ 'Fn::ImportValue': expect.stringContaining('Records') }]);
      expect(QueryString).not.toMatch(/\{\{|^#/m);
    }
  });

  test('are asked by one role and written by another, which have no other right', () => {
    expect(rightsOf('Asks')).toEqual([
      'logs:DescribeLogGroups',
      'logs:GetQueryResults',
      'logs:StartQuery',
      'logs:StopQuery',
    ]);
    expect(rightsOf('Writes')).toEqual(['s3:PutObject']);
  });

  test('tell the topic of each result by its place, and nobody where there is no topic', () => {
    expect(telling(alone)).toEqual([]);
    const [rule, ...others] = telling(told);
    expect(others).toEqual([]);
    const { EventPattern, Targets } = rule!.resource.Properties as {
      readonly EventPattern: { readonly detail: { readonly object: unknown } };
      readonly Targets: readonly {
        readonly Arn: unknown;
        readonly InputTransformer: { readonly InputTemplate: string };
      }[];
    };
    expect(EventPattern.detail.object).toEqual({ key: [{ prefix: 'results/' }] });
    const topics = all(told, 'AWS::SNS::Topic').map(({ id }) => `<${id}>`);
    expect(topics).toHaveLength(1);
    expect(Targets.map(({ Arn }) => flat(Arn))).toEqual(topics);
    expect(Targets[0]!.InputTransformer.InputTemplate).toContain('docs/runbook.md#a-scheduled-query-has-a-result');
  });

  test('are not there unless they are asked for', () => {
    expect(all(synthesise(), 'AWS::Logs::ScheduledQuery')).toEqual([]);
  });
});
