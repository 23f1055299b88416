/**
 * Byte strings of any lengths in one buffer. String r has the bytes from `ends[r - 1]` (from 0 for r = 0) to `ends[r]`.
 */
export interface ByteStrings {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** The result of authenticated decryption: all strings, or only the number of the first one that is not authentic. */
export type Opened = (ByteStrings & { readonly failed?: undefined }) | { readonly failed: number };

/** Wraps one byte string as a list of one. */
export function oneString(bytes: Uint8Array): ByteStrings {
  return { bytes, ends: Uint32Array.of(bytes.length) };
}
