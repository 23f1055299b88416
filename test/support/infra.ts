// The stacks as templates, without bundling and without the rules, which synth.test.ts checks.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
// oxlint-disable-next-line import/no-unassigned-import -- it must come before the library
import './cdk-library.ts';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseConfig } from '../../infra/config.ts';
import { deploymentOf } from '../../infra/deployment.ts';
import { DUCKDB_LAYER } from '../../lib/contract/file-protector.ts';
import manifest from '../../package.json' with { type: 'json' };
import { FRONT_ENDS } from '../../lib/contract/front-ends.ts';

export const FUNCTIONS = [
  ...FRONT_ENDS,
  'policy-agent',
  'log-forwarder',
  'log-sealer',
  'log-verifier',
  'tenant-gateway',
  'witness',
  'file-protector',
] as const;

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Stack (`audit`, `policy`, …) → logical id → resource. */
export type Stacks = Readonly<Record<string, Readonly<Record<string, Resource>>>>;

/** A statement of a policy document, with lists in place of single values. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** As flat texts: `<LogicalId.Arn>/prefix*`. */
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Synthesises the stacks of a configuration, as `cdk synth` writes them. */
export function synthesise(config: unknown = {}): Stacks {
  return Object.fromEntries(templatesOf(config).map(({ stack, template }) => [stack, template.Resources]));
}

/** A template: its resources, and its outputs, which may be exports. */
export interface StackTemplate {
  readonly Resources: Stacks[string];
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

/** What the library writes beside the templates, and the stack traces in it: without them synthesis takes a quarter less time. */
const NOTHING_BESIDE = { treeMetadata: false, stackTraces: false };
const BARE = {
  'aws:cdk:bundling-stacks': [],
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:disable-logicalId-metadata': true,
};

/** Synthesises the templates of a configuration, in the order in which they are deployed. */
export function templatesOf(config: unknown = {}): { readonly stack: string; readonly template: StackTemplate }[] {
  const app = new App({ ...NOTHING_BESIDE, context: { ...contextOfApp(), ...BARE } });
  const deployment = deploymentOf(app, parseConfig(config), bundleFolder());
  return Object.entries(deployment)
    .filter(([, stack]) => stack !== undefined)
    .map(([stack, made]) => ({ stack, template: Template.fromStack(made).toJSON() as StackTemplate }));
}

/** Reads the feature flags of cdk.json. */
function contextOfApp(): Record<string, unknown> {
  const file = fileURLToPath(new URL('../../cdk.json', import.meta.url));
  return (JSON.parse(readFileSync(file, 'utf8')) as { context: Record<string, unknown> }).context;
}

let folder: string | undefined;

/** Makes a folder like that of the build, with functions that do nothing. */
export function bundleFolder(): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'bundles-'));
    for (const name of FUNCTIONS) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'index.mjs'), 'export const handler = () => {};\n');
    }
    const layer = join(folder, DUCKDB_LAYER.folder);
    mkdirSync(dirname(join(layer, DUCKDB_LAYER.file)), { recursive: true });
    writeFileSync(join(layer, DUCKDB_LAYER.file), 'no library\n');
    writeFileSync(join(layer, DUCKDB_LAYER.version), manifest.dependencies['@duckdb/node-bindings']);
  }
  return folder;
}

/** Returns all resources of a type, with their stack and id. */
export function all(stacks: Stacks, type: string): { stack: string; id: string; resource: Resource }[] {
  return Object.entries(stacks).flatMap(([stack, resources]) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, resource]) => ({ stack, id, resource })),
  );
}

export function statementsOf(document: unknown): Statement[] {
  const { Statement: statements = [] } = Object(document) as { Statement?: Record<string, unknown>[] };
  return statements.map((one) => ({
    effect: one['Effect'] as Statement['effect'],
    actions: list(one['Action']).map(String),
    resources: list(one['Resource']).map(flat),
    principal: one['Principal'],
    condition: (one['Condition'] ?? {}) as Statement['condition'],
  }));
}

/** Returns every role with its rights and its trust policy. */
export function rolesOf(stacks: Stacks): {
  stack: string;
  id: string;
  name: string;
  statements: Statement[];
  trust: Statement[];
  managed: unknown[];
}[] {
  return all(stacks, 'AWS::IAM::Role').map(({ stack, id, resource: { Properties } }) => ({
    stack,
    id,
    name: flat(Properties['RoleName']),
    statements: list(Properties['Policies']).flatMap((policy) =>
      statementsOf((policy as { PolicyDocument: unknown }).PolicyDocument),
    ),
    trust: statementsOf(Properties['AssumeRolePolicyDocument']),
    managed: list(Properties['ManagedPolicyArns']),
  }));
}

/** Tells whether the actions of a statement cover an action, with wildcards and case as in IAM. */
export function covers({ actions }: Statement, action: string): boolean {
  return actions.some((pattern) => {
    const expression = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${expression}$`, 'i').test(action);
  });
}

export function list(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Renders an expression of a template as one text, with references in angle brackets. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, argument] = ['', undefined]] = Object.entries(value);
  switch (kind) {
    case 'Ref':
      return `<${String(argument)}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::ImportValue':
      return `<${String(argument)}>`;
    case 'Fn::Join': {
      const [delimiter, parts] = argument as [string, unknown[]];
      return parts.map(flat).join(delimiter);
    }
    default:
      return JSON.stringify(value);
  }
}
