// Arrays that fill a whole body.

import * as z from 'zod/mini';

const PART = 1024;

const ITEMS = new WeakMap<object, z.ZodMiniType>();

/** What the entries of such an array are; undefined for any other schema. */
export function itemOf(schema: object): z.ZodMiniType | undefined {
  return ITEMS.get(schema);
}

/**
 * An array of items whose first bad entry is its only issue. The library's own writes an issue for each, and a body of 6 MB
 * has room for a million.
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
  // What passes has items only.
  return entries as unknown as z.ZodMiniArray<Item>;
}
