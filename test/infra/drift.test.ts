// Stacks against code: what a function reads and calls is read off the sources that it is made of, and compared with what its
// stack sets and grants, both ways.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as agentSettings from '../../lib/contract/policy-agent.ts';
import * as forwarderSettings from '../../lib/contract/log-forwarder.ts';
import * as gatewaySettings from '../../lib/contract/tenant-gateway.ts';
import * as protectSettings from '../../lib/contract/protect-function.ts';
import * as sealerSettings from '../../lib/contract/log-sealer.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { all, flat, type Resource, rolesOf, type Stacks, type Statement, synthesise } from '../support/infra.ts';

/** Every export of the contract that a setting or a prefix may come from. */
const contract: Readonly<Record<string, unknown>> = {
  ...agentSettings,
  ...forwarderSettings,
  ...gatewaySettings,
  ...protectSettings,
  ...sealerSettings,
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const source = (path: string): string =>
  readFileSync(`${ROOT}${path}`, 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');

/** The files that a function is made of: what it imports, types apart, and what that imports. */
function filesOf(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const imports = /(?:^\s*(?:import|export)\b(?!\s+type\b)[^'"`;]*?\bfrom\s*|\bimport\s*\(\s*)'(\.[^']+)'/gm;
  for (const [, specifier] of source(entry).matchAll(imports)) {
    filesOf(posix.join(posix.dirname(entry), specifier!), found);
  }
  return found;
}

/** What the services call their rights, by client package. */
const SERVICES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-cloudwatch-logs': 'logs',
  '@aws-sdk/client-kinesis': 'kinesis',
  '@aws-sdk/client-kms': 'kms',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-sts': 'sts',
};

/** Calls whose right has another name (Service Authorization Reference). */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
};

/** Rights that a call takes besides its own, by what shows it in the source. */
const BESIDES: [right: string, sign: RegExp, why: string][] = [
  ['s3:ListBucket', /\bNoSuchKey\b/, 'without it S3 says 403 of an object that is absent'],
  ['s3:PutObjectRetention', /\bObjectLockMode:/, 'of an object that is put with a retention'],
  ['lambda:GetLayerVersion', /\bnew UpdateFunctionConfigurationCommand\b/, 'of a layer that a function is given'],
];

/** Rights that the calls of a file take. */
function rightsOf(path: string): string[] {
  const code = source(path);
  const [, client] = /from '(@aws-sdk\/client-[\w-]+)'/.exec(code) ?? [];
  if (client === undefined) return [];
  const service = SERVICES[client] ?? `unknown:${client}`;
  const calls = [...code.matchAll(/\bnew ([A-Z]\w+)Command\(|\bpaginate([A-Z]\w+)\(/g)].map(
    ([, command, pages]) => `${service}:${command ?? pages}`,
  );
  const besides = BESIDES.filter(([right, sign]) => right.startsWith(service) && sign.test(code)).map(
    ([right]) => right,
  );
  return [...calls.map((call) => OTHER_NAMES[call] ?? call), ...besides];
}

interface Setting {
  readonly variable: string;
  /** Whether a function that reads it cannot do without it, as the contract says. */
  readonly required: boolean;
}

/** Names that a file imports from the contract, as `exported` or `exported as local`. */
function contractNames(code: string): string[] {
  const imports = code.matchAll(/import \{([^}]*)\} from '[^']*\/contract\/[\w-]+\.ts'/g);
  return [...imports].flatMap(([, names]) => names!.split(',')).map((name) => name.trim());
}

/** Settings that a file reads. */
function settingsOf(path: string): Setting[] {
  const code = source(path);
  const groups = contractNames(code).flatMap((name) => {
    const [, exported, local] = /^(\w*ENV)(?: as (\w+))?$/.exec(name) ?? [];
    return exported === undefined ? [] : [[local ?? exported, exported] as const];
  });
  return groups.flatMap(([local, exported]) => {
    const variables = contract[exported] as Readonly<Record<string, string>>;
    const required = (contract[exported.replace(/ENV$/, 'REQUIRED')] ?? []) as readonly string[];
    return [...code.matchAll(new RegExp(`\\b${local}\\.(\\w+)`, 'g'))].map(([, member]) => ({
      variable: variables[member!]!,
      required: required.includes(member!),
    }));
  });
}

/** Beginnings of keys, such as `DEAD_LETTER_PREFIX`, that a file takes from the contract. */
function prefixesOf(path: string): string[] {
  return contractNames(source(path)).flatMap((name) => (/^\w+_PREFIX$/.test(name) ? [contract[name] as string] : []));
}

/** Variables that a file reads by their own names. */
function literalsOf(path: string): string[] {
  const reads = /\b(?:process\.env\[|required\()'(\w+)'/g;
  return [...source(path).matchAll(reads)].map(([, name]) => name!);
}

/** Lambda sets these in every function (Developer Guide, "Defined runtime environment variables"); SDKs read the last one. */
const SET_BY_LAMBDA = [
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_ENDPOINT_URL',
];

/** Read, and left to their defaults on purpose. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  POLICY_PATH: 'the layer puts the policy where functions look by default',
  AUDIT_SIGNING_KEY_PATH: 'the layer puts the key where functions look by default',
  jwt_verify: 'API Gateway is not asked to verify tokens, so the function does',
};

/** In the sources of a function, and not used by it. */
const NOT_CALLED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  redshift: { 'kms:GenerateDataKey': 'its key service is made without a key to wrap under' },
  snowflake: { 'kms:GenerateDataKey': 'its key service is made without a key to wrap under' },
  rest: { 'kms:GenerateDataKey': 'its key service is made without a key to wrap under' },
  'log-forwarder': { 'kms:GenerateDataKey': 'it opens the tenants, and seals nothing' },
};

const arn = 'arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const tenants = {
  keys: [arn],
  sinkRoles: ['arn:aws:iam::222222222222:role/security-events'],
  allowedNetworks: ['10.0.0.0/8'],
};
const esa = {
  url: 'https://esa.example.com:9200',
  index: 'audits',
  authorizationSecret: 'esa',
  certificateLayer: 'arn:aws:lambda:eu-west-1:111111111111:layer:certificates:1',
  caPath: '/opt/ca.pem',
  certificatePath: '/opt/client.pem',
  keyPath: '/opt/client.key',
};
const jwt = { secret: 'jwt', userClaims: ['sub'] };

/** Deployments that have every option between them. */
const deployments: readonly Stacks[] = [
  { tenants },
  { tenants: false, audit: { mode: 'kinesis', esa } },
  { tenants, serviceUser: 'service', audit: { mode: 'buffered', flushIntervalMs: 1, formerCheckpointKeys: ['a+1+b'] } },
  { tenants, usernameRegex: '(.*)', rest: { authorization: 'JWT', jwt } },
].map((config) => synthesise(config));

interface DeployedFunction {
  /** Name of its file in functions/. */
  readonly name: string;
  readonly variables: readonly string[];
  /** Rights that its task takes: neither its own log nor what hands it batches. */
  readonly rights: readonly string[];
  readonly resources: readonly string[];
}

function deployedIn(stacks: Stacks): DeployedFunction[] {
  return all(stacks, 'AWS::Lambda::Function').map(({ stack, id, resource: { Properties } }) => {
    const deployed = flat(Properties['FunctionName']).replace('protector-', '');
    const role = flat(Properties['Role']).slice(1, -'.Arn>'.length);
    const { statements } = rolesOf({ [stack]: stacks[stack]! }).find((one) => one.id === role)!;
    const own = `<${flat((Properties['LoggingConfig'] as { LogGroup: unknown }).LogGroup).slice(1, -1)}.Arn>`;
    const streams = streamsHandedTo(stacks[stack]!, id);
    const task = statements.filter(({ actions, resources }) => {
      const platform = actions.every((action) => /^kinesis:(?:Get|Describe|List)/.test(action));
      return !resources.includes(own) && !(platform && resources.every((resource) => streams.includes(resource)));
    });
    return {
      name: deployed === 'event-forwarder' ? 'log-forwarder' : deployed,
      variables: Object.keys((Properties['Environment'] as { Variables: object } | undefined)?.Variables ?? {}),
      rights: task.flatMap(({ actions }: Statement) => actions),
      resources: task.flatMap(({ resources }) => resources),
    };
  });
}

function streamsHandedTo(resources: Readonly<Record<string, Resource>>, functionId: string): string[] {
  return Object.values(resources)
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::EventSourceMapping' && flat(Properties['FunctionName']) === `<${functionId}>`,
    )
    .map(({ Properties }) => flat(Properties['EventSourceArn']));
}

const deployed = Map.groupBy(deployments.flatMap(deployedIn), ({ name }) => name);
const names = [...deployed.keys()];
const unique = (items: readonly string[]): string[] => [...new Set(items)].toSorted();

describe('the sources are read', () => {
  test('every function that Lambda calls is deployed, and no other', () => {
    const built = [...FRONT_ENDS, 'policy-agent', 'log-forwarder', 'log-sealer', 'tenant-gateway'];
    expect(names.toSorted()).toEqual(built.toSorted());
    for (const name of built) expect(source(`functions/${name}.ts`)).toMatch(/^export const handler\b/m);
  });

  test.each(names)('%s: dozens of files, calls and settings among them', (name) => {
    const files = [...filesOf(`functions/${name}.ts`)];
    expect(files.length).toBeGreaterThan(15);
    expect(files.flatMap(rightsOf).length).toBeGreaterThan(3);
    expect(files.flatMap(settingsOf).length).toBeGreaterThan(1);
  });

  test('every client of AWS is known', () => {
    const rights = names.flatMap((name) => [...filesOf(`functions/${name}.ts`)].flatMap(rightsOf));
    expect(rights.filter((right) => right.startsWith('unknown:'))).toEqual([]);
  });
});

describe.each(names)('%s', (name) => {
  const files = [...filesOf(`functions/${name}.ts`)];
  const instances = deployed.get(name)!;
  const needed = unique(files.flatMap(rightsOf)).filter((right) => !(right in (NOT_CALLED[name] ?? {})));
  const granted = unique(instances.flatMap(({ rights }) => rights));
  const settings = files.flatMap(settingsOf);
  const read = unique(settings.map(({ variable }) => variable));
  const set = unique(instances.flatMap(({ variables }) => variables));

  test('may do everything that its adapters do', () => {
    expect(needed.filter((right) => !granted.includes(right))).toEqual([]);
  });

  test('may do nothing else', () => {
    expect(granted.filter((right) => !needed.includes(right))).toEqual([]);
  });

  test.each(instances.map(({ resources }, i) => [i, resources] as const))(
    'reaches what it keeps, below every prefix that it has, whatever the configuration (%s)',
    (_, reached) => {
      const prefixes = unique(files.flatMap(prefixesOf));
      expect(prefixes.filter((prefix) => !reached.some((one) => one.endsWith(`/${prefix}*`)))).toEqual([]);
    },
  );

  test('is given every setting that it reads, or it is left out on purpose', () => {
    expect(read.filter((variable) => !set.includes(variable) && !(variable in LEFT_OUT))).toEqual([]);
  });

  test('is given no setting that it does not read', () => {
    expect(set.filter((variable) => !read.includes(variable))).toEqual([]);
  });

  test('is given what it cannot do without, whatever the configuration', () => {
    const required = unique(settings.filter((one) => one.required).map(({ variable }) => variable));
    for (const { variables } of instances) expect(variables).toEqual(expect.arrayContaining(required));
  });

  test("reads no other variables than those and Lambda's own", () => {
    expect(unique(files.flatMap(literalsOf)).filter((variable) => !SET_BY_LAMBDA.includes(variable))).toEqual([]);
  });
});

test('what is said not to be called or set is still in the sources', () => {
  for (const [name, rights] of Object.entries(NOT_CALLED)) {
    const found = [...filesOf(`functions/${name}.ts`)].flatMap(rightsOf);
    expect(Object.keys(rights).filter((right) => !found.includes(right))).toEqual([]);
  }
  const settings = names.flatMap((name) => [...filesOf(`functions/${name}.ts`)].flatMap(settingsOf));
  const read = settings.map(({ variable }) => variable);
  expect(Object.keys(LEFT_OUT).filter((variable) => !read.includes(variable))).toEqual([]);
  expect(
    deployments.flatMap(deployedIn).flatMap(({ variables }) => variables.filter((one) => one in LEFT_OUT)),
  ).toEqual([]);
});
