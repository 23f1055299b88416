import { once } from '../lib/base/once.ts';
import { forwarderEnvironment } from './runtime/forward/environment.ts';
import { logForwarder } from './runtime/forward/log-forwarder.ts';

export const handler = logForwarder(once(forwarderEnvironment));
