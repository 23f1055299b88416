// Replaces @aws-sdk/credential-provider-node in the bundles. Lambda puts the credentials of the role into the
// environment, and the SDK's search of other places (files, metadata services, SSO) is half of a bundle and of a cold
// start.

import { RefusedError } from '../../../lib/protect/refusal.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Returns the credential provider that the clients of the SDK use. */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (accessKeyId === undefined || secretAccessKey === undefined) {
      throw new RefusedError('NOT_CONFIGURED', { detail: 'the environment holds no AWS credentials' });
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  };
}
