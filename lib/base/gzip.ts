import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Tells whether the bytes begin with the gzip magic number 1F 8B (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Compresses bytes, or a text as UTF-8, off the main thread. Equal contents give equal streams. */
export const gzipped: (content: string | Uint8Array) => Promise<Buffer> = promisify(gzip);
