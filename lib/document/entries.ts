// Lists of a document that may be partly wrong: the well-formed entries and their paths.
import type { z } from 'zod';
import type { Problem } from './problem.ts';

/** A well-formed entry of a list that may also hold malformed ones. */
export interface Entry<T> {
  readonly value: T;
  /** Such as `$.elements[2]`. */
  readonly path: string;
}

/** Pairs the items of a list with their paths. `list`: the path of the list, such as `$.elements`. */
export function entries<T>(list: string, items: readonly T[]): Entry<T>[] {
  return items.map((value, i) => ({ value, path: `${list}[${i}]` }));
}

/** Returns the items that the schema accepts; none if `items` is no list. `list`: its path, such as `$.elements`. */
export function wellFormed<T>(list: string, schema: z.ZodType<T>, items: unknown): Entry<T>[] {
  if (!Array.isArray(items)) return [];
  return entries(list, items as unknown[]).flatMap(({ value, path }) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [{ value: parsed.data, path }] : [];
  });
}

/** Reports a problem at each entry whose key an earlier entry has. */
export function duplicates<T>(items: readonly Entry<T>[], keyOf: (item: T) => string, message: string): Problem[] {
  const seen = new Set<string>();
  return items.flatMap(({ value, path }) => {
    const key = keyOf(value);
    if (seen.has(key)) return [{ path, message }];
    seen.add(key);
    return [];
  });
}
