// The plan of a commit: one line of JSON, then its entries as a bundle.
import { LogError } from './errors.ts';
import type { TreeHead } from './proofs.ts';
import { decodeBundle, encodeBundle } from './tiles.ts';

export interface Pending extends TreeHead {
  /** Number of the checkpoint that the commit creates. */
  readonly number: number;
  readonly time: number;
  readonly due?: number;
  /** Appended to the tree of `size` and `root`. */
  readonly entries: readonly Uint8Array[];
}

export function encodePending({ root, entries, ...plan }: Pending): Buffer {
  const line = JSON.stringify({ ...plan, root: Buffer.from(root).toString('base64') });
  return Buffer.concat([Buffer.from(`${line}\n`), encodeBundle(entries)]);
}

/** Parses a plan. Throws `LogError` `LOG_MALFORMED`. */
export function decodePending(bytes: Uint8Array): Pending {
  const end = bytes.indexOf(0x0a);
  const { root, number, time, size, due } = parse(Buffer.from(bytes.subarray(0, Math.max(0, end))).toString());
  const whole = [number, time, size, due ?? 0].every((value) => Number.isSafeInteger(value) && Number(value) >= 0);
  if (!whole || typeof root !== 'string') throw malformed();
  return {
    number: Number(number),
    time: Number(time),
    size: Number(size),
    ...(due === undefined ? {} : { due: Number(due) }),
    root: Buffer.from(root, 'base64'),
    entries: decodeBundle(bytes.subarray(end + 1), Infinity),
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // falls through to the error
  }
  throw malformed();
}

function malformed(): LogError {
  return new LogError('LOG_MALFORMED', 'Not the pending entries of a commit');
}
