import { z } from 'zod';
import { assumedRole, checkAssumedRole, lintAssumedRole } from './assumed-role.ts';
import { sinkKind } from './kind.ts';
import { region } from './members.ts';

export const cloudWatchLogs = sinkKind('cloudwatch-logs', {
  members: {
    region,
    logGroup: z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/, 'must be the name of a log group'),
    ...assumedRole,
  },
  secrets: {},
  check: checkAssumedRole,
  lint: lintAssumedRole,
  place: ({ region: home, logGroup }) => `${home} ${logGroup}`,
  laptopOnly: false,
});
