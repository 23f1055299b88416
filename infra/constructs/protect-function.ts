import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnScalableTarget, CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import { CfnAlias, type CfnVersion, Version } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { API_TIME_LIMIT_S } from '../../lib/contract/deployment.ts';
import { DEFAULT_ALIAS } from '../../lib/contract/policy-agent.ts';
import type { FrontEnd } from '../../lib/contract/front-ends.ts';
import type { ProtectSettings } from '../settings.ts';
import { BundledFunction, type FunctionProps, idOn } from './bundled-function.ts';

export interface ProtectFunctionProps extends Omit<FunctionProps, 'timeLimit'> {
  readonly bundle: FrontEnd;
  readonly environment: ProtectSettings;
  /** Environments that are kept ready behind the alias. @default none */
  readonly provisionedConcurrency?: number | undefined;
}

/**
 * A function that answers queries, behind the alias that callers use. The stack makes the alias; only the policy agent
 * moves it, after it has asked the new version for a known answer. New code and settings therefore reach callers with
 * the agent's next run, not with the deployment. The template names the first version permanently and never changes the
 * alias: with any change CloudFormation would point it at that version. That version has no policy and answers no
 * request. The repair of drift (`cdk deploy --revert-drift`) points the alias there; the deployment's event then invokes
 * the agent, which returns it to the live version.
 */
export class ProtectFunction extends BundledFunction {
  /** ARN that callers use: the alias of the function. */
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, { provisionedConcurrency, ...props }: ProtectFunctionProps) {
    super(scope, id, { ...props, timeLimit: Duration.seconds(API_TIME_LIMIT_S) });
    const { instances } = props;
    const first = new Version(this, idOn(instances, 'FirstVersion'), {
      lambda: this.function,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // It answers no request, so no instance has to be there for it.
    if (instances) {
      const none = { minExecutionEnvironments: 0, maxExecutionEnvironments: 0 };
      (first.node.defaultChild as CfnVersion).functionScalingConfig = none;
    }
    const alias = new CfnAlias(this, idOn(instances, 'Alias'), {
      name: DEFAULT_ALIAS,
      functionName: this.function.functionName,
      functionVersion: first.version,
      description: 'What callers use; moved by the policy agent',
    });
    if (provisionedConcurrency !== undefined) this.#keepReady(alias, provisionedConcurrency);
    this.aliasArn = `${this.function.functionArn}:${DEFAULT_ALIAS}`;
  }

  /** Uses Application Auto Scaling, because a change of the alias itself would have CloudFormation move it back. */
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
