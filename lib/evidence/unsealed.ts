// Which lines of a file are to be sealed, when most of them were: a file that is only appended to has its sealed lines first.
import { sameBytes } from '../transparency/hashes.ts';
import type { Entry } from '../transparency/entries.ts';

/**
 * The lines that are not, in the same order, the entries of the log: both are walked once, side by side, without reading either
 * as JSON. What is left may still be sealed already, which the sealer finds out.
 */
export async function* unsealed(lines: AsyncIterable<string>, entries: AsyncIterator<Entry>): AsyncGenerator<string> {
  let next = await entries.next();
  for await (const line of lines) {
    if (next.done !== true && sameBytes(Buffer.from(line), next.value.bytes)) next = await entries.next();
    else yield line;
  }
}
