/**
 * Runs `work` on every item, at most `limit` at a time. Resolves to the results in item order; rejects as `Promise.all`
 * does.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      // oxlint-disable-next-line no-await-in-loop -- a worker handles one item at a time
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
