// The archive of a policy layer: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4, as far as a few stored files need it.

import { crc32 } from 'node:zlib';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** Made by UNIX, so that the attributes below hold; version 2.0. */
const MADE_BY = (3 << 8) | 20;
const NEEDED = 20;
/** A regular file that everybody may read: the function runs as somebody else than the one who packed it. */
const ATTRIBUTES = (0o100644 << 16) >>> 0;
/** 1980-01-01, the first day there is. */
const DATE = 0x21;
/** Names are UTF-8. */
const FLAGS = 0x0800;

/**
 * A ZIP archive of `files` (path → content), in the order given, below 4 GB. Equal files give equal bytes, whatever machine,
 * time and release of zlib: nothing is compressed (the content is ciphertext) and no time is written.
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

/** What both headers of a file say: flags, stored, time, date, CRC-32, both sizes, length of the name. */
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
