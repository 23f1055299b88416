import { z } from 'zod';
import { checkCertificates } from './certificates.ts';
import { nothing, sinkKind } from './kind.ts';
import { secretRef, serverAuthority, url } from './members.ts';
import { wrongHeaderValue } from './secret-form.ts';

export const openSearch = sinkKind('opensearch', {
  members: {
    url,
    index: z
      .string()
      .regex(/^[a-z0-9.][a-z0-9._-]{0,254}$/, 'must be an index: small letters, digits and ._-')
      .describe('Index or data stream'),
    authorization: secretRef.optional().describe('The whole value of the Authorization header, such as `ApiKey …`'),
    ...serverAuthority,
  },
  secrets: { authorization: wrongHeaderValue },
  check: checkCertificates,
  lint: nothing,
  place: ({ url: server }) => server,
  laptopOnly: false,
});
