/**
 * The protect functions, by the language that their callers speak. Everything that must know each of them is a table
 * over this list.
 */
export const FRONT_ENDS = ['redshift', 'snowflake', 'rest'] as const;

export type FrontEnd = (typeof FRONT_ENDS)[number];

/** Narrows a name from outside, such as one of a function list or of a publication journal. */
export function isFrontEnd(name: string): name is FrontEnd {
  return FRONT_ENDS.some((known) => known === name);
}
