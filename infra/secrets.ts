import { SecretValue } from 'aws-cdk-lib';

/**
 * Returns a reference to a secret of Secrets Manager, by name or ARN. CloudFormation resolves it, and the template
 * holds the name only. Every principal that may read the resource it is used in can read the secret.
 */
export function secretText(name: string | undefined): string | undefined {
  return name === undefined ? undefined : SecretValue.secretsManager(name).unsafeUnwrap();
}
