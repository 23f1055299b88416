import { DefaultStackSynthesizer, Fn, type Stack } from 'aws-cdk-lib';
import { type Config, ConfigError, CONTEXT } from './config.ts';

/**
 * Returns the ARNs of the principals that may administer the keys of a stack: the configured ones and the role that
 * deploys. KMS refuses a key policy under which its author could not change the policy again (CreateKey, PutKeyPolicy:
 * "lockout safety check"). Empty: every principal of the account with the IAM permission. Throws `ConfigError` where the
 * role is not known.
 */
export function administratorsOf(
  stack: Stack,
  { keyAdministrators, deploymentRole }: Pick<Config, 'keyAdministrators' | 'deploymentRole'>,
): string[] {
  if (keyAdministrators.length === 0) return [];
  const { synthesizer } = stack;
  if (deploymentRole !== undefined) return [...keyAdministrators, deploymentRole];
  if (!(synthesizer instanceof DefaultStackSynthesizer)) {
    throw new ConfigError(
      `${CONTEXT}.deploymentRole: is required with keyAdministrators, where the role of "cdk bootstrap" does not deploy`,
    );
  }
  return [...keyAdministrators, Fn.sub(synthesizer.cloudFormationExecutionRoleArn)];
}
