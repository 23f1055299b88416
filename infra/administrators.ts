import { DefaultStackSynthesizer, Fn, type Stack } from 'aws-cdk-lib';
import { type Config, ConfigError, CONTEXT } from './config.ts';
import type { Replicated } from './constructs/guarded-key.ts';

/**
 * Returns the ARNs of the principals that may administer the keys of a stack: the configured ones and the role that
 * deploys. KMS refuses a key policy under which its author could not change the policy again (CreateKey, PutKeyPolicy:
 * "lockout safety check"). Empty: every principal of the account with the IAM permission. Throws `ConfigError` where the
 * role is not known.
 */
export function administratorsOf(stack: Stack, config: Pick<Config, 'keyAdministrators' | 'deploymentRole'>): string[] {
  return administrators(stack, config, (deployer) => deployer);
}

/**
 * Returns where a replica of a key of a stack may be made, and by which principals: the configured ones and the role that
 * deploys in the other Region, which must exist. Undefined where no replica may be made. Throws as `administratorsOf` does.
 */
export function replicated(
  stack: Stack,
  config: Pick<Config, 'keyAdministrators' | 'deploymentRole' | 'recovery'>,
): Replicated | undefined {
  const { recovery } = config;
  if (recovery === false) return undefined;
  const { region } = recovery;
  return { region, by: administrators(stack, config, (deployer) => deployer.replaceAll('${AWS::Region}', region)) };
}

/** `there` names the role of `cdk bootstrap` that is meant, from that of the stack's own Region. */
function administrators(
  stack: Stack,
  { keyAdministrators, deploymentRole }: Pick<Config, 'keyAdministrators' | 'deploymentRole'>,
  there: (deployer: string) => string,
): string[] {
  if (keyAdministrators.length === 0) return [];
  const { synthesizer } = stack;
  if (deploymentRole !== undefined) return [...keyAdministrators, deploymentRole];
  if (!(synthesizer instanceof DefaultStackSynthesizer)) {
    throw new ConfigError(
      `${CONTEXT}.deploymentRole: is required with keyAdministrators, where the role of "cdk bootstrap" does not deploy`,
    );
  }
  return [...keyAdministrators, Fn.sub(there(synthesizer.cloudFormationExecutionRoleArn))];
}
