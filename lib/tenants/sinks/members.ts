// Members that several kinds of sink share.

import { z } from 'zod';
import { EVENT_FORMATS } from '../event-format.ts';

/** Hosts of this machine: plain `http:` is allowed to these only. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const pattern = z
  .string()
  .max(128)
  .regex(/^[A-Z0-9_*]+$/, 'must be capitals, digits, _ and *, such as USER_*')
  .meta({ id: 'eventPattern', description: 'An event name; * matches any text' });

/** Members of every sink. */
export const commonMembers = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/, 'must be 1 to 64 letters, digits and hyphens inside')
    .describe('Unique within the tenant; shown in metrics and dead letters'),
  enabled: z.boolean().default(true),
  format: z
    .enum(EVENT_FORMATS)
    .default('native')
    .describe('JSON of the reference product, OCSF 1.x, Elastic Common Schema, or Common Event Format'),
  include: z.array(pattern).default([]).describe('Events to deliver. Default: all'),
  exclude: z.array(pattern).default([]).describe('Events not to deliver, although `include` matches them'),
};

/** A secret by its name in the secrets file. */
export const secretRef = z
  .strictObject({ secretRef: z.string().min(1).max(128) })
  .meta({ id: 'secretRef', description: 'Name of a secret in the secrets file; the value is never written here' });

export type SecretRef = z.infer<typeof secretRef>;

export const url = z
  .string()
  .max(2048)
  .refine(isSendable, 'must be an https: URL without user, query and fragment; http: only to this machine')
  .meta({ id: 'url', format: 'uri' });

export const text = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => !/\p{Cc}/u.test(value), 'must not hold control characters');

export const region = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/, 'must be an AWS Region, such as eu-central-1');

/** Text of a PEM file, line breaks included. */
export const pem = (label: string) =>
  z
    .string()
    .max(65_536)
    .refine((value) => value.includes(`-----BEGIN ${label}-----`), `must be the text of a PEM file (${label})`);

/** For a server whose certificate no public authority has signed. */
export const serverAuthority = {
  ca: pem('CERTIFICATE').optional().describe('PEM of the certificate authorities to trust. Default: those of Node'),
};

function isSendable(value: string): boolean {
  const parsed = URL.parse(value);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false;
  if (/[?#\s]/.test(value)) return false;
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && LOOPBACK.test(parsed.hostname));
}
