import { gzipSync, zstdCompressSync } from 'node:zlib';

/** How the bytes of a text file are packed. */
export type Packing = 'none' | 'gzip' | 'zstd';

/** Packs bytes. Members of gzip and frames of zstd may follow one another in a file. */
export function packed(bytes: Uint8Array<ArrayBuffer>, packing: Packing): Uint8Array<ArrayBuffer> {
  if (packing === 'none' || bytes.length === 0) return bytes;
  return new Uint8Array(packing === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes));
}

/** Tells how a file of a name is to be packed. */
export function packingOf(path: string): Packing {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zst$/i.test(path) ? 'zstd' : 'none';
}
