// What CloudFormation refuses of a change from one set of stacks to another, as far as the templates show it: exports in
// use, names that collide, properties that an existing resource cannot change.
import type { Resource, StackTemplate } from './infra.ts';

/** Stack → template, in the order of deployment. */
export type Deployed = ReadonlyMap<string, StackTemplate>;

interface Kind {
  /** The property with the physical name. @default CloudFormation makes one up */
  readonly name?: string;
  /** Properties whose change replaces the resource (`createOnlyProperties` of its schema), besides its name. */
  readonly replacedBy?: readonly string[];
  /** Properties whose change is refused (KMS User Guide: "the update request fails"). */
  readonly fixed?: readonly string[];
  /** Properties that an existing resource has for ever or never, whatever their value. */
  readonly kept?: readonly string[];
}

/** Every type of resource that the stacks have. Source: the resource provider schemas of CloudFormation. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::ApiGateway::Account': {},
  'AWS::ApiGateway::BasePathMapping': { replacedBy: ['BasePath', 'DomainName'] },
  'AWS::ApiGateway::Deployment': { replacedBy: ['RestApiId'] },
  'AWS::ApiGateway::DomainName': { name: 'DomainName' },
  'AWS::ApiGateway::GatewayResponse': { replacedBy: ['ResponseType', 'RestApiId'] },
  'AWS::ApiGateway::Method': { replacedBy: ['HttpMethod', 'ResourceId', 'RestApiId'] },
  'AWS::ApiGateway::Resource': { replacedBy: ['ParentId', 'PathPart', 'RestApiId'] },
  'AWS::ApiGateway::RestApi': {},
  'AWS::ApiGateway::Stage': { replacedBy: ['RestApiId', 'StageName'] },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    name: 'ResourceId',
    replacedBy: ['ScalableDimension', 'ServiceNamespace'],
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    replacedBy: ['PolicyName', 'ResourceId', 'ScalableDimension', 'ScalingTargetId', 'ServiceNamespace'],
  },
  'AWS::CloudWatch::Alarm': { name: 'AlarmName' },
  'AWS::CloudWatch::Dashboard': { name: 'DashboardName' },
  'AWS::Events::Rule': { name: 'Name', replacedBy: ['EventBusName'] },
  'AWS::IAM::Policy': { name: 'PolicyName' },
  'AWS::IAM::Role': { name: 'RoleName', replacedBy: ['Path'] },
  'AWS::KMS::Alias': { name: 'AliasName' },
  'AWS::KMS::ReplicaKey': { replacedBy: ['PrimaryKeyArn'] },
  'AWS::KMS::Key': { fixed: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'] },
  'AWS::Kinesis::Stream': { name: 'Name' },
  'AWS::Lambda::Alias': { name: 'Name', replacedBy: ['FunctionName'] },
  'AWS::Lambda::CapacityProvider': {
    name: 'CapacityProviderName',
    replacedBy: ['InstanceRequirements', 'KmsKeyArn', 'PermissionsConfig', 'VpcConfig'],
  },
  'AWS::Lambda::EventInvokeConfig': { replacedBy: ['FunctionName', 'Qualifier'] },
  'AWS::Lambda::EventSourceMapping': { replacedBy: ['EventSourceArn', 'StartingPosition'] },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    replacedBy: ['PackageType'],
    // Lambda refuses to put a function on instances, or to take it from them, after it was made.
    kept: ['CapacityProviderConfig'],
  },
  // Any other content is another version.
  'AWS::Lambda::LayerVersion': { replacedBy: ['Content', 'Description'] },
  'AWS::Lambda::Permission': {
    replacedBy: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  },
  'AWS::Lambda::Version': { replacedBy: ['CodeSha256', 'Description', 'FunctionName'] },
  'AWS::Logs::LogGroup': { name: 'LogGroupName' },
  'AWS::Logs::QueryDefinition': { name: 'Name' },
  'AWS::Logs::ScheduledQuery': { name: 'Name' },
  'AWS::Logs::SubscriptionFilter': { name: 'FilterName', replacedBy: ['LogGroupName'] },
  'AWS::SSM::Parameter': { name: 'Name' },
  'AWS::S3::Bucket': { name: 'BucketName' },
  'AWS::S3::BucketPolicy': { replacedBy: ['Bucket'] },
  'AWS::SNS::Subscription': { replacedBy: ['Endpoint', 'Protocol', 'TopicArn'] },
  'AWS::SNS::Topic': { name: 'TopicName', replacedBy: ['FifoTopic'] },
  'AWS::SNS::TopicPolicy': {},
  'AWS::SQS::Queue': { name: 'QueueName', replacedBy: ['FifoQueue'] },
  'AWS::SQS::QueuePolicy': {},
  'AWS::StepFunctions::StateMachine': { name: 'StateMachineName', replacedBy: ['StateMachineType'] },
};

/**
 * Deploys `to` over `from`, stack by stack. Returns what CloudFormation would refuse, and the stacks that are there
 * afterwards: one that `to` lacks stays as it was.
 */
export function change(from: Deployed, to: Deployed): { readonly refused: string[]; readonly after: Deployed } {
  const refused: string[] = [];
  const after = new Map(from);
  for (const [stack, template] of to) {
    const others = new Map([...after].filter(([other]) => other !== stack));
    const before = after.get(stack);
    const imported = new Set([...others.values()].flatMap(importsOf));
    for (const [name, value] of before === undefined ? [] : exportsOf(before)) {
      if (!imported.has(name)) continue;
      const now = exportsOf(template).get(name);
      if (now === undefined) refused.push(`${stack}: the export ${name} is in use and goes`);
      else if (now !== value) refused.push(`${stack}: the export ${name} is in use and changes`);
    }
    const offered = new Set([...others.values()].flatMap((other) => [...exportsOf(other).keys()]));
    for (const name of importsOf(template)) {
      if (!offered.has(name)) refused.push(`${stack}: no stack exports ${name} yet`);
    }
    if (before !== undefined) refused.push(...resourceRefusals(stack, before, template, imported));
    refused.push(...collisions(stack, template, new Map([...others, ...(before ? [[stack, before] as const] : [])])));
    after.set(stack, template);
  }
  return { refused, after };
}

function resourceRefusals(
  stack: string,
  before: StackTemplate,
  template: StackTemplate,
  imported: ReadonlySet<string>,
): string[] {
  const exported = [...exportsOf(before)].filter(([name]) => imported.has(name)).map(([, value]) => value);
  return Object.entries(template.Resources).flatMap(([id, resource]) => {
    const old = before.Resources[id];
    if (old === undefined) return [];
    if (old.Type !== resource.Type) return [`${stack}: ${id} changes its type`];
    const { name, replacedBy = [], fixed = [], kept = [] } = kindOf(resource);
    const differs = (property: string): boolean => valueOf(old, property) !== valueOf(resource, property);
    const appears = (property: string): boolean => property in old.Properties !== property in resource.Properties;
    const locked = [...fixed.filter(differs), ...kept.filter(appears)].map(
      (property) => `${stack}: ${id} cannot change ${property}`,
    );
    const renamed = name !== undefined && differs(name);
    if (!renamed && !replacedBy.some(differs)) return locked;
    const clash = name !== undefined && !renamed && old.Properties[name] !== undefined;
    const used = exported.some((value) => value.includes(`"${id}"`));
    return [
      ...locked,
      ...(clash ? [`${stack}: ${id} is replaced under the name that it has`] : []),
      ...(used ? [`${stack}: ${id} is replaced while its export is in use`] : []),
    ];
  });
}

/** Resources whose name another resource has until the end of the update: CloudFormation creates before it deletes. */
function collisions(stack: string, template: StackTemplate, deployed: Deployed): string[] {
  const taken = new Map(
    [...deployed].flatMap(([other, its]) => namesOf(its).map(([name, id]) => [name, `${other}/${id}`])),
  );
  return namesOf(template).flatMap(([name, id]) => {
    const holder = taken.get(name);
    return holder === undefined || holder === `${stack}/${id}` ? [] : [`${stack}: ${id} takes the name of ${holder}`];
  });
}

/** Retained resources with a name of their own: created again after a removal, they would collide with themselves. */
export function retainedWithName({ Resources }: StackTemplate): string[] {
  return Object.entries(Resources)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .filter(([, resource]) => {
      const { name } = kindOf(resource);
      const value = name === undefined ? undefined : resource.Properties[name];
      // A name with the id of the stack is another one for the next stack.
      return value !== undefined && !JSON.stringify(value).includes('AWS::StackId');
    })
    .map(([id]) => id);
}

/** Remembers what a function returned of a template: each is compared with all others. */
function remembered<T>(read: (template: StackTemplate) => T): (template: StackTemplate) => T {
  const known = new WeakMap<StackTemplate, { readonly value: T }>();
  return (template) => {
    const found = known.get(template) ?? { value: read(template) };
    known.set(template, found);
    return found.value;
  };
}

/** Returns type, name and, for an alias, the function, as one text, with the logical id. */
const namesOf = remembered(({ Resources }): readonly (readonly [name: string, id: string])[] =>
  Object.entries(Resources).flatMap(([id, resource]) => {
    const { name, replacedBy = [] } = kindOf(resource);
    if (name === undefined || resource.Properties?.[name] === undefined) return [];
    const scope = resource.Type === 'AWS::Lambda::Alias' ? replacedBy : [];
    const parts = [name, ...scope].map((property) => {
      const { Ref } = Object(resource.Properties[property]) as { readonly Ref?: string };
      // Stacks may have functions of one logical id: their names tell them apart.
      const named = Ref === undefined ? undefined : Resources[Ref]?.Properties?.['FunctionName'];
      return named === undefined ? valueOf(resource, property) : JSON.stringify(named);
    });
    return [[`${resource.Type} ${parts.join(' ')}`, id] as const];
  }),
);

/** Returns exports: name → value. */
const exportsOf = remembered(
  ({ Outputs = {} }): ReadonlyMap<string, string> =>
    new Map(
      Object.values(Outputs).flatMap(({ Export, Value }) =>
        Export === undefined ? [] : [[Export.Name, JSON.stringify(Value)] as const],
      ),
    ),
);

const importsOf = remembered((template): readonly string[] => {
  const found = [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name!);
  return [...new Set(found)];
});

function kindOf({ Type }: Resource): Kind {
  const kind = KINDS[Type];
  if (kind === undefined) throw new Error(`KINDS lacks ${Type}: say which changes replace it`);
  return kind;
}

function valueOf({ Properties = {} }: Partial<Resource>, property: string): string {
  return JSON.stringify(Properties[property] ?? null);
}
