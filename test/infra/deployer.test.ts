// The rights of who deploys, on docs/deploy/permissions.md, against what the stacks are made of.
import { describe, expect, test } from '@jest/globals';
import { blocksOf } from '../documents/pages.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { all, flat, rolesOf, type Stacks, synthesise } from '../support/infra.ts';

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

const PAGE = 'docs/deploy/permissions.md';
const policy = JSON.parse(blocksOf(PAGE).find(({ language }) => language === 'json')!.text) as Policy;
const services = new Set(policy.Statement.flatMap(({ Action }) => Action.map((action) => action.split(':')[0]!)));

/** Services of CloudFormation whose prefix in IAM is another word. */
const PREFIXES: Readonly<Record<string, string>> = { applicationautoscaling: 'application-autoscaling' };

function typesOf(stacks: Stacks): string[] {
  return Object.values(stacks).flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
}

const deployments = Object.values(CONFIGURATIONS).map((config) => synthesise(config));
const types = [...new Set(deployments.flatMap(typesOf))].filter((type) => !type.startsWith('AWS::CDK::'));
const needed = [...new Set(types.map((type) => type.split('::')[1]!.toLowerCase()))].map(
  (name) => PREFIXES[name] ?? name,
);

describe('the rights of who deploys', () => {
  test('cover every service that a stack of any configuration has resources of', () => {
    expect(needed.length).toBeGreaterThan(9);
    expect(needed.filter((service) => !services.has(service))).toEqual([]);
  });

  test('name no service that no stack needs, but for the bootstrap and the networks of functions', () => {
    expect([...services].filter((service) => !needed.includes(service)).toSorted()).toEqual(['ec2', 'ssm']);
  });

  test('reach every role and function by the name of the deployment', () => {
    const names = deployments.flatMap((stacks) => [
      ...rolesOf(stacks).map(({ name }) => name),
      ...all(stacks, 'AWS::Lambda::Function').map(({ resource }) => flat(resource.Properties['FunctionName'])),
    ]);
    expect(names.length).toBeGreaterThan(200);
    // Without a name CloudFormation makes one, which begins with that of the stack.
    expect(names.filter((name) => name !== 'undefined' && !name.startsWith('protector-'))).toEqual([]);
  });
});
