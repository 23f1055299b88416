import { lambdaEnvironment } from './runtime/protect/environment.ts';
import { restHandler } from './runtime/protect/rest.ts';

export const handler = restHandler(lambdaEnvironment, process.env);

/** The runtime awaits this before the first invocation (`lambda-entry.mjs`). */
export { ready } from './runtime/protect/environment.ts';
