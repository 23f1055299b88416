// The message as which clients see an EDEK: protobuf, as the reference product documents it for recovery without the
// service.
//
//   message EncryptedDeks { repeated EncryptedDek encryptedDeks = 1; }
//   message EncryptedDek { bytes encryptedDekData = 1; int32 kmsConfigId = 2; … string tenantId = 6; }
//
// One public client (Alloy) reads the configuration, to find the documents of one KMS key, adds its tenant's name and
// writes the message again. This product stores everything in the single field of bytes.

import { TenantError } from './errors.ts';
import { NO_EDEK } from './public-texts.ts';

export interface Envelope {
  readonly configuration: number;
  readonly data: Uint8Array;
}

/** Field number times 8, plus the wire type: 2 for bytes and texts, 0 for numbers (Protocol Buffers, Encoding). */
const MESSAGE = 0x0a;
const DATA = 0x0a;
const CONFIGURATION = 0x10;
const TENANT = 0x32;

export function writeEnvelope({ configuration, data }: Envelope): Uint8Array {
  const message = Buffer.concat([delimited(DATA, data), Buffer.from([CONFIGURATION, ...varint(int32(configuration))])]);
  return delimited(MESSAGE, message);
}

/** Reads a message that holds only these fields, each at most once. Throws `TenantError` `INVALID_PROVIDED_EDEK`. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const outer = new Reader(bytes);
  if (outer.byte() !== MESSAGE) throw malformed();
  const message = new Reader(outer.delimited());
  if (!outer.atEnd) throw malformed();
  const seen = new Set<number>();
  let data: Uint8Array | undefined;
  let configuration: number | undefined;
  while (!message.atEnd) {
    const tag = message.byte();
    if (seen.has(tag)) throw malformed();
    seen.add(tag);
    if (tag === DATA) data = message.delimited();
    else if (tag === CONFIGURATION) configuration = configurationOf(message.varint());
    else if (tag === TENANT) message.delimited();
    else throw malformed();
  }
  if (data === undefined || configuration === undefined) throw malformed();
  return { configuration, data };
}

/** Converts an unsigned id of 32 bits to the signed number of the field: 64 bits, sign-extended. */
function int32(configuration: number): bigint {
  return BigInt.asUintN(64, BigInt(configuration | 0));
}

function configurationOf(value: bigint): number {
  const configuration = Number(BigInt.asUintN(32, value));
  if (int32(configuration) !== value) throw malformed();
  return configuration;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed();
    this.#at += 1;
    return byte;
  }

  /** Reads a number in its shortest encoding; rejects longer ones, so that each number has one form. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      if ((byte === 0 && shift > 0n) || value !== BigInt.asUintN(64, value)) break;
      return value;
    }
    throw malformed();
  }

  delimited(): Uint8Array {
    const length = Number(this.varint());
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed();
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }
}

function delimited(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, ...varint(BigInt(content.length))]), content]);
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function malformed(): TenantError {
  return new TenantError('INVALID_PROVIDED_EDEK', `${NO_EDEK}: it is no message of their form`);
}
