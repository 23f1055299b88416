import { z } from 'zod';
import { nothing, sinkKind } from './kind.ts';
import { secretRef, text, url } from './members.ts';

/** Sites of Datadog (API reference, "Logs", intake hosts). */
const SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
] as const;

export const datadog = sinkKind('datadog', {
  members: {
    site: z.enum(SITES),
    apiKey: secretRef.describe('API key, 32 hexadecimal digits'),
    service: text.optional(),
    tags: text.optional().describe('`env:prod,team:security`'),
    url: url.optional().describe('Another intake; /api/v2/logs is added. Default: the intake of the site'),
  },
  secrets: {
    apiKey: (value) =>
      /^[0-9a-f]{32}$/i.test(value) ? undefined : 'is not a Datadog API key: it must be 32 hexadecimal digits',
  },
  check: nothing,
  lint: nothing,
  place: ({ site, url: intake }) => intake ?? site,
  laptopOnly: false,
});
