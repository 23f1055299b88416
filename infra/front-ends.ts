import type { Config } from './config.ts';

/** The protect functions, by their front end. */
const FRONT_ENDS = ['redshift', 'snowflake', 'rest'] as const;
export type FrontEnd = (typeof FRONT_ENDS)[number];

/** Returns the front ends of a configuration. */
export function frontEndsOf(config: Config): FrontEnd[] {
  return FRONT_ENDS.filter((frontEnd) => config[frontEnd] !== false);
}
