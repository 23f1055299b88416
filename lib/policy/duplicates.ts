import type { Entry } from './draft.ts';
import type { Problem } from '../document/problem.ts';

/** A problem at each entry whose key an earlier one has. */
export function duplicates<T>(items: readonly Entry<T>[], keyOf: (item: T) => string, message: string): Problem[] {
  const seen = new Set<string>();
  return items.flatMap(({ value, path }) => {
    const key = keyOf(value);
    if (seen.has(key)) return [{ path, message }];
    seen.add(key);
    return [];
  });
}
