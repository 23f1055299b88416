// Schema of arrays that can fill a whole body.

import * as z from 'zod/mini';

const PART = 1024;

const ITEMS = new WeakMap<object, z.ZodMiniType>();

/** Returns the item schema of such an array; undefined for any other schema. */
export function itemOf(schema: object): z.ZodMiniType | undefined {
  return ITEMS.get(schema);
}

/**
 * Makes an array schema that reports only its first bad entry. The array of the library reports every one, and a body
 * of 6 MB has room for a million.
 */
export function longArrayOf<Item extends z.ZodMiniType>(item: Item, description: string): z.ZodMiniArray<Item> {
  const part = z.array(item);
  const entries = z.array(z.unknown()).check(({ value, issues }) => {
    for (let from = 0; from < value.length; from += PART) {
      const issue = part.safeParse(value.slice(from, from + PART)).error?.issues[0];
      if (issue === undefined) continue;
      const [entry, ...path] = issue.path;
      issues.push({ code: 'custom', input: value, path: [from + Number(entry), ...path] });
      return;
    }
  }, z.meta({ description }));
  ITEMS.set(entries, item);
  // A value that passes has valid items only.
  return entries as unknown as z.ZodMiniArray<Item>;
}
