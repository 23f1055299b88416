import { z } from 'zod';
import { assumedRole, checkAssumedRole, lintAssumedRole } from './assumed-role.ts';
import { sinkKind } from './kind.ts';
import { region, text } from './members.ts';

export const s3 = sinkKind('s3', {
  members: {
    region,
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
    prefix: z
      .string()
      .regex(/^(?:[\w!.*'()/-]{0,511}\/)?$/, 'must be empty or end with a slash')
      .default(''),
    kmsKey: text.optional().describe("KMS key to encrypt objects under. Default: the bucket's own encryption"),
    ...assumedRole,
  },
  secrets: {},
  check: checkAssumedRole,
  lint: lintAssumedRole,
  place: ({ region: home, bucket, prefix }) => `${home} s3://${bucket}/${prefix}`,
  laptopOnly: false,
});
