import { join } from 'node:path';
import { Aws, Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Instances, nameOnInstances } from '../instances.ts';
import type { Bundle } from '../settings.ts';
import { acknowledgeWildcards, policyOf, type Right } from './rights.ts';

/** Subnets and security groups of a function. */
export interface VpcPlacement {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** The instances that the published versions of a function run on. */
export interface InstancePlacement extends Instances {
  /** ARN of the capacity provider. */
  readonly providerArn: string;
}

export interface FunctionProps {
  /**
   * `<deployment>-<function>`. The role has this name too, followed by the Region, and the log group. On instances the
   * function has another name, because it cannot become one that runs on demand.
   */
  readonly functionName: string;
  readonly description: string;
  /** Folder of the bundles: this function is in `<bundles>/<bundle>`. */
  readonly bundles: string;
  /** Rights of the function, besides writing its own log. */
  readonly rights: readonly Right[];
  readonly memoryMb: number;
  readonly timeLimit: Duration;
  readonly logDays: RetentionDays;
  /** @default none reserved */
  readonly reservedConcurrency?: number | undefined;
  /** @default no VPC */
  readonly vpc?: VpcPlacement | undefined;
  /** Whether X-Ray gets traces. @default false */
  readonly tracing?: boolean | undefined;
  /** @default it runs on demand */
  readonly instances?: InstancePlacement | undefined;
  /** ARN of a layer version that the function carries. @default none */
  readonly layer?: string | undefined;
  /** Folder in that of the bundles, which becomes a layer of the function. @default none */
  readonly layerFolder?: string | undefined;
  /** Size of its temporary folder. @default Lambda's, 512 MB */
  readonly diskMb?: number | undefined;
}

export type BundledFunctionProps = FunctionProps & Bundle;

/**
 * A function of the `dist` folder on nodejs24.x, arm64, with a role and a log group of its own. The role has a fixed
 * name, so that key and bucket policies can name it before it exists, and no managed policy.
 */
export class BundledFunction extends Construct {
  /** The name of the function. It is no reference, so other stacks can use it without an export. */
  readonly functionName: string;
  /** The name of its log group. No reference either. */
  readonly logGroupName: string;
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const { functionName, instances, layer, tracing = false } = props;
    // The network of a function on instances is that of the instances.
    const vpc = instances === undefined ? props.vpc : undefined;
    this.functionName = nameOnInstances(functionName, instances);
    this.logGroupName = `/aws/lambda/${functionName}`;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: this.logGroupName,
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const ownLog: Right = {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    };
    const rights = [ownLog, ...props.rights, ...(vpc ? [NETWORK_INTERFACES] : []), ...(tracing ? [TRACES] : [])];
    this.role = new Role(this, 'Role', {
      roleName: roleName(functionName),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
      inlinePolicies: { Rights: policyOf(rights) },
    });
    acknowledgeWildcards(this.role, rights);
    this.function = new LambdaFunction(this, idOn(instances, 'Function'), {
      functionName: this.functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(props.bundles, props.bundle)),
      role: this.role.withoutPolicyUpdates(),
      environment: { ...props.environment },
      memorySize: instances ? instances.vcpus * instances.memoryGbPerVcpu * 1024 : props.memoryMb,
      timeout: props.timeLimit,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.INFO,
      ...(props.diskMb !== undefined && { ephemeralStorageSize: Size.mebibytes(props.diskMb) }),
      ...(tracing && { tracing: Tracing.ACTIVE }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(layer !== undefined && { layers: [LayerVersion.fromLayerVersionArn(this, 'Layer', layer)] }),
    });
    if (props.layerFolder !== undefined) {
      const own = new LayerVersion(this, 'OwnLayer', {
        description: props.description,
        code: Code.fromAsset(join(props.bundles, props.layerFolder)),
        compatibleRuntimes: [Runtime.NODEJS_24_X],
        compatibleArchitectures: [Architecture.ARM_64],
      });
      this.function.addLayers(own);
    }
    if (vpc) place(this.function, vpc);
    if (instances) placeOn(this.function, instances);
  }
}

/** Returns the id of a resource that is another one on other instances: its name in the template must change with it. */
export function idOn(instances: Pick<Instances, 'mark'> | undefined, id: string): string {
  return instances === undefined ? id : `${id}${instances.mark}`;
}

/** Returns the name of the role of a function. Roles belong to the account, so the name holds the Region. */
export function roleName(functionName: string): string {
  return `${functionName}-${Aws.REGION}`;
}

/** Returns the ARN of the role of a function, which need not exist yet. */
export function roleArn(functionName: string): string {
  return `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${roleName(functionName)}`;
}

/**
 * The rights that Lambda requires of a function in a VPC (Lambda Developer Guide, "Configuring VPC access",
 * permissions).
 */
const NETWORK_INTERFACES: Right = {
  actions: [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
  ],
  resources: ['*'],
  because: 'Lambda makes the network interfaces, whose names are not known before',
};

/** X-Ray has no resources (Service Authorization Reference). */
const TRACES: Right = {
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  resources: ['*'],
  because: 'X-Ray has no resources to name',
};

/**
 * Has published versions run on instances. CloudFormation would publish one more, `$LATEST.PUBLISHED`, which has environments
 * and which no caller may reach.
 */
function placeOn(fn: LambdaFunction, { providerArn, concurrency, memoryGbPerVcpu }: InstancePlacement): void {
  const resource = fn.node.defaultChild as CfnFunction;
  resource.publishToLatestPublished = false;
  resource.capacityProviderConfig = {
    lambdaManagedInstancesCapacityProviderConfig: {
      capacityProviderArn: providerArn,
      perExecutionEnvironmentMaxConcurrency: concurrency,
      executionEnvironmentMemoryGiBPerVCpu: memoryGbPerVcpu,
    },
  };
}

/** Sets the property itself: an `IVpc` would need a look-up with credentials. */
function place(fn: LambdaFunction, { subnets, securityGroups }: VpcPlacement): void {
  const resource = fn.node.defaultChild as CfnFunction;
  resource.vpcConfig = { subnetIds: [...subnets], securityGroupIds: [...securityGroups] };
}
