export { codeCacheRefused } from './runtime/metrics.ts';
import { protectEnvironment, startProtect } from './runtime/protect/environment.ts';
import { redshiftHandler, rehearsedRedshiftEvent } from './runtime/protect/redshift.ts';
import { rehearsal } from './runtime/protect/rehearsal.ts';

export const handler = redshiftHandler(protectEnvironment);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export const ready: Promise<void> = startProtect(rehearsal(redshiftHandler, rehearsedRedshiftEvent));
