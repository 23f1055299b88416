/** Byte strings of any lengths in one buffer: string r has the bytes from `ends[r - 1]`, or from 0, to `ends[r]`. */
export interface ByteStrings {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** What authenticated decryption gives: all strings, or the number of the first that is not authentic, and nothing of any. */
export type Opened = (ByteStrings & { readonly failed?: undefined }) | { readonly failed: number };

/** One byte string as a list of one. */
export function oneString(bytes: Uint8Array): ByteStrings {
  return { bytes, ends: Uint32Array.of(bytes.length) };
}
