import { sealerEnvironment } from './runtime/seal/environment.ts';
import { sealerHandler } from './runtime/seal/log-sealer.ts';

export const handler = sealerHandler(sealerEnvironment);
