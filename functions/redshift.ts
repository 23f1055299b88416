import { protectEnvironment } from './runtime/protect/environment.ts';
import { redshiftHandler } from './runtime/protect/redshift.ts';

export const handler = redshiftHandler(protectEnvironment);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export { ready } from './runtime/protect/environment.ts';
