import { protectEnvironment } from './runtime/protect/environment.ts';
import { restHandler } from './runtime/protect/rest.ts';

export const handler = restHandler(protectEnvironment, process.env);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export { ready } from './runtime/protect/environment.ts';
