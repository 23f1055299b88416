// Secrets of Secrets Manager, which functions read at run time: no template and no environment variable holds one.
import { Aws } from 'aws-cdk-lib';
import type { Right } from './rights.ts';

/** A secret in the configuration: its name or ARN, and the ARN of its key unless that is the key of the account. */
export interface NamedSecret {
  readonly secret: string;
  readonly key?: string | undefined;
}

/** Returns the rights to read one secret. */
export function readingSecret({ secret, key }: NamedSecret): Right[] {
  const read: Right = { actions: ['secretsmanager:GetSecretValue'], resources: [arnOf(secret)] };
  if (key === undefined) return [read];
  const service = `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  const conditions = { StringEquals: { 'kms:ViaService': service } };
  return [read, { actions: ['kms:Decrypt'], resources: [key], conditions }];
}

/**
 * Returns the ARN of a secret. Secrets Manager appends a hyphen and six characters to the name, which are not known
 * before: a question mark each (Secrets Manager User Guide, "Resources").
 */
function arnOf(secret: string): string {
  if (!secret.startsWith('arn:')) {
    return `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${secret}-??????`;
  }
  return /-[A-Za-z0-9]{6}$/.test(secret) ? secret : `${secret}-??????`;
}
