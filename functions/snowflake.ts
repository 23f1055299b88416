import { protectEnvironment } from './runtime/protect/environment.ts';
import { snowflakeHandler } from './runtime/protect/snowflake.ts';

export const handler = snowflakeHandler(protectEnvironment);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export { ready } from './runtime/protect/environment.ts';
