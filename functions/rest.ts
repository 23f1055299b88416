export { codeCacheRefused } from './runtime/metrics.ts';
import { protectEnvironment, startProtect } from './runtime/protect/environment.ts';
import { rehearsal } from './runtime/protect/rehearsal.ts';
import { rehearsedRestEvent, restHandler } from './runtime/protect/rest.ts';

export const handler = restHandler(protectEnvironment, process.env);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export const ready: Promise<void> = startProtect(
  rehearsal((environment, log) => restHandler(environment, {}, log), rehearsedRestEvent),
);
