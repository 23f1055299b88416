import { FRONT_ENDS, type FrontEnd } from '../lib/contract/front-ends.ts';
import type { Config } from './config.ts';

/** Returns the front ends of a configuration. */
export function frontEndsOf(config: Config): FrontEnd[] {
  return FRONT_ENDS.filter((frontEnd) => config[frontEnd] !== false);
}
