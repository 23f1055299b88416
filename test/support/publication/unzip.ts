// Reads ZIP archives of stored files (PKWARE APPNOTE 6.3.10), by the central directory as unpackers do, and checks what it reads.
import { crc32 } from 'node:zlib';

export interface ZipEntry {
  readonly path: string;
  readonly content: Buffer;
  /** UNIX permissions and kind of file. */
  readonly mode: number;
}

export function unzip(archive: Uint8Array): ZipEntry[] {
  const bytes = Buffer.from(archive);
  const end = bytes.length - 22;
  check(bytes.readUInt32LE(end) === 0x06054b50, 'no end of central directory');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  check(at + bytes.readUInt32LE(end + 12) === end, 'the directory does not end where it should');
  return Array.from({ length: count }, () => {
    check(bytes.readUInt32LE(at) === 0x02014b50, 'no directory entry');
    check(bytes.readUInt16LE(at + 10) === 0, 'not stored');
    const [crc, size, length] = [bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28)];
    const mode = bytes.readUInt32LE(at + 38) >>> 16;
    const local = bytes.readUInt32LE(at + 42);
    const path = bytes.toString('utf8', at + 46, at + 46 + length);
    check(bytes.readUInt32LE(local) === 0x04034b50, 'no local header');
    check(bytes.subarray(local + 6, local + 30).equals(bytes.subarray(at + 8, at + 32)), 'the headers differ');
    const content = bytes.subarray(local + 30 + length, local + 30 + length + size);
    check(crc32(content) === crc, 'wrong checksum');
    at += 46 + length;
    return { path, content, mode };
  });
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
