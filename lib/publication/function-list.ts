import { type FrontEnd, isFrontEnd } from '../contract/front-ends.ts';

/**
 * Parses `redshift:protector-redshift,rest:protector-rest` into name → front end. Returns undefined for any other form,
 * for no function, for a function that is named twice, and for an unknown front end.
 */
export function parseFunctionList(text: string): Readonly<Record<string, FrontEnd>> | undefined {
  const pairs = text
    .split(',')
    .map((item) => /^\s*([a-z]+):([\w-]{1,64})\s*$/.exec(item))
    .map((match) => (match === null ? undefined : ([match[2]!, match[1]!] as const)));
  const known = pairs.flatMap((pair) =>
    pair !== undefined && isFrontEnd(pair[1]) ? [[pair[0], pair[1]] as const] : [],
  );
  const list = Object.fromEntries(known);
  return known.length === pairs.length && Object.keys(list).length === pairs.length ? list : undefined;
}
