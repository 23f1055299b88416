import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { errorCode } from './error-code.ts';
import { ProtectorError } from './errors.ts';

/** Tells whether the bytes begin with the gzip magic number 1F 8B (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes do not unzip: they are damaged, or they are more than the caller takes. */
export class GzipError extends ProtectorError<'GZIP_DAMAGED' | 'GZIP_TOO_LARGE'> {}

/**
 * Unzips at most `most` bytes, piece by piece, and stops there: a thousandth of them may hold a gigabyte. Throws
 * `GzipError`.
 */
export function gunzip(bytes: Uint8Array, most: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if (errorCode(error) !== 'ERR_BUFFER_TOO_LARGE') throw new GzipError('GZIP_DAMAGED', 'the bytes are damaged gzip');
    throw new GzipError('GZIP_TOO_LARGE', `the bytes unzip to more than ${most} bytes`);
  }
}

/** Compresses bytes, or a text as UTF-8, off the main thread. Equal contents give equal streams. */
export const gzipped: (content: string | Uint8Array) => Promise<Buffer> = promisify(gzip);
