// The protect functions on Lambda Managed Instances.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, parseConfig } from '../../infra/config.ts';
import { instancesOf } from '../../infra/instances.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { dollars } from '../documents/arithmetic.ts';
import { all, covers, flat, type Resource, rolesOf, type Stacks, synthesise } from '../support/infra.ts';

const vpc = { subnets: ['subnet-0123abcd', 'subnet-0123abce'], securityGroups: ['sg-0123abcd'] };
const config = {
  vpc,
  managedInstances: {},
  tenants: {},
  files: { source: 's3://incoming/', target: 's3://outgoing/' },
};
const onInstances = synthesise(config);
const onDemand = synthesise({ ...config, managedInstances: false });
const { mark, provider } = instancesOf(parseConfig(config))!;

/** The properties of the functions of a stack, by the name of the function. */
const functionsOf = (stacks: Stacks): Record<string, Resource['Properties']> =>
  Object.fromEntries(
    all(stacks, 'AWS::Lambda::Function').map(({ resource: { Properties } }) => [
      flat(Properties['FunctionName']),
      Properties,
    ]),
  );
const there = functionsOf(onInstances);
const names = FRONT_ENDS.map((frontEnd) => `protector-${frontEnd}-${mark}`);

const rolesOfProtector = ({ protector }: Stacks): string[] =>
  rolesOf({ protector: protector! })
    .map(({ name }) => name)
    .filter((name) => FRONT_ENDS.some((frontEnd) => name.startsWith(`protector-${frontEnd}-<`)));

const groups = (stacks: Stacks): string[] =>
  all(stacks, 'AWS::Logs::LogGroup').map(({ resource }) => flat(resource.Properties['LogGroupName']));

const busy = (stacks: Stacks): Resource[] =>
  all(stacks, 'AWS::CloudWatch::Alarm')
    .map(({ resource }) => resource)
    .filter(({ Properties }) => Properties['AlarmName'] === 'protector-instances-busy');

describe('functions on instances', () => {
  test('are the three that answer requests, and no other', () => {
    const placed = Object.entries(there).filter(([, properties]) => 'CapacityProviderConfig' in properties);
    expect(placed.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    expect(Object.keys(there).length).toBeGreaterThan(6);
  });

  test('have the memory of their processors, the network of the instances, and no concurrency of their own', () => {
    for (const name of names) {
      expect(there[name]).toMatchObject({
        MemorySize: 8192,
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
        PublishToLatestPublished: false,
        CapacityProviderConfig: {
          LambdaManagedInstancesCapacityProviderConfig: {
            PerExecutionEnvironmentMaxConcurrency: 16,
            ExecutionEnvironmentMemoryGiBPerVCpu: 4,
          },
        },
      });
      expect(there[name]).not.toHaveProperty('VpcConfig');
      expect(there[name]).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    expect(all(onInstances, 'AWS::ApplicationAutoScaling::ScalableTarget')).toEqual([]);
  });

  test('begin with a version that runs nowhere, since it answers no request', () => {
    const versions = all(onInstances, 'AWS::Lambda::Version').map(({ resource }) => resource.Properties);
    expect(versions).toHaveLength(3);
    for (const version of versions) {
      expect(version['FunctionScalingConfig']).toEqual({ MinExecutionEnvironments: 0, MaxExecutionEnvironments: 0 });
    }
  });

  test('keep the roles and log groups that they have on demand, which keys and queries name', () => {
    expect(rolesOfProtector(onInstances)).toHaveLength(3);
    expect(rolesOfProtector(onInstances)).toEqual(rolesOfProtector(onDemand));
    expect(groups(onInstances)).toEqual(groups(onDemand));
    // Rights on interfaces in a VPC are for functions on demand.
    const role = rolesOf(onInstances).find(({ name }) => name.startsWith('protector-rest-<'))!;
    expect(role.statements.some((statement) => covers(statement, 'ec2:CreateNetworkInterface'))).toBe(false);
  });

  test('are called, published and observed under their names', () => {
    const agent = there['protector-policy-agent']!['Environment'] as { Variables: Record<string, unknown> };
    expect(agent.Variables).toMatchObject({
      PROTECT_FUNCTIONS: FRONT_ENDS.map((frontEnd, i) => `${frontEnd}:${names[i]}`).join(','),
      CAPACITY_PROVIDER: provider,
      EXECUTION_ENVIRONMENTS: '3-30',
    });
    const aliases = all(onInstances, 'AWS::Lambda::Alias').filter(({ stack }) => stack === 'protector');
    expect(aliases.map(({ id }) => id.includes(mark))).toEqual([true, true, true]);
    const alarms = JSON.stringify(all(onInstances, 'AWS::CloudWatch::Alarm'));
    const observed = [...alarms.matchAll(/:function:(protector-(?:redshift|snowflake|rest)[\w-]*)"/g)];
    expect(new Set(observed.map(([, name]) => name))).toEqual(new Set(names));
  });

  test('have an alarm when their processors are busy, which no deployment on demand has', () => {
    expect(busy(onDemand)).toEqual([]);
    const [alarm] = busy(onInstances);
    expect(JSON.stringify(alarm)).toContain(`WHERE CapacityProviderName = '${provider}'`);
    expect(alarm!.Properties).toMatchObject({ Threshold: 90, EvaluationPeriods: 3, TreatMissingData: 'notBreaching' });
  });
});

describe('the capacity provider', () => {
  const [made] = all(onInstances, 'AWS::Lambda::CapacityProvider');
  const operator = rolesOf(onInstances).find(({ name }) => name.startsWith('protector-instances-'))!;

  test('is one, of arm64 in the configured network, with a limit of what it costs', () => {
    expect(all(onInstances, 'AWS::Lambda::CapacityProvider')).toHaveLength(1);
    expect(made!.resource.Properties).toMatchObject({
      CapacityProviderName: provider,
      VpcConfig: { SubnetIds: vpc.subnets, SecurityGroupIds: vpc.securityGroups },
      InstanceRequirements: { Architectures: ['arm64'] },
      CapacityProviderScalingConfig: { ScalingMode: 'Auto', MaxVCpuCount: 96 },
    });
  });

  test('has another name, as its functions have, with other subnets, groups or types, and with no other change', () => {
    const marks = [
      config,
      { ...config, vpc: { ...vpc, subnets: ['subnet-0123abcd'] } },
      { ...config, vpc: { ...vpc, securityGroups: ['sg-0123abce'] } },
      { ...config, managedInstances: { instanceTypes: ['m7g.xlarge'] } },
    ].map((one) => instancesOf(parseConfig(one))!.mark);
    expect(new Set(marks).size).toBe(4);
    for (const same of [
      { ...config, vpc: { ...vpc, subnets: vpc.subnets.toReversed() } },
      { ...config, managedInstances: { concurrency: 9, vcpus: 1, environments: { least: 2, most: 2 }, maxVcpus: 50 } },
    ]) {
      expect(instancesOf(parseConfig(same))!.mark).toBe(mark);
    }
  });

  test('is operated by a role of Lambda alone, which launches in the configured network alone, and ends no instance', () => {
    expect(operator.trust.map(({ principal }) => principal)).toEqual([{ Service: 'lambda.amazonaws.com' }]);
    expect(operator.managed).toEqual([]);
    const launching = operator.statements.filter((statement) => covers(statement, 'ec2:RunInstances'));
    const networks = launching
      .flatMap(({ resources }) => resources)
      .filter((one) => /:(?:subnet|security-group)\//.test(one));
    expect(networks.map((one) => one.replace(/^.*\//, ''))).toEqual([...vpc.subnets, ...vpc.securityGroups]);
    const owned = launching.find(({ resources }) => resources.some((one) => one.includes(':instance/')))!;
    expect(owned.condition).toEqual({
      StringEquals: { 'ec2:ManagedResourceOperator': 'scaler.lambda.amazonaws.com' },
    });
    for (const action of ['ec2:TerminateInstances', 'ec2:ModifyInstanceAttribute', 'iam:PassRole', 'ssm:SendCommand']) {
      expect(operator.statements.some((statement) => covers(statement, action))).toBe(false);
    }
  });

  test('is passed by the agent alone, and no function may change or delete it', () => {
    for (const { name, statements } of rolesOf(onInstances)) {
      const may = (action: string): boolean => statements.some((statement) => covers(statement, action));
      expect([name, may('lambda:PassCapacityProvider')]).toEqual([name, name.startsWith('protector-policy-agent-')]);
      for (const action of ['lambda:UpdateCapacityProvider', 'lambda:DeleteCapacityProvider'])
        expect([name, may(action)]).toEqual([name, false]);
    }
  });
});

describe('synthesis refuses', () => {
  test.each<[string, object, RegExp]>([
    ['no network', { vpc: undefined }, /managedInstances: needs vpc/],
    ['the profile sandbox', { profile: 'sandbox' }, /managedInstances: is not for the profile sandbox/],
    ['the mode buffered', { audit: { mode: 'buffered' } }, /audit\.mode: must not be buffered with managedInstances/],
    [
      'reserved concurrency',
      { rest: { reservedConcurrency: 1 } },
      /rest\.reservedConcurrency: is for functions on demand/,
    ],
    [
      'provisioned concurrency',
      { redshift: { provisionedConcurrency: 1 } },
      /redshift\.provisionedConcurrency: is for functions on demand/,
    ],
    [
      'more at least than at most',
      { managedInstances: { environments: { most: 2 } } },
      /least: must not be above most/,
    ],
    ['requests beyond the limit', { managedInstances: { concurrency: 129 } }, /concurrency: must not be above 64/],
    [
      'memory beyond the limit',
      { managedInstances: { vcpus: 5, memoryGbPerVcpu: 8, maxVcpus: 500 } },
      /vcpus: must not have more than 32 GB/,
    ],
    [
      'limits that two versions do not fit into',
      { managedInstances: { maxVcpus: 35 } },
      /maxVcpus: must be at least 36/,
    ],
    ['a type without a size', { managedInstances: { instanceTypes: ['m7g'] } }, /must be like m7g\.xlarge/],
  ])('%s', (_, changes, message) => {
    expect(() => parseConfig({ vpc, managedInstances: {}, ...changes })).toThrow(ConfigError);
    expect(() => parseConfig({ vpc, managedInstances: {}, ...changes })).toThrow(message);
  });

  test('nothing of that where a front end is absent', () => {
    const least = { vpc, managedInstances: { maxVcpus: 12 }, snowflake: false, rest: false };
    expect(parseConfig(least).managedInstances).toMatchObject({ maxVcpus: 12 });
  });
});

const monthly = (processors: number): string => dollars(processors * 730 * 0.0408 * 1.15);

test('the page about costs says what the defaults cost', () => {
  const page = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8').replaceAll('\n', ' ');
  const { environments, vcpus, maxVcpus } = instancesOf(parseConfig(config))!;
  const least = `3 functions · ${environments.least} environments · ${vcpus} processors · 730 h · $0.0408 · 1.15`;
  expect(page).toContain(`${least} = ${monthly(3 * environments.least * vcpus)} a month`);
  expect(page).toContain(`${maxVcpus} processors for a whole month are ${monthly(maxVcpus)}.`);
});
