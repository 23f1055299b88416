export { codeCacheRefused } from './runtime/metrics.ts';
import { protectEnvironment, startProtect } from './runtime/protect/environment.ts';
import { rehearsal } from './runtime/protect/rehearsal.ts';
import { rehearsedSnowflakeEvent, snowflakeHandler } from './runtime/protect/snowflake.ts';

export const handler = snowflakeHandler(protectEnvironment);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export const ready: Promise<void> = startProtect(rehearsal(snowflakeHandler, rehearsedSnowflakeEvent));
