// AES-SIV, deterministic authenticated encryption (RFC 5297), over one plaintext or many at once.
//
// A sealed string is the synthetic IV V (16 bytes) and a ciphertext of the plaintext's length. Equal plaintexts under
// equal associated data give equal sealed strings. That is its purpose, and all that it reveals besides the length.

import { timingSafeEqual } from 'node:crypto';
import { ProtectorError } from '../base/errors.ts';
import { aesBlocks, type BlockCipher, BLOCK_BYTES } from './aes-blocks.ts';
import { AesCmac, double, xorBlock } from './aes-cmac.ts';
import { type ByteStrings, type Opened, oneString } from './byte-strings.ts';

/** The key or the number of associated data strings is outside RFC 5297. A bug in the caller. */
export class AesSivError extends ProtectorError<'SIV_KEY_SIZE' | 'SIV_ASSOCIATED_DATA'> {}

export const SIV_BYTES = 16;

/** RFC 5297, section 2.6: S2V takes 127 strings, and the plaintext is one of them. */
const MAX_ASSOCIATED_DATA = 126;

/** AES-SIV under one key. */
export class AesSiv {
  readonly #cmac: AesCmac;
  readonly #aes: BlockCipher;

  /**
   * `key`: 32, 48 or 64 bytes, for AES-128, -192 and -256, copied. K1, the first half, is for S2V; K2 is for counter
   * mode.
   */
  constructor(key: Uint8Array) {
    if (key.length !== 32 && key.length !== 48 && key.length !== 64) {
      throw new AesSivError('SIV_KEY_SIZE', `An AES-SIV key has 32, 48 or 64 bytes, this one has ${key.length}`);
    }
    this.#cmac = new AesCmac(key.subarray(0, key.length / 2));
    this.#aes = aesBlocks(key.subarray(key.length / 2));
  }

  /**
   * Seals one plaintext: V ‖ ciphertext (RFC 5297, section 2.6). Throws `AesSivError` for over 126 associated data
   * strings.
   */
  seal(associatedData: readonly Uint8Array[], plaintext: Uint8Array): Uint8Array {
    return this.sealAll(associatedData, oneString(plaintext)).bytes;
  }

  /**
   * Opens one sealed string (section 2.7). Returns undefined unless key, associated data and sealed string belong
   * together.
   */
  open(associatedData: readonly Uint8Array[], sealed: Uint8Array): Uint8Array | undefined {
    const opened = this.openAll(associatedData, oneString(sealed));
    return opened.failed === undefined ? opened.bytes : undefined;
  }

  /** Seals each plaintext on its own, all under the same associated data. */
  sealAll(associatedData: readonly Uint8Array[], { bytes, ends }: ByteStrings): ByteStrings {
    const ivs = this.#s2v(associatedData, { bytes, ends });
    const ciphertext = this.#counterMode(ivs, { bytes, ends });
    const sealed = new Uint8Array(bytes.length + ivs.length);
    const sealedEnds = new Uint32Array(ends.length);
    for (let i = 0, from = 0, at = 0; i < ends.length; i++) {
      for (let b = 0; b < SIV_BYTES; b++) sealed[at++] = ivs[i * SIV_BYTES + b]!;
      for (; from < ends[i]!; from++) sealed[at++] = ciphertext[from]!;
      sealedEnds[i] = at;
    }
    return { bytes: sealed, ends: sealedEnds };
  }

  /**
   * Opens strings that were sealed under this key and associated data. If one is not authentic, it returns the number
   * of the first such string, and the clear text of the others is overwritten. All IVs are compared in constant time.
   */
  openAll(associatedData: readonly Uint8Array[], sealed: ByteStrings): Opened {
    const count = sealed.ends.length;
    const short = firstShorterThan(sealed.ends, SIV_BYTES);
    if (short !== undefined) {
      const before = this.openAll(associatedData, { bytes: sealed.bytes, ends: sealed.ends.subarray(0, short) });
      if (before.failed === undefined) before.bytes.fill(0);
      return { failed: before.failed ?? short };
    }
    const ivs = new Uint8Array(count * SIV_BYTES);
    const ciphertext = new Uint8Array((sealed.ends.at(-1) ?? 0) - ivs.length);
    const ends = new Uint32Array(count);
    for (let i = 0, from = 0, at = 0; i < count; i++) {
      for (let b = 0; b < SIV_BYTES; b++) ivs[i * SIV_BYTES + b] = sealed.bytes[from++]!;
      for (; from < sealed.ends[i]!; from++) ciphertext[at++] = sealed.bytes[from]!;
      ends[i] = at;
    }
    const bytes = this.#counterMode(ivs, { bytes: ciphertext, ends });
    const expected = this.#s2v(associatedData, { bytes, ends });
    if (timingSafeEqual(expected, ivs)) return { bytes, ends };
    bytes.fill(0);
    return { failed: firstDifference(expected, ivs) };
  }

  /** Computes S2V (section 2.4) of the associated data with each plaintext: 16 bytes each. */
  #s2v(associatedData: readonly Uint8Array[], { bytes, ends }: ByteStrings): Uint8Array {
    if (associatedData.length > MAX_ASSOCIATED_DATA) {
      throw new AesSivError(
        'SIV_ASSOCIATED_DATA',
        `AES-SIV takes at most ${MAX_ASSOCIATED_DATA} associated data strings`,
      );
    }
    let d = this.#cmac.mac(new Uint8Array(BLOCK_BYTES)); // D = AES-CMAC(K1, <zero>)
    for (const data of associatedData) {
      const mac = this.#cmac.mac(data);
      d = double(d); // D = dbl(D) xor AES-CMAC(K1, Si)
      xorBlock(d, 0, mac);
    }
    return this.#cmac.macAll(withState(d, { bytes, ends }));
  }

  /** Applies AES-CTR to each string from its own IV (section 2.5). The function is its own inverse. */
  #counterMode(ivs: Uint8Array, { bytes, ends }: ByteStrings): Uint8Array {
    const keystream = this.#aes(counterBlocks(ivs, ends));
    const out = new Uint8Array(ends.at(-1) ?? 0);
    for (let i = 0, from = 0, k = 0; i < ends.length; i++) {
      for (; from < ends[i]!; from++) out[from] = bytes[from]! ^ keystream[k++]!;
      k = Math.ceil(k / BLOCK_BYTES) * BLOCK_BYTES;
    }
    return out;
  }
}

/** Makes T of section 2.4: Sn xorend D; for a plaintext shorter than a block, dbl(D) xor pad(Sn). */
function withState(d: Uint8Array, { bytes, ends }: ByteStrings): ByteStrings {
  const doubled = double(d);
  const outEnds = new Uint32Array(ends.length);
  for (let i = 0, from = 0, end = 0; i < ends.length; i++) {
    end += Math.max(BLOCK_BYTES, ends[i]! - from);
    outEnds[i] = end;
    from = ends[i]!;
  }
  const out = new Uint8Array(outEnds.at(-1) ?? 0);
  for (let i = 0, from = 0, at = 0; i < ends.length; i++) {
    const short = ends[i]! - from < BLOCK_BYTES;
    while (from < ends[i]!) out[at++] = bytes[from++]!;
    if (short) out[at] = 0x80;
    at = outEnds[i]!;
    xorBlock(out, at - BLOCK_BYTES, short ? doubled : d);
  }
  return { bytes: out, ends: outEnds };
}

/**
 * Writes Q, Q + 1 … for each string. Q is V with bits 31 and 63 cleared, so that a sum never carries out of the last
 * word.
 */
function counterBlocks(ivs: Uint8Array, ends: Uint32Array): Uint8Array {
  const iv = new DataView(ivs.buffer, ivs.byteOffset, ivs.length);
  // Each string may end inside a block.
  const counters = new DataView(new ArrayBuffer((ends.at(-1) ?? 0) + ends.length * BLOCK_BYTES));
  let at = 0;
  for (let i = 0, from = 0; i < ends.length; i++) {
    const v = i * SIV_BYTES;
    const [w0, w1, w2] = [iv.getInt32(v), iv.getInt32(v + 4), iv.getInt32(v + 8) & 0x7fffffff];
    let w3 = iv.getInt32(v + 12) & 0x7fffffff;
    for (; from < ends[i]!; from += BLOCK_BYTES, at += BLOCK_BYTES, w3++) {
      counters.setInt32(at, w0);
      counters.setInt32(at + 4, w1);
      counters.setInt32(at + 8, w2);
      counters.setInt32(at + 12, w3);
    }
    from = ends[i]!;
  }
  return new Uint8Array(counters.buffer, 0, at);
}

function firstShorterThan(ends: Uint32Array, least: number): number | undefined {
  for (let i = 0, from = 0; i < ends.length; i++) {
    if (ends[i]! - from < least) return i;
    from = ends[i]!;
  }
  return undefined;
}

function firstDifference(expected: Uint8Array, ivs: Uint8Array): number {
  let i = 0;
  while (timingSafeEqual(ivOf(expected, i), ivOf(ivs, i))) i++;
  return i;
}

function ivOf(ivs: Uint8Array, i: number): Uint8Array {
  return ivs.subarray(i * SIV_BYTES, (i + 1) * SIV_BYTES);
}
