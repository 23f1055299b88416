import { Aws } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnCapacityProvider } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Instances } from '../instances.ts';
import { roleName } from './bundled-function.ts';
import { acknowledgeWildcards, policyOf, type Right } from './rights.ts';

export interface CapacityProviderProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly instances: Instances;
}

/**
 * EC2 instances that Lambda launches, replaces and removes for the functions of one deployment, in its subnets. Functions on
 * them are in containers, which are no boundary between them: only functions that may open the same policy share one.
 */
export class CapacityProvider extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment, instances }: CapacityProviderProps) {
    super(scope, id);
    const rights = operating(instances);
    const operator = new Role(this, 'Operator', {
      roleName: roleName(`${deployment}-instances`),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Lambda launches the instances of the protect functions with it',
      inlinePolicies: { Rights: policyOf(rights) },
    });
    acknowledgeWildcards(operator, rights);
    const provider = new CfnCapacityProvider(this, `Provider${instances.mark}`, {
      capacityProviderName: instances.provider,
      permissionsConfig: { capacityProviderOperatorRoleArn: operator.roleArn },
      vpcConfig: { subnetIds: [...instances.subnets], securityGroupIds: [...instances.securityGroups] },
      instanceRequirements: {
        architectures: ['arm64'],
        ...(instances.instanceTypes.length > 0 && { allowedInstanceTypes: [...instances.instanceTypes] }),
      },
      capacityProviderScalingConfig: { scalingMode: 'Auto', maxVCpuCount: instances.maxVcpus },
    });
    this.arn = provider.attrArn;
  }
}

/** Returns the ARN of the capacity provider of this name, which need not exist yet. */
export function capacityProviderArn(name: string): string {
  return `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:capacity-provider:${name}`;
}

/**
 * Returns the rights of the operator (Lambda Developer Guide, "Lambda operator role for Lambda Managed Instances"), in the
 * configured subnets and security groups alone.
 */
function operating({ subnets, securityGroups }: Instances): Right[] {
  const ec2 = `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  const because = 'Instances, interfaces and volumes that Lambda itself makes and manages';
  return [
    {
      actions: ['ec2:AttachNetworkInterface', 'ec2:CreateTags', 'ec2:RunInstances'],
      resources: [`${ec2}:instance/*`, `${ec2}:network-interface/*`, `${ec2}:volume/*`],
      conditions: { StringEquals: { 'ec2:ManagedResourceOperator': 'scaler.lambda.amazonaws.com' } },
      because,
    },
    {
      actions: [
        'ec2:DescribeAvailabilityZones',
        'ec2:DescribeCapacityReservations',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeInstanceTypeOfferings',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeInstances',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
      ],
      resources: ['*'],
      because: 'These actions have no resources to name',
    },
    {
      actions: ['ec2:CreateNetworkInterface', 'ec2:RunInstances'],
      resources: [
        ...subnets.map((subnet) => `${ec2}:subnet/${subnet}`),
        ...securityGroups.map((group) => `${ec2}:security-group/${group}`),
      ],
    },
    {
      actions: ['ec2:RunInstances'],
      resources: [`arn:${Aws.PARTITION}:ec2:${Aws.REGION}::image/*`],
      conditions: { StringEquals: { 'ec2:Owner': 'amazon' } },
      because: 'The images of Amazon that Lambda boots',
    },
  ];
}
