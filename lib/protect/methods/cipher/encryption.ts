import { AesGcm } from '../../../crypto/aes-gcm.ts';
import { AesSiv } from '../../../crypto/aes-siv.ts';
import type { ByteStrings, Opened } from '../../../crypto/byte-strings.ts';
import type { ElementOf } from '../../../policy/schema.ts';
import type { Column } from '../../../base/cell.ts';
import { RefusedError } from '../../refusal.ts';
import { type ColumnBytes, cutHex, cutUtf8, joinHex, joinUtf8 } from '../../columns/column-bytes.ts';
import type { ColumnResult, Method, MethodContext } from '../method.ts';
import { refuseIv } from '../no-iv.ts';

/** The byte in front of a sealed string that names its format. */
const GCM_FORMAT = 1;
const SIV_FORMAT = 2;

interface Sealer {
  readonly format: number;
  sealAll(plaintexts: ByteStrings): ByteStrings;
  openAll(sealed: ByteStrings): Opened;
}

/**
 * Compiles an encryption element: authenticated encryption of the UTF-8 bytes, with hexadecimal text as ciphertext.
 *
 *     aes-256-gcm  [key number] 01 ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)     differs each time
 *     aes-256-siv  [key number] 02 ‖ synthetic IV (16 bytes) ‖ ciphertext               equal for equal values
 *
 * The key number, 2 bytes big-endian, is present if the element has one. The associated data, u16 length ‖ element id ‖
 * u32 key version, binds a ciphertext to its element and key. AES-GCM may seal 2^32 values per key (see `AesGcm`).
 *
 * Throws `RefusedError`: `IV_NOT_ALLOWED` for any external IV (both ciphers make their own), `WRONG_DATATYPE`,
 * `UNICODE_INVALID`; on unprotect `BAD_HEX`, and `INTEGRITY_FAILED` for every text that this element did not seal:
 * another format, key number, element or key, altered or truncated bytes. The refusal does not tell which.
 */
export function compileEncryption(element: ElementOf<'aes-256-gcm' | 'aes-256-siv'>, context: MethodContext): Method {
  const sealer = sealerOf(element.type, context);
  const prefix = Uint8Array.of(
    ...(element.keyId === undefined ? [] : [element.keyId >>> 8, element.keyId & 0xff]),
    sealer.format,
  );
  return {
    protect(column, externalIv) {
      refuseIv(externalIv);
      const plaintexts = joinUtf8(column);
      const sealed = metered(context, plaintexts, () => sealer.sealAll(plaintexts));
      return result(column, cutHex, { ...addPrefix(sealed, prefix), rows: plaintexts.rows });
    },
    unprotect(column, externalIv) {
      refuseIv(externalIv);
      const sealed = joinHex(column);
      const { strings, failed } = stripPrefix(sealed, prefix);
      const opened = metered(context, strings, () => sealer.openAll(strings));
      if (opened.failed !== undefined) throw integrityFailed(sealed, opened.failed);
      if (failed !== undefined) {
        opened.bytes.fill(0); // the strings before it are authentic, but none of them may be answered
        throw integrityFailed(sealed, failed);
      }
      return result(column, cutUtf8, { ...opened, rows: sealed.rows });
    },
  };
}

function sealerOf(type: 'aes-256-gcm' | 'aes-256-siv', context: MethodContext): Sealer {
  using key = context.key(type === 'aes-256-gcm' ? 'gcm' : 'siv');
  const associatedData = associatedDataOf(context);
  if (type === 'aes-256-gcm') {
    const gcm = new AesGcm(key.expose(), context.random);
    return {
      format: GCM_FORMAT,
      sealAll: (plaintexts) => gcm.sealAll(associatedData, plaintexts),
      openAll: (sealed) => gcm.openAll(associatedData, sealed),
    };
  }
  const siv = new AesSiv(key.expose());
  return {
    format: SIV_FORMAT,
    sealAll: (plaintexts) => siv.sealAll([associatedData], plaintexts),
    openAll: (sealed) => siv.openAll([associatedData], sealed),
  };
}

function associatedDataOf({ elementId, keyVersion }: MethodContext): Uint8Array {
  const id = Buffer.from(elementId);
  const data = Buffer.alloc(2 + id.length + 4);
  data.writeUInt16BE(id.length);
  data.set(id, 2);
  data.writeUInt32BE(keyVersion, 2 + id.length);
  return data;
}

function metered<T>(context: MethodContext, { ends }: ByteStrings, work: () => T): T {
  let done: T | undefined;
  context.meter(ends.length, () => {
    done = work();
  });
  return done as T; // a meter calls its work once
}

function result(column: Column, cut: typeof cutHex, values: ColumnBytes): ColumnResult {
  return { column: cut(column, values), weakCount: 0, clearCount: 0 };
}

function addPrefix({ bytes, ends }: ByteStrings, prefix: Uint8Array): ByteStrings {
  const out = new Uint8Array(bytes.length + ends.length * prefix.length);
  const outEnds = new Uint32Array(ends.length);
  for (let i = 0, from = 0, at = 0; i < ends.length; i++) {
    for (let p = 0; p < prefix.length; p++) out[at++] = prefix[p]!;
    for (; from < ends[i]!; from++) out[at++] = bytes[from]!;
    outEnds[i] = at;
  }
  return { bytes: out, ends: outEnds };
}

/** Strips the prefix from the strings up to the first one that does not begin with it, whose number is `failed`. */
function stripPrefix({ bytes, ends }: ByteStrings, prefix: Uint8Array): { strings: ByteStrings; failed?: number } {
  const out = new Uint8Array(bytes.length);
  const outEnds = new Uint32Array(ends.length);
  let at = 0;
  for (let i = 0, from = 0; i < ends.length; i++) {
    let differs = ends[i]! - from < prefix.length;
    for (let p = 0; p < prefix.length; p++) differs ||= bytes[from + p] !== prefix[p];
    if (differs) return { strings: { bytes: out.subarray(0, at), ends: outEnds.subarray(0, i) }, failed: i };
    for (from += prefix.length; from < ends[i]!; from++) out[at++] = bytes[from]!;
    outEnds[i] = at;
  }
  return { strings: { bytes: out.subarray(0, at), ends: outEnds } };
}

function integrityFailed({ rows }: ColumnBytes, value: number): RefusedError {
  return new RefusedError('INTEGRITY_FAILED', { row: rows[value]! });
}
