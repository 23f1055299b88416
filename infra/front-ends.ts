import type { Config } from './config.ts';

/** The protect functions, by the language they speak. */
const FRONT_ENDS = ['redshift', 'snowflake', 'rest'] as const;
export type FrontEnd = (typeof FRONT_ENDS)[number];

/** Those that a configuration has. */
export function frontEndsOf(config: Config): FrontEnd[] {
  return FRONT_ENDS.filter((frontEnd) => config[frontEnd] !== false);
}
