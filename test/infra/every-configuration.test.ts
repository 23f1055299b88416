// Over the configurations of configurations.ts, which take seconds to synthesise: any setting can be changed back, each being deployable
// after every other; and the rights of who deploys, on docs/deploy/permissions.md, are those that their stacks need.
import { describe, expect, test } from '@jest/globals';
import { blocksOf } from '../documents/pages.ts';
import { all, flat, rolesOf, type Stacks, type StackTemplate, synthesise, templatesOf } from '../support/infra.ts';
import { change, type Deployed, KINDS, retainedWithName } from '../support/stack-changes.ts';
import { CONFIGURATIONS, MULTI_REGION } from './configurations.ts';
import { FREE, PAID, PAID_BY_OPTION } from './paid.ts';

const deployedBy = (config: object): Deployed =>
  new Map(templatesOf(config).map(({ stack, template }) => [stack, template]));

const deployed = new Map(Object.entries(CONFIGURATIONS).map(([title, config]) => [title, deployedBy(config)]));
const multiRegion = new Map(Object.entries(MULTI_REGION).map(([title, config]) => [title, deployedBy(config)]));
const titles = [...deployed.keys()];
const plain = deployed.get('the default')!;

/** Returns the default deployment with one stack altered. */
function altered(stack: string, alter: (template: StackTemplate) => void): Deployed {
  const copy = structuredClone(plain.get(stack)!);
  alter(copy);
  return new Map([...plain].map(([name, template]) => [name, name === stack ? copy : template]));
}

/** Returns the id and the properties, which a test may change, of a resource. */
function resourceOf(template: StackTemplate, type: string, part = ''): { id: string; own: Record<string, unknown> } {
  const found = Object.entries(template.Resources).find(([id, { Type }]) => Type === type && id.includes(part))!;
  return { id: found[0], own: found[1].Properties };
}

describe('configurations', () => {
  test('are at least 20, with different templates', () => {
    expect(titles.length).toBeGreaterThanOrEqual(20);
    const texts = [...deployed.values()].map((one) => JSON.stringify([...one]));
    expect(new Set(texts).size).toBe(titles.length);
  });

  test.each(titles)('are each deployable after every other: %s', (title) => {
    const refused = titles.flatMap((before) =>
      change(deployed.get(before)!, deployed.get(title)!).refused.map((why) => `after ${before}: ${why}`),
    );
    expect(refused).toEqual([]);
  });

  test('are deployable one after another, with the stacks that earlier ones left', () => {
    const order = [...titles, ...titles.toReversed(), ...titles.filter((_, i) => i % 3 === 0)];
    let there = plain;
    for (const title of order) {
      const { refused, after } = change(there, deployed.get(title)!);
      expect([title, refused]).toEqual([title, []]);
      there = after;
    }
  });

  test.each([...multiRegion.keys()])(
    'with multi-Region keys are each deployable after every other of these: %s',
    (title) => {
      const refused = [...multiRegion].flatMap(([before, there]) =>
        change(there, multiRegion.get(title)!).refused.map((why) => `after ${before}: ${why}`),
      );
      expect(refused).toEqual([]);
    },
  );

  test('cannot make the keys of a deployment multi-Region keys or undo it: CloudFormation refuses in the first stack that has one', () => {
    const withTenants = deployedBy({ tenants: {} });
    for (const [from, to, stacks] of [
      [plain, multiRegion.get('multi-Region keys')!, ['audit', 'policy']],
      [multiRegion.get('multi-Region keys')!, plain, ['audit', 'policy']],
      [withTenants, multiRegion.get('multi-Region keys and tenants')!, ['tenants', 'audit', 'policy']],
    ] as const) {
      const { refused } = change(from, to);
      expect(refused.map((why) => why.replace(/: \w+ /, ': it '))).toEqual(
        stacks.map((stack) => `${stack}: it cannot change MultiRegion`),
      );
    }
  });

  test('keep no resource under a fixed name, which the next deployment would collide with', () => {
    const kept = [...deployed.values(), ...multiRegion.values()].flatMap((stacks) =>
      [...stacks.values()].flatMap(retainedWithName),
    );
    expect(kept).toEqual([]);
  });

  test('have no type of resource whose replacements or price are unknown', () => {
    const types = [...deployed.values(), ...multiRegion.values()].flatMap((stacks) =>
      [...stacks.values()].flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
    );
    expect(new Set(types).size).toBeGreaterThan(20);
    expect([...new Set(types)].filter((type) => !(type in KINDS))).toEqual([]);
    // Nor one whose price is.
    expect([...new Set(types)].filter((type) => !(type in PAID || type in PAID_BY_OPTION || FREE.test(type)))).toEqual(
      [],
    );
  });
});

describe('a change that CloudFormation refuses is found', () => {
  test.each<[string, Deployed, RegExp]>([
    [
      'an export in use goes',
      altered('audit', ({ Outputs = {} }) => {
        const [id] = Object.entries(Outputs).find(([, { Export }]) => Export?.Name.includes('FnGetAttRecords'))!;
        delete (Outputs as Record<string, unknown>)[id];
      }),
      /^audit: the export protector-audit:\S+ is in use and goes$/,
    ],
    [
      'an export in use changes',
      altered('policy', ({ Outputs = {} }) => {
        const found = Object.values(Outputs).find(({ Export }) => Export?.Name.includes('SealingKey'))!;
        Object.assign(found, { Value: 'another key' });
      }),
      /^policy: the export protector-policy:\S+ is in use and changes$/,
    ],
    [
      'an import that no stack exports',
      altered('protector', (template) => {
        resourceOf(template, 'AWS::Lambda::Function').own['Description'] = { 'Fn::ImportValue': 'nowhere' };
      }),
      /^protector: no stack exports nowhere yet$/,
    ],
    [
      'a key of another kind',
      altered('audit', (template) => {
        resourceOf(template, 'AWS::KMS::Key', 'CheckpointKey').own['KeySpec'] = 'ECC_NIST_P256';
      }),
      /^audit: SealerCheckpointKey\w+ cannot change KeySpec$/,
    ],
    [
      'a function that is replaced under its name',
      altered('protector', (template) => {
        resourceOf(template, 'AWS::Lambda::Function', 'Redshift').own['PackageType'] = 'Image';
      }),
      /^protector: RedshiftFunction\w+ is replaced under the name that it has$/,
    ],
    [
      'a function that is put on instances',
      altered('protector', (template) => {
        resourceOf(template, 'AWS::Lambda::Function', 'Redshift').own['CapacityProviderConfig'] = {};
      }),
      /^protector: RedshiftFunction\w+ cannot change CapacityProviderConfig$/,
    ],
    [
      'a name that another resource has',
      altered('policy', ({ Resources }) => {
        const [id, role] = Object.entries(Resources).find(([, { Type }]) => Type === 'AWS::IAM::Role')!;
        Object.assign(Resources, { Moved: role });
        delete (Resources as Record<string, unknown>)[id];
      }),
      /^policy: Moved takes the name of policy\/AgentRole\w+$/,
    ],
    [
      'a resource of another type',
      altered('audit', ({ Resources }) => {
        const [id] = Object.entries(Resources).find(([, { Type }]) => Type === 'AWS::Kinesis::Stream')!;
        Object.assign(Resources, { [id]: { Type: 'AWS::SNS::Topic', Properties: {} } });
      }),
      /^audit: Stream\w+ changes its type$/,
    ],
    [
      'a replaced resource whose export is in use',
      altered('audit', (template) => {
        resourceOf(template, 'AWS::Logs::LogGroup', 'Records').own['LogGroupName'] = 'another';
      }),
      /^audit: Records\w+ is replaced while its export is in use$/,
    ],
  ])('%s', (_, to, expected) => {
    expect(change(plain, plain).refused).toEqual([]);
    expect(change(plain, to).refused).toContainEqual(expect.stringMatching(expected));
  });

  test('a retained resource under a fixed name', () => {
    const policy = altered('policy', (template) => {
      resourceOf(template, 'AWS::S3::Bucket', 'Publication').own['BucketName'] = 'protector-publication';
    }).get('policy')!;
    expect(retainedWithName(policy)).toEqual([expect.stringMatching(/^Publication/)]);
  });
});

describe('a deployment after a tear down', () => {
  const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-1111-1111-1111-111111111111';
  const adopt = {
    sealingKey: KEY,
    publicationBucket: 'kept-publication',
    checkpointKey: KEY,
    logBucket: 'kept-log',
    tenantsKey: KEY,
    tenantsBucket: 'kept-tenants',
  };
  const adopting = synthesise({ tenants: {}, adopt });

  test('adopts kept keys and buckets: it makes none beside them, and its functions use them', () => {
    const ids = ['AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy'].flatMap((type) =>
      all(adopting, type).map(({ stack, id }) => `${stack}/${id}`),
    );
    expect(ids.filter((id) => /SealingKey|Publication|CheckpointKey|SealerLog|StoreKey|StoreTenants/.test(id))).toEqual(
      [],
    );
    expect(ids.length).toBeGreaterThan(5);
    const text = JSON.stringify(adopting);
    for (const name of ['kept-publication', 'kept-log', 'kept-tenants']) expect(text).toContain(name);
    const targets = all(adopting, 'AWS::KMS::Alias').map(({ resource }) => resource.Properties['TargetKeyId']);
    expect(targets.filter((target) => target === KEY)).toHaveLength(3);
  });

  test('cannot swap the sealing key of a deployment that lives: CloudFormation refuses', () => {
    const { refused } = change(plain, deployedBy({ adopt }));
    expect(refused).toEqual([expect.stringMatching(/^policy: the export \S+SealingKey\S+ is in use and goes$/)]);
  });

  test.each(['sealingKey', 'publicationBucket', 'tenantsKey', 'tenantsBucket'] as const)(
    'needs key and bucket of what is sealed together: not %s alone',
    (one) => {
      expect(() => synthesise({ adopt: { [one]: adopt[one] } })).toThrow('is required with the other of the two');
    },
  );

  test('finds each kept bucket with its policy', () => {
    const policies = [...deployed.values()].flatMap((stacks) =>
      [...stacks.values()].flatMap(({ Resources }) =>
        Object.values(Resources).filter(({ Type }) => Type === 'AWS::S3::BucketPolicy'),
      ),
    );
    expect(policies.length).toBeGreaterThan(100);
    expect(policies.filter(({ DeletionPolicy }) => DeletionPolicy !== 'Retain')).toEqual([]);
  });
});

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
const PREFIXES: Readonly<Record<string, string>> = {
  applicationautoscaling: 'application-autoscaling',
  stepfunctions: 'states',
};

function typesOf(stacks: Stacks): string[] {
  return Object.values(stacks).flatMap((resources) => Object.values(resources).map(({ Type }) => Type));
}

/** As `synthesise` gives them. */
const stacksOfAll = [...deployed.values()].map(
  (stacks): Stacks => Object.fromEntries([...stacks].map(([stack, { Resources }]) => [stack, Resources])),
);
const types = [...new Set(stacksOfAll.flatMap(typesOf))].filter((type) => !type.startsWith('AWS::CDK::'));
const needed = [...new Set(types.map((type) => type.split('::')[1]!.toLowerCase()))].map(
  (name) => PREFIXES[name] ?? name,
);

describe('the rights of who deploys', () => {
  test('cover every service that a stack of any configuration has resources of', () => {
    expect(needed.length).toBeGreaterThan(9);
    expect(needed.filter((service) => !services.has(service))).toEqual([]);
  });

  test('name no service that no stack needs, but for the networks of functions', () => {
    expect([...services].filter((service) => !needed.includes(service)).toSorted()).toEqual(['ec2']);
  });

  test('reach every role, function and capacity provider by the name of the deployment', () => {
    const names = stacksOfAll.flatMap((stacks) => [
      ...rolesOf(stacks).map(({ name }) => name),
      ...all(stacks, 'AWS::Lambda::Function').map(({ resource }) => flat(resource.Properties['FunctionName'])),
      ...all(stacks, 'AWS::Lambda::CapacityProvider').map(({ resource }) =>
        flat(resource.Properties['CapacityProviderName']),
      ),
    ]);
    expect(names.length).toBeGreaterThan(200);
    // Without a name CloudFormation makes one, which begins with that of the stack.
    expect(names.filter((name) => name !== 'undefined' && !name.startsWith('protector-'))).toEqual([]);
  });
});
