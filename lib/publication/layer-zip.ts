// The archive of a policy layer: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4, the part that stored files need.

import { crc32 } from 'node:zlib';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** Made by UNIX, so that the attributes below hold; version 2.0. */
const MADE_BY = (3 << 8) | 20;
const NEEDED = 20;
/** A regular file that every user may read: the function runs as another user than the agent. */
const ATTRIBUTES = (0o100644 << 16) >>> 0;
/** 1980-01-01, the earliest date of the format. */
const DATE = 0x21;
/** Names are UTF-8. */
const FLAGS = 0x0800;

/**
 * Makes a ZIP archive of `files` (path → content) in their order, below 4 GB. Equal files give equal bytes on every
 * machine, at every time and with every release of zlib: files are stored without compression (they are ciphertext) and
 * without a time.
 */
export function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path);
    const facts = factsOf(name, content);
    const header = Buffer.concat([u32(LOCAL_HEADER), u16(NEEDED), facts, u16(0), name]);
    local.push(header, Buffer.from(content));
    // After the extra field's length: comment, disk, internal attributes (2 bytes each), external attributes, offset.
    const place = [u16(0), u16(0), u16(0), u16(0), u32(ATTRIBUTES), u32(offset)];
    central.push(Buffer.concat([u32(CENTRAL_HEADER), u16(MADE_BY), u16(NEEDED), facts, ...place, name]));
    offset += header.length + content.length;
  }
  const directory = Buffer.concat(central);
  const entries = u16(central.length);
  const end = [u32(END_OF_DIRECTORY), u16(0), u16(0), entries, entries, u32(directory.length), u32(offset), u16(0)];
  return Buffer.concat([...local, directory, ...end]);
}

/**
 * Returns the fields that both headers of a file share: flags, method, time, date, CRC-32, both sizes, length of the
 * name.
 */
function factsOf(name: Uint8Array, content: Uint8Array): Buffer {
  const { length } = content;
  return Buffer.concat([
    u16(FLAGS),
    u16(0),
    u16(0),
    u16(DATE),
    u32(crc32(content)),
    u32(length),
    u32(length),
    u16(name.length),
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
