import { SecretValue } from 'aws-cdk-lib';

/**
 * The text of a secret of Secrets Manager, by name or ARN, as a reference that CloudFormation resolves: the template holds the
 * name alone. What it is put into can be read by whoever may read that.
 */
export function secretText(name: string | undefined): string | undefined {
  return name === undefined ? undefined : SecretValue.secretsManager(name).unsafeUnwrap();
}
