import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Whether bytes begin as every gzip stream does (RFC 1952, 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A gzip stream of the text as UTF-8, made off the main thread; the same for the same text. */
export const gzipped: (text: string) => Promise<Buffer> = promisify(gzip);
