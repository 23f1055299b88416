// The stacks of a deployment, in the order in which they are deployed.
import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Config } from './config.ts';
import { AuditStack } from './stacks/audit.ts';
import { FilesStack } from './stacks/files.ts';
import { ObservabilityStack } from './stacks/observability.ts';
import { PolicyStack } from './stacks/policy.ts';
import { ProtectorStack } from './stacks/protector.ts';
import { RecoveryStack } from './stacks/recovery.ts';
import { TenantsStack } from './stacks/tenants.ts';
import { WitnessStack } from './stacks/witness.ts';

export interface Deployment {
  /** @default no tenants */
  readonly tenants: TenantsStack | undefined;
  readonly audit: AuditStack;
  readonly policy: PolicyStack;
  readonly protector: ProtectorStack;
  /** @default no file protector */
  readonly files: FilesStack | undefined;
  readonly observability: ObservabilityStack;
  /** Of a second Region. @default none */
  readonly recovery: RecoveryStack | undefined;
  /** @default no witness of other logs */
  readonly witness: WitnessStack | undefined;
}

/**
 * Adds the stacks of a configuration to the app. They name no account and, but for the stack of a second Region, no Region, so
 * their templates need no credentials. `bundles` is the folder that holds a folder for each function. A template that breaks a rule of
 * AwsSolutions, or of the construct library itself, fails the synthesis.
 */
export function deploymentOf(app: App, config: Config, bundles: string): Deployment {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { name, tags, tenants: wanted } = config;
  for (const [key, value] of Object.entries(tags)) Tags.of(app).add(key, value);
  const common = { config, bundles };
  const tenants = wanted ? new TenantsStack(app, `${name}-tenants`, { ...common, tenants: wanted }) : undefined;
  const audit = new AuditStack(app, `${name}-audit`, { ...common, tenants: tenants?.store });
  const protectorStack = `${name}-protector`;
  const policy = new PolicyStack(app, `${name}-policy`, { ...common, audit, protectorStack });
  const protector = new ProtectorStack(app, protectorStack, { ...common, audit, policy });
  const files = config.files
    ? new FilesStack(app, `${name}-files`, { ...common, files: config.files, audit, policy })
    : undefined;
  // The parameter with the bucket of the counts comes before the stack that reads it.
  if (config.budgets) files?.addStackDependency(protector);
  const parts = { tenants, audit, policy, protector, files };
  const observability = new ObservabilityStack(app, `${name}-observability`, { config, ...parts });
  const witness = config.witness
    ? new WitnessStack(app, `${name}-witness`, { ...common, witness: config.witness })
    : undefined;
  const recovery = config.recovery
    ? new RecoveryStack(app, `${name}-recovery`, { config, recovery: config.recovery })
    : undefined;
  return { ...parts, observability, recovery, witness };
}
