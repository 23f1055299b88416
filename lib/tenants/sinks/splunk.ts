import { z } from 'zod';
import { checkCertificates } from './certificates.ts';
import { nothing, sinkKind } from './kind.ts';
import { secretRef, serverAuthority, text, url } from './members.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const splunk = sinkKind('splunk', {
  members: {
    url: url.describe('`https://host:8088` of the HTTP Event Collector'),
    token: secretRef.describe('Token of the collector, a GUID'),
    acknowledge: z
      .boolean()
      .default(false)
      .describe('Wait for the indexers; needs a token with indexer acknowledgement'),
    index: text.optional(),
    source: text.optional(),
    sourcetype: text.optional(),
    host: text.optional(),
    ...serverAuthority,
  },
  secrets: {
    token: (value) =>
      GUID.test(value) ? undefined : 'is not a token of a Splunk HTTP Event Collector: it must be a GUID',
  },
  check: checkCertificates,
  lint: nothing,
  place: ({ url: collector }) => collector,
  laptopOnly: false,
});
