import { verifierEnvironment } from './runtime/verify/environment.ts';
import { verifierHandler } from './runtime/verify/log-verifier.ts';

export const handler = verifierHandler(verifierEnvironment);
