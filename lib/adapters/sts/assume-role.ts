// Assumes a role of another account (AWS STS API, AssumeRole).
import type { STSClient } from '@aws-sdk/client-sts';

export interface AssumeRoleOptions {
  readonly roleArn: string;
  /** The external id that the other account requires, against a confused deputy. */
  readonly externalId?: string | undefined;
  /** Shown in the other account's CloudTrail: 2 to 64 letters, digits and `+=,.@-_`. */
  readonly sessionName: string;
  /** @default a client with the environment's credentials that gives up in bounded time */
  readonly client?: STSClient;
}

/** Credentials for clients of the AWS SDK, which ask again before `expiration`. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

const DURATION_S = 3_600;

/**
 * Returns a provider of the role's credentials. Each use is a call; clients cache. Rejects with the SDK's error. Needs
 * `sts:AssumeRole`.
 */
export function assumedRole(options: AssumeRoleOptions): () => Promise<RoleCredentials> {
  const { roleArn, externalId, sessionName } = options;
  let { client } = options;
  return async () => {
    const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts'); // loaded on demand: few deployments need it
    client ??= new STSClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    });
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: DURATION_S,
        ...(externalId !== undefined && { ExternalId: externalId }),
      }),
    );
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
      expiration: Credentials?.Expiration ?? new Date(),
    };
  };
}
