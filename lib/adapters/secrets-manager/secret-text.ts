// Reads a secret at run time (AWS Secrets Manager API, GetSecretValue).
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ProtectorError } from '../../base/errors.ts';
import { verdictOfAwsFailure } from '../outbound/failure.ts';

/**
 * The secret cannot be read. `SECRET_REFUSED`: it is absent or deleted, has no text, or the role may not read it.
 * `SECRET_UNAVAILABLE`: the service did not answer; a retry may succeed.
 */
export class SecretError extends ProtectorError<'SECRET_REFUSED' | 'SECRET_UNAVAILABLE'> {}

export interface SecretTextOptions {
  /** Name or ARN. */
  readonly id: string;
  /** @default a client with the environment's credentials that gives up in bounded time: 3 attempts of 2 seconds */
  readonly client?: SecretsManagerClient | undefined;
}

/** A version of a secret. `id` is the service's and says nothing of the text. */
export interface SecretVersion {
  readonly id: string;
  readonly text: string;
}

/**
 * Returns a function that reads the secret's current version. Each use is a call. It rejects with
 * `SecretError`, which names neither the secret nor its text. Needs `secretsmanager:GetSecretValue`.
 */
export function secretVersion({ id, client: given }: SecretTextOptions): () => Promise<SecretVersion> {
  let client = given;
  return async () => {
    // loaded on demand: few deployments need it
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    client ??= new SecretsManagerClient({
      maxAttempts: 3,
      // Without throwOnRequestTimeout the SDK only warns at the time-out, and goes on waiting.
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    });
    let text: string | undefined;
    let version: string | undefined;
    try {
      ({ SecretString: text, VersionId: version } = await client.send(new GetSecretValueCommand({ SecretId: id })));
    } catch (error) {
      throw failureOf(error);
    }
    if (text === undefined || text === '') throw new SecretError('SECRET_REFUSED', 'The secret holds no text');
    return { id: version ?? '', text };
  };
}

/** Returns a function that reads the text of the secret's current version, as `secretVersion` does. */
export function secretText(options: SecretTextOptions): () => Promise<string> {
  const read = secretVersion(options);
  return async () => (await read()).text;
}

function failureOf(error: unknown): SecretError {
  const { kind, reason } = verdictOfAwsFailure(error);
  return new SecretError(
    kind === 'retry' ? 'SECRET_UNAVAILABLE' : 'SECRET_REFUSED',
    `The secret cannot be read: ${reason}`,
  );
}
