// Which instances the protect functions run on: names and sizes that several stacks agree on without an export.
import { createHash } from 'node:crypto';
import { functionName } from '../lib/contract/deployment.ts';
import type { FrontEnd } from '../lib/contract/front-ends.ts';
import type { Config, ManagedInstancesConfig } from './config.ts';

/** Environments of functions on EC2 instances that Lambda manages (Lambda Managed Instances). */
export interface Instances extends ManagedInstancesConfig {
  /**
   * Eight characters that end the names of the capacity provider and of its functions. They change with what neither can
   * change: a capacity provider keeps its network and its types of instances, and a function its capacity provider.
   */
  readonly mark: string;
  /** Name of the capacity provider. */
  readonly provider: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** Returns the instances of a deployment; undefined where its functions run on demand. */
export function instancesOf({ name, managedInstances, vpc }: Config): Instances | undefined {
  if (managedInstances === false || vpc === undefined) return undefined;
  const { subnets, securityGroups } = vpc;
  const fixed = [subnets, securityGroups, managedInstances.instanceTypes].map((list) => list.toSorted());
  const mark = createHash('sha256').update(JSON.stringify(fixed)).digest('hex').slice(0, 8);
  return { ...managedInstances, mark, provider: `${name}-${mark}`, subnets, securityGroups };
}

/** Returns the name of the function of a front end, which its role and its log group do not share on instances. */
export function protectFunctionName(config: Config, frontEnd: FrontEnd): string {
  return nameOnInstances(functionName(config.name, frontEnd), instancesOf(config));
}

export function nameOnInstances(name: string, instances: Pick<Instances, 'mark'> | undefined): string {
  return instances === undefined ? name : `${name}-${instances.mark}`;
}
