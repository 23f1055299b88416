// Stacks against code: what a function reads and calls is read off the sources that it is made of, and compared with
// what its stack sets and grants, both ways.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as agentSettings from '../../lib/contract/policy-agent.ts';
import * as filesSettings from '../../lib/contract/file-protector.ts';
import * as forwarderSettings from '../../lib/contract/log-forwarder.ts';
import * as gatewaySettings from '../../lib/contract/tenant-gateway.ts';
import * as protectSettings from '../../lib/contract/protect-function.ts';
import * as sealerSettings from '../../lib/contract/log-sealer.ts';
import * as verifierSettings from '../../lib/contract/log-verifier.ts';
import * as witnessSettings from '../../lib/contract/witness.ts';
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';
import { all, flat, type Resource, rolesOf, type Stacks, type Statement, synthesise } from '../support/infra.ts';

/** The exports of the contract that settings and prefixes come from. */
const contract: Readonly<Record<string, unknown>> = {
  ...agentSettings,
  ...filesSettings,
  ...forwarderSettings,
  ...gatewaySettings,
  ...protectSettings,
  ...sealerSettings,
  ...verifierSettings,
  ...witnessSettings,
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const source = (path: string): string =>
  readFileSync(`${ROOT}${path}`, 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');

/** Returns the files of a function: its imports without types, and their imports. */
function filesOf(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const imports = /(?:^\s*(?:import|export)\b(?!\s+type\b)[^'"`;]*?\bfrom\s*|\bimport\s*\(\s*)'(\.[^']+)'/gm;
  for (const [, specifier] of source(entry).matchAll(imports)) {
    filesOf(posix.join(posix.dirname(entry), specifier!), found);
  }
  return found;
}

/** The prefix of the rights of each service, by client package. */
const SERVICES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-cloudwatch-logs': 'logs',
  '@aws-sdk/client-kinesis': 'kinesis',
  '@aws-sdk/client-kms': 'kms',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-secrets-manager': 'secretsmanager',
  '@aws-sdk/client-sts': 'sts',
};

/** Rights whose name differs from that of the call (Service Authorization Reference). */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:HeadObject': 's3:GetObject',
  's3:CompleteMultipartUpload': 's3:PutObject',
  's3:CreateMultipartUpload': 's3:PutObject',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:ListParts': 's3:ListMultipartUploadParts',
  's3:UploadPart': 's3:PutObject',
};

/** Additional rights of a call, by the sign of it in the source. */
const BESIDES: [right: string, sign: RegExp, why: string][] = [
  ['s3:ListBucket', /\bNoSuchKey\b/, 'without it S3 says 403 of an object that is absent'],
  ['s3:PutObjectRetention', /\bObjectLockMode:/, 'of an object that is put with a retention'],
  ['s3:PutObjectTagging', /\bTagging:/, 'of an object that is put with tags'],
  ['lambda:GetLayerVersion', /\bnew UpdateFunctionConfigurationCommand\b/, 'of a layer that a function is given'],
  ['lambda:PassCapacityProvider', /\bnew UpdateFunctionConfigurationCommand\b/, 'of a function on instances'],
];

/** Returns the rights that the calls of a file need. */
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
  /** Whether the code refuses to start without it. */
  readonly required: boolean;
}

/** Returns the names that a file imports from the contract, as `exported` or `exported as local`. */
function contractNames(code: string): string[] {
  const imports = code.matchAll(/import \{([^}]*)\} from '[^']*\/contract\/[\w-]+\.ts'/g);
  return [...imports].flatMap(([, names]) => names!.split(',')).map((name) => name.trim());
}

/** Returns the settings that a file reads. */
function settingsOf(path: string): Setting[] {
  const code = source(path);
  const groups = contractNames(code).flatMap((name) => {
    const [, exported, local] = /^(\w*ENV)(?: as (\w+))?$/.exec(name) ?? [];
    return exported === undefined ? [] : [[local ?? exported, exported] as const];
  });
  return groups.flatMap(([local, exported]) => {
    const variables = contract[exported] as Readonly<Record<string, string>>;
    return [...code.matchAll(new RegExp(`(\\brequired\\()?\\b${local}\\.(\\w+)`, 'g'))].map(([, required, member]) => ({
      variable: variables[member!]!,
      required: required !== undefined,
    }));
  });
}

const namesOf = <Env extends Readonly<Record<string, string>>>(env: Env, members: readonly (keyof Env)[]): string[] =>
  members.map((member) => env[member]!);

const { AGENT_ENV, AGENT_REQUIRED } = agentSettings;
const { FORWARDER_DESTINATIONS, FORWARDER_ENV, FORWARDER_REQUIRED } = forwarderSettings;
const { AUDIT_MODES, ENV, REQUIRED_BY_MODE } = protectSettings;

const protect = {
  always: [],
  oneOf: AUDIT_MODES.map((mode) => namesOf(ENV, REQUIRED_BY_MODE[mode])),
};

/**
 * The variables that the contract lists as required: all of `always`, and all of one list of `oneOf`, where it is not
 * empty.
 */
const REQUIRED: Readonly<Record<string, { readonly always: readonly string[]; readonly oneOf: readonly string[][] }>> =
  {
    redshift: protect,
    snowflake: protect,
    rest: protect,
    'policy-agent': { always: [ENV.auditLogGroup, ...namesOf(AGENT_ENV, AGENT_REQUIRED)], oneOf: [] },
    'log-forwarder': {
      always: namesOf(FORWARDER_ENV, FORWARDER_REQUIRED),
      oneOf: Object.values(FORWARDER_DESTINATIONS).map((members) => namesOf(FORWARDER_ENV, members)),
    },
    'log-sealer': { always: namesOf(sealerSettings.SEALER_ENV, sealerSettings.SEALER_REQUIRED), oneOf: [] },
    'log-verifier': {
      always: namesOf(verifierSettings.VERIFIER_ENV, verifierSettings.VERIFIER_REQUIRED),
      oneOf: [],
    },
    'tenant-gateway': { always: namesOf(gatewaySettings.GATEWAY_ENV, gatewaySettings.GATEWAY_REQUIRED), oneOf: [] },
    'file-protector': {
      always: namesOf(filesSettings.FILES_ENV, filesSettings.FILES_REQUIRED),
      oneOf: [namesOf(ENV, REQUIRED_BY_MODE.blocking), namesOf(ENV, REQUIRED_BY_MODE.kinesis)],
    },
    witness: { always: namesOf(witnessSettings.WITNESS_ENV, witnessSettings.WITNESS_REQUIRED), oneOf: [] },
  };

/** Required by the contract where it is set: its presence chooses the destination, so the code does not demand it. */
const CHOOSES: Readonly<Record<string, string>> = { 'log-forwarder': FORWARDER_ENV.tenants };

/** Returns the key prefixes, such as `DEAD_LETTER_PREFIX`, that a file takes from the contract. */
function prefixesOf(path: string): string[] {
  return contractNames(source(path)).flatMap((name) => (/^\w+_PREFIX$/.test(name) ? [contract[name] as string] : []));
}

/** Returns the variables that a file reads by literal names. */
function literalsOf(path: string): string[] {
  const reads = /\b(?:process\.env\[|(?:required|optional|optionalWholeNumber|listOf)\()'(\w+)'/g;
  return [...source(path).matchAll(reads)].map(([, name]) => name!);
}

/**
 * Lambda sets these in every function (Developer Guide, "Defined runtime environment variables"); SDKs read the last
 * one.
 */
const SET_BY_LAMBDA = [
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_MAX_CONCURRENCY',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_ENDPOINT_URL',
];

/** Settings that the stacks leave to their defaults on purpose. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  POLICY_PATH: 'the default path is that of the layer',
  AUDIT_SIGNING_KEY_PATH: 'the default path is that of the layer, too',
  SETTLED_AFTER_S: 'the default is that of the sealer’s stack',
  ESA_AUTHORIZATION: 'the stacks keep secrets out of environments: the function reads it at run time',
  jwt_secret_base64: 'the same',
  jwt_verify: 'API Gateway does not verify tokens, so the function does',
};

/** Settings that the stack of one function leaves out. */
const LEFT_OUT_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'file-protector': {
    AUDIT_FLUSH_INTERVAL_MS: 'it is of the mode buffered, which the function refuses',
  },
};

const COUNTS_ONLY = { 's3:DeleteObject': 'it counts values, and removes no count' };

/** Rights that the sources of a function suggest, although it does not use them. */
const NOT_CALLED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  redshift: { 'kms:GenerateDataKey': 'it wraps no key', ...COUNTS_ONLY },
  snowflake: { 'kms:GenerateDataKey': 'its key service is made without a key to wrap under', ...COUNTS_ONLY },
  rest: { 'kms:GenerateDataKey': 'its key service is made without a key to wrap under', ...COUNTS_ONLY },
  'file-protector': {
    's3:DeleteObject': 'it replaces documents, and removes none',
    'kms:GenerateDataKey': 'it opens jobs, and seals none',
  },
  witness: { 's3:DeleteObject': 'it forgets nothing' },
  'log-forwarder': { 'kms:GenerateDataKey': 'it opens the tenants, and seals nothing' },
  'log-verifier': {
    's3:DeleteObject': 'it replaces one object, and removes none',
    's3:PutObjectRetention': 'its object is no evidence',
  },
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
const jwt = { secret: 'jwt', secretKey: arn, userClaims: ['sub'], issuers: ['i'], audiences: ['a'], types: ['at+jwt'] };
const keySet = { keySetUrl: 'https://idp.example.com/keys', keySetNetworks: ['10.0.0.0/8'], issuers: ['i'] };
const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
const logs = ['logs.example.com/a+01234567+AQ=='];
const witnesses = [{ key: 'witness.example.com/w1+01234567+BA==', url: 'https://witness.example.com/v1' }];

const fileProtector = { source: 's3://incoming/people/', target: 's3://outgoing/people/' };

/** Deployments that together have every option. */
const deployments: readonly Stacks[] = [
  { tenants },
  {
    tenants: false,
    audit: { mode: 'kinesis', esa, witnesses, timestampUrls: ['http://tsa.example.com'] },
    witness: { name: 'witness.example.com/w1', logs },
    files: { ...fileProtector, parquet: true },
  },
  {
    tenants,
    budgets: true,
    files: fileProtector,
    serviceUser: 'service',
    usernameRegex: '(.*)',
    audit: { mode: 'buffered', flushIntervalMs: 1, formerCheckpointKeys: ['a+1+b'] },
  },
  { tenants, budgets: true, canary: true, tracing: true, usernameRegex: '(.*)', rest: { authorization: 'JWT', jwt } },
  { redshift: false, snowflake: false, tenants: false, rest: { authorization: 'JWT', jwt: keySet } },
  { vpc: { subnets: ['subnet-0123abcd'], securityGroups: ['sg-0123abcd'] }, managedInstances: {} },
  { redshift: false, snowflake: false, rest: { authorization: 'JWT', jwt: { publicKey: spki.toString('base64') } } },
].map((config) => synthesise(config));

interface DeployedFunction {
  /** Name of its file in functions/. */
  readonly name: string;
  readonly variables: readonly string[];
  /** Rights of its task, without those on its own log, on the stream that Lambda reads for it and on its failed events, and those of traces. */
  readonly rights: readonly string[];
  readonly resources: readonly string[];
}

function deployedIn(stacks: Stacks): DeployedFunction[] {
  return all(stacks, 'AWS::Lambda::Function').map(({ stack, id, resource: { Properties } }) => {
    // On instances eight characters follow the name.
    const deployed = flat(Properties['FunctionName']).replace(/^protector-(.+?)(?:-[0-9a-f]{8})?$/, '$1');
    const role = flat(Properties['Role']).slice(1, -'.Arn>'.length);
    const { statements } = rolesOf({ [stack]: stacks[stack]! }).find((one) => one.id === role)!;
    const own = `<${flat((Properties['LoggingConfig'] as { LogGroup: unknown }).LogGroup).slice(1, -1)}.Arn>`;
    const streams = streamsHandedTo(stacks[stack]!, id);
    const task = statements.filter(({ actions, resources }) => {
      const platform = actions.every((action) => /^kinesis:(?:Get|Describe|List)/.test(action));
      const traces = actions.every((action) => action.startsWith('xray:'));
      // Lambda hands over events of which each invocation failed.
      const failed = actions.every((action) => action === 'sqs:SendMessage');
      return (
        !resources.includes(own) &&
        !traces &&
        !failed &&
        !(platform && resources.every((resource) => streams.includes(resource)))
      );
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

describe('the sources', () => {
  test('have an entry for each deployed function, and for no other', () => {
    const built = [
      ...FRONT_ENDS,
      'policy-agent',
      'log-forwarder',
      'log-sealer',
      'log-verifier',
      'tenant-gateway',
      'witness',
      'file-protector',
    ];
    expect(names.toSorted()).toEqual(built.toSorted());
    for (const name of built) expect(source(`functions/${name}.ts`)).toMatch(/^export const handler\b/m);
  });

  test.each(names)('of %s are many files, with calls and settings', (name) => {
    const files = [...filesOf(`functions/${name}.ts`)];
    expect(files.length).toBeGreaterThan(15);
    expect(files.flatMap(rightsOf).length).toBeGreaterThan(3);
    expect(files.flatMap(settingsOf).length).toBeGreaterThan(1);
  });

  test('use known clients of AWS only', () => {
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

  test('has every right that its adapters use', () => {
    expect(needed.filter((right) => !granted.includes(right))).toEqual([]);
  });

  test('has no other right', () => {
    expect(granted.filter((right) => !needed.includes(right))).toEqual([]);
  });

  test.each(instances.map(({ resources }, i) => [i, resources] as const))(
    'has rights on every prefix of its objects, in every configuration (%s)',
    (_, reached) => {
      const prefixes = unique(files.flatMap(prefixesOf));
      expect(prefixes.filter((prefix) => !reached.some((one) => one.endsWith(`/${prefix}*`)))).toEqual([]);
    },
  );

  test('gets every setting that it reads, except for intended defaults', () => {
    expect(
      read.filter((variable) => !set.includes(variable) && !(variable in { ...LEFT_OUT, ...LEFT_OUT_OF[name] })),
    ).toEqual([]);
  });

  test('gets no setting that it does not read', () => {
    expect(set.filter((variable) => !read.includes(variable))).toEqual([]);
  });

  const { always, oneOf } = REQUIRED[name]!;

  test('gets the settings that the contract requires, in every configuration', () => {
    for (const { variables } of instances) {
      expect(variables).toEqual(expect.arrayContaining([...always]));
      const complete = oneOf.filter((list) => list.every((variable) => variables.includes(variable)));
      expect(complete.length > 0 || oneOf.length === 0).toBe(true);
    }
  });

  test('refuses to start without exactly the settings that the contract requires', () => {
    const demanded = settings.filter(({ required }) => required).map(({ variable }) => variable);
    expect(unique(demanded)).toEqual(unique([...always, ...oneOf.flat()]).filter((one) => one !== CHOOSES[name]));
  });

  test('reads no other variables, except for those of Lambda', () => {
    expect(unique(files.flatMap(literalsOf)).filter((variable) => !SET_BY_LAMBDA.includes(variable))).toEqual([]);
  });
});

test('the exceptions above still apply to the sources', () => {
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
