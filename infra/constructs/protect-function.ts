import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlias, Version } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { API_TIME_LIMIT_S } from '../../lib/contract/deployment.ts';
import { DEFAULT_ALIAS } from '../../lib/contract/policy-agent.ts';
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts';

export interface ProtectFunctionProps extends Omit<BundledFunctionProps, 'timeLimit'> {
  /** Environments that are kept ready behind the alias. @default none */
  readonly provisionedConcurrency?: number | undefined;
}

/**
 * A function that answers queries, behind the alias that callers use. The alias is made here and moved by the policy agent
 * alone, which asks every new version for a known answer first: an update of code or settings reaches callers with the agent's
 * next run, not with the deployment. So the template names the first version for ever, and nothing of its alias ever changes:
 * with any change CloudFormation would point it at that version, which has no policy.
 */
export class ProtectFunction extends BundledFunction {
  /** ARN of what callers call: the function behind its alias. */
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, { provisionedConcurrency, ...props }: ProtectFunctionProps) {
    super(scope, id, { ...props, timeLimit: Duration.seconds(API_TIME_LIMIT_S) });
    const first = new Version(this, 'FirstVersion', { lambda: this.function, removalPolicy: RemovalPolicy.RETAIN });
    const alias = new CfnAlias(this, 'Alias', {
      name: DEFAULT_ALIAS,
      functionName: this.function.functionName,
      functionVersion: first.version,
      description: 'What callers use; moved by the policy agent',
    });
    if (provisionedConcurrency !== undefined) this.#keepReady(alias, provisionedConcurrency);
    this.aliasArn = `${this.function.functionArn}:${DEFAULT_ALIAS}`;
  }

  /** By Application Auto Scaling, as the alias itself must stay as it is: CloudFormation would move it back. */
  #keepReady(alias: CfnAlias, environments: number): void {
    const target = new CfnScalableTarget(this, 'Ready', {
      serviceNamespace: 'lambda',
      scalableDimension: 'lambda:function:ProvisionedConcurrency',
      resourceId: `function:${this.function.functionName}:${DEFAULT_ALIAS}`,
      minCapacity: environments,
      maxCapacity: environments,
    });
    target.addResourceDependency(alias);
    new CfnScalingPolicy(this, 'Readiness', {
      policyName: `${DEFAULT_ALIAS}-readiness`,
      policyType: 'TargetTrackingScaling',
      scalingTargetId: target.ref,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: 0.7,
        predefinedMetricSpecification: { predefinedMetricType: 'LambdaProvisionedConcurrencyUtilization' },
      },
    });
  }
}
