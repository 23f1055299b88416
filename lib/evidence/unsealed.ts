// Finds the lines of a file that are not sealed yet. An append-only file has its sealed lines first.
import { sameBytes } from '../transparency/hashes.ts';
import type { Entry } from '../transparency/entries.ts';

/**
 * Yields the lines that are not, in the same order, entries of the log. Walks both once, side by side, and parses
 * neither. A yielded line may still be sealed, which the sealer detects.
 */
export async function* unsealed(lines: AsyncIterable<string>, entries: AsyncIterator<Entry>): AsyncGenerator<string> {
  let next = await entries.next();
  for await (const line of lines) {
    if (next.done !== true && sameBytes(Buffer.from(line), next.value.bytes)) next = await entries.next();
    else yield line;
  }
}
