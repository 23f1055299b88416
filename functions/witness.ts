import { witnessEnvironment } from './runtime/witness/environment.ts';
import { witnessHandler } from './runtime/witness/witness.ts';

export const handler = witnessHandler(witnessEnvironment);
