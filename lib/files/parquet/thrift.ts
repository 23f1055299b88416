// Apache Thrift, compact protocol, as far as Parquet's footer uses it: every field of a structure is kept, known or not.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
import { FilesError } from '../errors.ts';

/** Types of the protocol. */
const Type = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
} as const;

/** A value with its type; integers are bigint, so that none is rounded. */
export type ThriftValue =
  | { readonly type: 1 | 2 }
  | { readonly type: 3; readonly byte: number }
  | { readonly type: 4 | 5 | 6; readonly int: bigint }
  | { readonly type: 7; readonly bytes: Uint8Array }
  | { readonly type: 8; readonly bytes: Uint8Array }
  | { readonly type: 9 | 10; readonly of: number; readonly items: readonly ThriftValue[] }
  | { readonly type: 12; readonly fields: ThriftStruct };

/** The fields of a structure by their ids. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

/** Deeper footers, and lists longer than their bytes, are damage. */
const MAX_DEPTH = 64;
/** Fields of a structure. The largest of parquet.thrift has 17; each takes dozens of bytes of memory, and a byte of the footer. */
const MAX_FIELDS = 256;

const TRUE: ThriftValue = { type: Type.true };
const FALSE: ThriftValue = { type: Type.false };
const EMPTY: ThriftStruct = new Map();

/** Reads one structure. Throws `FilesError` `FILES_DAMAGED`. */
export function readStruct(bytes: Uint8Array): ThriftStruct {
  return new Reader(bytes).struct(0);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(depth: number): ThriftStruct {
    if (depth > MAX_DEPTH) throw damaged();
    let head = this.#byte();
    if (head === 0) return EMPTY;
    const fields = new Map<number, ThriftValue>();
    for (let id = 0; head !== 0; head = this.#byte()) {
      if (fields.size === MAX_FIELDS) throw damaged();
      const delta = head >>> 4;
      id = delta === 0 ? Number(unzigzag(this.#varint())) : id + delta;
      fields.set(id, this.#value(head & 0x0f, depth));
    }
    return fields;
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case Type.true:
        return TRUE;
      case Type.false:
        return FALSE;
      case Type.byte:
        return { type, byte: this.#byte() };
      case Type.i16:
      case Type.i32:
      case Type.i64:
        return { type, int: unzigzag(this.#varint()) };
      case Type.double:
        return { type, bytes: this.#take(8) };
      case Type.binary:
        return { type, bytes: this.#take(Number(this.#varint())) };
      case Type.list:
      case Type.set:
        return this.#list(type, depth);
      case Type.struct:
        return { type, fields: this.struct(depth + 1) };
      default:
        throw damaged();
    }
  }

  #list(type: 9 | 10, depth: number): ThriftValue {
    const head = this.#byte();
    const of = head & 0x0f;
    const size = head >>> 4 === 0x0f ? Number(this.#varint()) : head >>> 4;
    if (size > this.#bytes.length - this.#at || depth > MAX_DEPTH) throw damaged();
    // The list grows as its items are read: lists inside one another may each announce as many as there are bytes.
    const items: ThriftValue[] = [];
    while (items.length < size) items.push(this.#item(of, depth + 1));
    return { type, of, items };
  }

  /** Booleans in a list take a byte each. */
  #item(type: number, depth: number): ThriftValue {
    if (type !== Type.true && type !== Type.false) return this.#value(type, depth);
    return this.#byte() === Type.true ? TRUE : FALSE;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw damaged();
    return byte;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw damaged();
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw damaged();
  }
}

function unzigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

function zigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
}

function damaged(): FilesError {
  return new FilesError('FILES_DAMAGED', 'the footer of the Parquet file is damaged');
}

/** Writes one structure. */
export function writeStruct(fields: ThriftStruct): Buffer {
  const parts: Uint8Array[] = [];
  putStruct(fields, parts);
  return Buffer.concat(parts);
}

function putStruct(fields: ThriftStruct, out: Uint8Array[]): void {
  let last = 0;
  for (const [id, value] of [...fields].toSorted(([a], [b]) => a - b)) {
    const delta = id - last;
    if (delta > 0 && delta < 16) out.push(Uint8Array.of((delta << 4) | value.type));
    else out.push(Uint8Array.of(value.type), varint(zigzag(BigInt(id))));
    last = id;
    putValue(value, out);
  }
  out.push(Uint8Array.of(0));
}

function putValue(value: ThriftValue, out: Uint8Array[]): void {
  switch (value.type) {
    case Type.true:
    case Type.false:
      return;
    case Type.byte:
      out.push(Uint8Array.of(value.byte));
      return;
    case Type.i16:
    case Type.i32:
    case Type.i64:
      out.push(varint(zigzag(value.int)));
      return;
    case Type.double:
      out.push(value.bytes);
      return;
    case Type.binary:
      out.push(varint(BigInt(value.bytes.length)), value.bytes);
      return;
    case Type.list:
    case Type.set: {
      const { items, of } = value;
      if (items.length < 15) out.push(Uint8Array.of((items.length << 4) | of));
      else out.push(Uint8Array.of(0xf0 | of), varint(BigInt(items.length)));
      for (const item of items) {
        if (item.type === Type.true || item.type === Type.false) out.push(Uint8Array.of(item.type));
        else putValue(item, out);
      }
      return;
    }
    default:
      putStruct(value.fields, out);
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}

/** Returns an integer field; undefined where it is absent. Throws `FilesError` where it has another type. */
export function intField(struct: ThriftStruct, id: number): number | undefined {
  const value = struct.get(id);
  if (value === undefined) return undefined;
  if (value.type !== Type.i16 && value.type !== Type.i32 && value.type !== Type.i64) throw damaged();
  return Number(value.int);
}

/** Returns a text field. */
export function textField(struct: ThriftStruct, id: number): string | undefined {
  const value = struct.get(id);
  if (value === undefined) return undefined;
  if (value.type !== Type.binary) throw damaged();
  return Buffer.from(value.bytes).toString();
}

/** Returns a field that is a structure. Throws `FilesError` where there is none. */
export function structField(struct: ThriftStruct, id: number): ThriftStruct {
  return structOf(struct.get(id));
}

/** Returns the structures of a list; none where it is absent. */
export function structsField(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const value = struct.get(id);
  if (value === undefined) return [];
  if (value.type !== Type.list) throw damaged();
  return value.items.map(structOf);
}

function structOf(value: ThriftValue | undefined): ThriftStruct {
  if (value?.type !== Type.struct) throw damaged();
  return value.fields;
}

export function int32(value: number): ThriftValue {
  return { type: Type.i32, int: BigInt(value) };
}

export function int64(value: number): ThriftValue {
  return { type: Type.i64, int: BigInt(value) };
}

export function structs(items: readonly ThriftStruct[]): ThriftValue {
  return { type: Type.list, of: Type.struct, items: items.map((fields) => ({ type: Type.struct, fields })) };
}
