import { z } from 'zod';
import { attempt } from '../../base/attempt.ts';
import { isObject } from '../../base/json.ts';
import { nothing, sinkKind } from './kind.ts';
import { secretRef, url } from './members.ts';
import { privateKeyOf } from './secret-form.ts';

export const googleLogging = sinkKind('google-logging', {
  members: {
    project: z
      .string()
      .regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the id of a Google Cloud project'),
    log: z
      .string()
      .regex(/^[A-Za-z0-9/_.-]{1,511}$/, 'must be 1 to 511 letters, digits and /_-.')
      .describe('Id of the log, without projects/…/logs/'),
    serviceAccount: secretRef.describe('The JSON key file of a service account with roles/logging.logWriter'),
    url: url.optional().describe('Another endpoint; /v2/entries:write is added. Default: the public endpoint'),
    tokenUrl: url.optional().describe('The whole URL. Default: the public endpoint'),
  },
  secrets: { serviceAccount: wrongServiceAccount },
  check: nothing,
  lint: nothing,
  place: ({ project, log }) => `${project}/${log}`,
  laptopOnly: false,
});

/** Google Cloud: "Create and delete service account keys", the form of a key file. */
function wrongServiceAccount(value: string): string | undefined {
  const parsed = attempt(() => JSON.parse(value) as unknown);
  if (!parsed.ok || !isObject(parsed.value)) return 'is not a JSON key file of a Google service account';
  const { type, client_email: email, private_key: key } = parsed.value;
  if (type !== 'service_account') return 'is a Google key file of another type than service_account';
  if (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(email)) return 'is a Google key file without client_email';
  return privateKeyOf(key)?.asymmetricKeyType === 'rsa'
    ? undefined
    : 'is a Google key file whose private_key is not an RSA key in PEM';
}
